/// A key as it was pressed.
struct Key: Hashable, Sendable {
    enum Code: Hashable, Sendable {
        case character(Character)
        case enter, tab, backspace, escape
        case up, down, left, right
        case pageUp, pageDown, home, end, insert, delete
        case function(Int)
    }

    struct Modifiers: OptionSet, Hashable, Sendable {
        let rawValue: Int
        static let shift = Modifiers(rawValue: 1)
        static let alt = Modifiers(rawValue: 2)
        static let control = Modifiers(rawValue: 4)
    }

    /// A key by itself.
    struct Stroke: Hashable, Sendable {
        let code: Code
        let modifiers: Modifiers
    }

    let code: Code
    let modifiers: Modifiers
    /// What was pressed before it, where the two together mean something.
    let first: Stroke?

    init(_ code: Code, _ modifiers: Modifiers = [], after first: Stroke? = nil) {
        self.code = code
        self.modifiers = modifiers
        self.first = first
    }

    init(_ stroke: Stroke) { self.init(stroke.code, stroke.modifiers) }

    var stroke: Stroke { Stroke(code: code, modifiers: modifiers) }

    /// The same, pressed after another.
    func after(_ first: Stroke) -> Key { Key(code, modifiers, after: first) }

    /// Pressed by itself, or as the first of two, it would write.
    var takesLetter: Bool {
        let begin = first ?? stroke
        guard case .character = begin.code else { return false }
        return begin.modifiers.isSubset(of: .shift)
    }

    /// Whether a byte is an ASCII letter, digit, mark or space: a key and a cell by itself.
    static func isPlain(_ byte: UInt8) -> Bool { (0x20..<0x7F).contains(byte) }

    static func control(_ character: Character) -> Key { Key(.character(character), .control) }
    static func alt(_ character: Character) -> Key { Key(.character(character), .alt) }
}
