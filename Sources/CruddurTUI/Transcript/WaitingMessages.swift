import ChatClient

/// The messages that wait behind one of which somebody must decide what becomes of it.
struct WaitingMessages: Equatable, Sendable {
    /// The one that is in the way; `nil`: none is.
    private(set) var blocker: TranscriptEntry?
    /// The first that waits for it: there it is said, once for all.
    private(set) var first: TranscriptEntry.ID?
    private(set) var count = 0

    /// - Parameter entries: as of `Transcript`: what is on its way is last.
    init(_ entries: [TranscriptEntry]) {
        for entry in entries.reversed().prefix(while: { $0.delivery != nil }).reversed() {
            switch entry.delivery {
            case .failed, .unsure:
                blocker = blocker ?? entry
            case .queued where blocker != nil:
                first = first ?? entry.id
                count += 1
            default: break
            }
        }
    }

    func explanation(_ keys: Keymap) -> String? {
        blocker.map {
            tr(
                """
                waits for “\(Self.start(of: $0.text))” above: \(keys.way(to: .unsent(.resend))) sends that again, \
                \(keys.way(to: .unsent(.discard))) discards it
                """)
        }
    }

    /// The first words of a text, by which one knows it again.
    private static func start(of text: String) -> String {
        let line = String(text.prefix(200)).split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard line.count > 20 else { return line }
        return line.prefix(20).trimmingSuffix(while: \.isWhitespace) + "…"
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while isLeftOut: (Character) -> Bool) -> String {
        String(reversed().drop(while: isLeftOut).reversed())
    }
}
