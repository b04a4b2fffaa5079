import ChatClient
import TerminalText
import Timestamps

/// All that is known of a message: who, when exactly, its uuid, and its text as code points.
enum DetailsText {
    static func paragraphs(_ entry: TranscriptEntry, _ state: AppState) -> [String] {
        let mark = DeliveryMark(entry.delivery)
        return [
            tr("From: \(entry.displayName) @\(entry.handle)\(entry.isOwn ? " (\(tr("you")))" : "")"),
            tr(
                "At: \(state.localTime.dayName(entry.at, now: state.now)), \(state.localTime.clockWithSeconds(entry.at))"
            ),
            "    \(entry.at.description)", uuid(entry), entry.isOwn ? "\(mark.symbol) \(mark.means(state.keys))" : nil,
            tr("Code points: \(entry.text.unicodeScalars.count) of \(Message.maximumScalars)"), "",
            codePoints(entry.text),
        ].compactMap { $0 }
    }

    private static func uuid(_ entry: TranscriptEntry) -> String? {
        switch entry.id {
        case .message(let id): tr("Uuid: \(id.uuid)")
        case .outgoing(let id): tr("In the outbox: \(id.description)")
        }
    }

    /// `U+0048 H  U+202E`: what draws nothing, or something else, has its number only.
    private static func codePoints(_ text: String) -> String {
        text.unicodeScalars.prefix(2 * Message.maximumScalars).map { scalar in
            let number = String(scalar.value, radix: 16, uppercase: true)
            let padded = String(repeating: "0", count: max(0, 4 - number.count)) + number
            let isSeen = scalar.properties.isAlphabetic || (0x21..<0x7F).contains(scalar.value)
            return isSeen ? "U+\(padded) \(scalar)" : "U+\(padded)"
        }.joined(separator: "  ")
    }
}
