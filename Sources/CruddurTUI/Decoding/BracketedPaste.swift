/// A paste between its marks, while it goes on.
struct BracketedPaste {
    private static let end = Array("\u{1B}[201~".utf8)
    /// What comes of one paste at once, at most.
    private static let capacity = 4 << 20
    static let quit: UInt8 = 0x11

    private var bytes: [UInt8] = []

    enum Step: Equatable {
        case goesOn
        /// It has become too large to be kept in one piece; it goes on.
        case piece(String)
        case ended(String)
    }

    var isEmpty: Bool { bytes.isEmpty }

    /// A Ctrl-Q at its end, unless more follows: whoever presses it wants to leave, and nobody pastes it alone.
    var endsWithQuit: Bool { bytes.last == Self.quit }

    mutating func take(_ byte: UInt8) -> Step {
        bytes.append(byte)
        if byte == UInt8(ascii: "~"), bytes.suffix(Self.end.count).elementsEqual(Self.end) {
            return .ended(Self.text(bytes.dropLast(Self.end.count)))
        }
        return bytes.count < Self.capacity || byte & 0x80 != 0 ? .goesOn : .piece(takePiece())
    }

    /// A run of what is certainly no end.
    mutating func take(_ run: ArraySlice<UInt8>) { bytes += run }

    /// The terminal has forgotten its end. What has come of an end mark is no text.
    func cut() -> String {
        var text = endsWithQuit ? bytes.dropLast() : bytes[...]
        for length in stride(from: Self.end.count - 1, to: 0, by: -1)
        where text.suffix(length).elementsEqual(Self.end.prefix(length)) {
            text = text.dropLast(length)
            break
        }
        return Self.text(text)
    }

    private mutating func takePiece() -> String {
        // The end mark may have begun.
        let kept = bytes.lastIndex(of: Scanner.escape).flatMap { bytes.count - $0 < Self.end.count ? $0 : nil }
        defer { bytes.removeFirst(kept ?? bytes.count) }
        return Self.text(bytes[..<(kept ?? bytes.count)])
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
