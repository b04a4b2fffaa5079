import TerminalText

/// Shows what the terminal sends for each key, which key that is, and what it is for: with the same terminal settings and
/// the same reading as in the chat.
struct KeyTester {
    let keymap: Keymap
    /// Seconds: who has not answered by then does not.
    private static let silence = 0.3

    /// Runs until Esc was pressed three times, a signal asks for the end, or the terminal is gone.
    ///
    /// - Returns: the signal; 0: none.
    /// - Throws: `TerminalError`.
    func run() throws -> Int32 {
        var terminal = try Terminal(wokenBy: WakePipe(), reportsMouse: false)
        defer { terminal.close() }
        let sent = Sent()
        terminal.onInput = { sent.bytes += $0 }
        // What the terminal answers to our own questions is no key.
        var answers = terminal.wait(atMost: Self.silence)
        while !answers.isEmpty || sent.take() != nil {
            if answers.contains(.ended) { return terminal.endingSignal }
            answers = terminal.wait(atMost: Self.silence)
        }
        var size = terminal.size
        var lines: [String] = []
        var (first, escapes): (Key.Stroke?, Int) = (nil, 0)
        while true {
            terminal.show(draw(lines, size))
            let occurrences = terminal.wait(atMost: nil)
            if occurrences.isEmpty, !terminal.expectsMore, !sent.bytes.isEmpty {
                lines.append(row(sent, "no key that is known here"))
            }
            for occurrence in occurrences {
                switch occurrence {
                case .key(let pressed):
                    let key = first.map(pressed.after) ?? pressed
                    lines.append(row(sent, describe(key)))
                    first = first == nil && isFirst(pressed) ? pressed.stroke : nil
                    escapes = pressed == Key(.escape) ? escapes + 1 : 0
                case .paste(let text): lines.append(row(sent, "a paste of \(text.count) characters"))
                case .resized(let now): size = now
                case .ended: return terminal.endingSignal
                case .unfit(let error): throw error
                case .focus, .mouse, .woken: _ = sent.take()
                }
            }
            guard escapes < 3 else { return 0 }
            lines = lines.suffix(200)
        }
    }

    private func row(_ sent: Sent, _ what: String) -> String { "\((sent.take() ?? "").padded(to: 18)) \(what)" }

    private final class Sent {
        var bytes: [UInt8] = []

        /// As people write it: `ESC [ 1 ; 5 D`.
        func take() -> String? {
            defer { bytes = [] }
            return bytes.isEmpty ? nil : bytes.prefix(40).map(Self.name).joined(separator: " ")
        }

        private static func name(_ byte: UInt8) -> String {
            switch byte {
            case 0x1B: "ESC"
            case 0x20: "SP"
            case 0x7F: "DEL"
            case 0..<0x20: "^" + String(Character(Unicode.Scalar(byte + 0x40)))
            case 0x80...: "\\x" + String(byte, radix: 16)
            default: String(Character(Unicode.Scalar(byte)))
            }
        }
    }

    private var contexts: [KeyContext] { keymap.hasModes ? [.chat, .normal] : [.chat] }

    private func isFirst(_ key: Key) -> Bool { contexts.contains { keymap.isFirst(key, in: $0) } }

    /// `Ctrl-N             chat: new, new conversation`
    private func describe(_ key: Key) -> String {
        let meanings = contexts.compactMap { context -> String? in
            if key.first == nil, keymap.isFirst(key, in: context) { return "\(context.rawValue): the first of two" }
            guard let command = keymap.command(for: key, in: context) else { return nil }
            if case .edit(.insert) = command { return "\(context.rawValue): is written" }
            return NamedCommand.of(command).map { "\(context.rawValue): \($0.name), \($0.does)" }
        }
        return "\(key.name.padded(to: 18)) \(meanings.isEmpty ? "nothing" : meanings.joined(separator: "; "))"
    }

    private func draw(_ lines: [String], _ size: CellSize) -> Canvas {
        var canvas = Canvas(width: size.width, height: size.height)
        canvas.put("Press keys (\(keymap.name)). Esc three times ends.", x: 0, y: 0, style: Theme.strong)
        canvas.put("\("it sends".padded(to: 18)) \("which is".padded(to: 18)) for", x: 0, y: 1, style: Theme.quiet)
        for (row, line) in lines.suffix(max(0, size.height - 3)).enumerated() {
            canvas.put(Lines.fit(Lines.single(line), width: size.width), x: 0, y: 2 + row)
        }
        canvas.cursor = Canvas.Point(x: 0, y: max(0, min(size.height - 1, 2 + min(lines.count, size.height - 3))))
        return canvas
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        count < width ? self + String(repeating: " ", count: width - count) : self
    }
}
