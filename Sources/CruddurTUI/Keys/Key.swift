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

    let code: Code
    let modifiers: Modifiers
    /// It is pressed after `prefix`, and means something else there.
    let isSecond: Bool

    /// Begins what takes two keys.
    static let prefix = Key.control("x")

    init(_ code: Code, _ modifiers: Modifiers = [], isSecond: Bool = false) {
        self.code = code
        self.modifiers = modifiers
        self.isSecond = isSecond
    }

    /// After `prefix`.
    var asSecond: Key { Key(code, modifiers, isSecond: true) }

    static func control(_ character: Character) -> Key { Key(.character(character), .control) }
    static func alt(_ character: Character) -> Key { Key(.character(character), .alt) }
}

extension Key {
    /// As people call it: `Ctrl-N`, `Alt-Enter`, `PageUp`, `Ctrl-X Ctrl-E`.
    var name: String {
        if isSecond { return "\(Self.prefix.name) \(Key(code, modifiers).name)" }
        let parts = [
            modifiers.contains(.control) ? "Ctrl" : nil, modifiers.contains(.alt) ? "Alt" : nil,
            modifiers.contains(.shift) ? "Shift" : nil, modifiers.isEmpty ? code.letter ?? code.name : code.name,
        ]
        return parts.compactMap { $0 }.joined(separator: "-")
    }

    /// As short as a status line wants it: `^N`.
    var shortName: String {
        modifiers == .control && !isSecond ? "^" + code.name : name
    }
}

extension Key.Code {
    /// As it is typed: alone, a small letter is another key than a capital.
    fileprivate var letter: String? {
        if case .character(let character) = self, character != " " { String(character) } else { nil }
    }

    fileprivate var name: String {
        switch self {
        case .character(" "): "Space"
        case .character(let character): character.uppercased()
        case .enter: "Enter"
        case .tab: "Tab"
        case .backspace: "Backspace"
        case .escape: "Esc"
        case .up: "Up"
        case .down: "Down"
        case .left: "Left"
        case .right: "Right"
        case .pageUp: "PageUp"
        case .pageDown: "PageDown"
        case .home: "Home"
        case .end: "End"
        case .insert: "Insert"
        case .delete: "Delete"
        case .function(let number): "F\(number)"
        }
    }
}
