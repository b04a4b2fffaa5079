import ExactText

// Names of keys, as people write them: `Ctrl-N`, `Alt-Enter`, `PageUp`, `Ctrl-X Ctrl-E`, `g g`.

extension Key {
    var name: String { first.map { "\($0.name) \(stroke.name)" } ?? stroke.name }

    /// As short as a status line wants it: `^N`.
    var shortName: String {
        modifiers == .control && first == nil ? "^" + String(stroke.name.dropFirst(Modifiers.controlName.count)) : name
    }

    /// - Parameter name: as `name` writes it, whatever the case of its words.
    /// - Returns: `nil` for what names no key, or more than two in a row.
    init?(named name: String) {
        let strokes = name.split(separator: " ").map { Stroke(named: String($0)) }
        guard let last = strokes.last.flatMap(\.self), strokes.count <= 2, let first = strokes.first.flatMap(\.self)
        else { return nil }
        self = strokes.count == 2 ? Key(last).after(first) : Key(last)
    }
}

extension Key.Modifiers {
    fileprivate static let controlName = "Ctrl-"
    fileprivate static let names: [(modifier: Key.Modifiers, name: String)] = [
        (.control, controlName), (.alt, "Alt-"), (.shift, "Shift-"),
    ]
}

extension Key.Stroke {
    var name: String {
        let held = Key.Modifiers.names.filter { modifiers.contains($0.modifier) }.map(\.name).linked()
        guard case .character(let character) = code, character != " " else { return held + code.name }
        // Alone, a small letter is another key than a capital; with Alt, terminals tell a capital as such.
        if modifiers.isEmpty { return String(character) }
        let isCapital = !modifiers.contains(.control) && character.isUppercase
        return held + (isCapital ? "Shift-" : "") + String(character.capital ?? character)
    }

    fileprivate init?(named name: String) {
        var (rest, held) = (Substring(name), Key.Modifiers())
        while let found = Key.Modifiers.names.first(where: { rest.count > $0.name.count && rest.hasWord($0.name) }) {
            held.insert(found.modifier)
            rest = rest.dropFirst(found.name.count)
        }
        if let code = Key.Code.named(rest) {
            self.init(code: code, modifiers: held)
            return
        }
        guard rest.count == 1, let character = rest.first, !character.isWhitespace else { return nil }
        if held.isEmpty {
            self.init(code: .character(character), modifiers: [])
        } else if held == [.alt, .shift], character.isLetter, let capital = character.capital {
            self.init(code: .character(capital), modifiers: .alt)
        } else {
            let small = character.lowercased()
            self.init(code: .character(small.count == 1 ? Character(small) : character), modifiers: held)
        }
    }
}

extension Character {
    /// `nil` for what has none of one character, as `ß`.
    fileprivate var capital: Character? {
        let capital = uppercased()
        return capital.count == 1 && capital.lowercased() == lowercased() ? Character(capital) : nil
    }
}

extension Substring {
    fileprivate func hasWord(_ word: String) -> Bool { lowercased().hasPrefix(word.lowercased()) }
}

extension Key.Code {
    private static let names: [(code: Key.Code, name: String)] =
        [
            (.character(" "), "Space"), (.enter, "Enter"), (.tab, "Tab"), (.backspace, "Backspace"), (.escape, "Esc"),
            (.up, "Up"), (.down, "Down"), (.left, "Left"), (.right, "Right"), (.pageUp, "PageUp"),
            (.pageDown, "PageDown"), (.home, "Home"), (.end, "End"), (.insert, "Insert"), (.delete, "Delete"),
        ] + (1...24).map { (.function($0), "F\($0)") }

    fileprivate var name: String {
        if let known = Self.names.first(where: { $0.code == self }) { return known.name }
        return switch self {
        case .character(let character): String(character)
        case .function(let number): "F\(number)"
        default: ""
        }
    }

    fileprivate static func named(_ name: Substring) -> Key.Code? {
        names.first { $0.name.lowercased() == name.lowercased() }?.code
    }
}
