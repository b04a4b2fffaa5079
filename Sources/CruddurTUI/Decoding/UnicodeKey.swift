/// A key that is told by its code point: kitty's protocol, and xterm's modifyOtherKeys.
struct UnicodeKey {
    /// Of the key without modifiers.
    let code: Int
    /// With shift held, where the terminal tells.
    var shifted: Int?
    /// Of the key at this place of an English keyboard, where the terminal tells.
    var base: Int?
    /// 1 + shift 1 + alt 2 + control 4 + super 8 + hyper 16 + meta 32 + caps lock 64 + num lock 128.
    var modifiers = 1
    /// What it writes, where the terminal tells.
    var text = ""

    private static let named: [Int: Key.Code] = [
        8: .backspace, 9: .tab, 13: .enter, 27: .escape, 127: .backspace,
        57414: .enter, 57417: .left, 57418: .right, 57419: .up, 57420: .down, 57421: .pageUp, 57422: .pageDown,
        57423: .home, 57424: .end, 57425: .insert, 57426: .delete,
    ]
    /// kitty's keypad, from 57399 on; 57414 is its Enter.
    private static let keypad: [Character] = Array("0123456789./*-+")
    /// Where kitty numbers keys that write nothing.
    private static let privateUse = 57_344...63_743

    /// `CSI code:shifted:base ; modifiers:event ; text u`
    static func of(_ sequence: ControlSequence) -> Input? {
        guard let code = sequence.number(0), sequence.number(1, part: 1) != 3 else { return nil }
        var key = UnicodeKey(
            code: code, shifted: sequence.number(0, part: 1), base: sequence.number(0, part: 2),
            modifiers: sequence.number(1) ?? 1)
        if sequence.parameters.count > 2 { key.text = sequence.parameters[2].compactMap(Self.written).joined() }
        return key.input
    }

    var input: Input? {
        guard (0...256).contains(modifiers), bits & 0b1_1000 == 0 else { return nil }
        if let named = Self.named[code] { return .key(Key(named, held)) }
        // The code of a key pressed with control, as some tell it.
        if (1...26).contains(code) { return .key(Self.control(Self.letter(code + 0x60), held)) }
        return held.isSubset(of: .shift) ? writing : shortcut
    }

    private var bits: Int { max(0, modifiers - 1) }

    private var held: Key.Modifiers {
        Key.Modifiers(rawValue: bits & 7).union(bits & 32 != 0 ? .alt : [])
    }

    /// It writes what the terminal says, or what the key says with shift or caps lock.
    private var writing: Input? {
        if text.count == 1, let character = text.first { return .key(Key(.character(character))) }
        if !text.isEmpty { return .paste(text) }
        if Self.privateUse.contains(code) {
            return Self.keypadCharacter(code).map { .key(Key(.character($0))) }
        }
        guard let character = Self.written(bits & 1 != 0 ? shifted ?? code : code) else { return nil }
        let isCapital = bits & 64 != 0 || (bits & 1 != 0 && shifted == nil)
        return .key(Key(.character(Character(isCapital ? character.uppercased() : character))))
    }

    private var shortcut: Input? {
        // On a keyboard of another script, the key that stands at this place.
        let meant = code >= 0x80 ? base ?? code : code
        guard !Self.privateUse.contains(meant), let written = Self.written(meant) else { return nil }
        guard held.contains(.control) else {
            let character = held.contains(.shift) ? shifted.flatMap(Self.written) ?? written.uppercased() : written
            return .key(.alt(Character(character)))
        }
        return .key(Self.control(Character(written), held))
    }

    /// As a terminal without such a protocol would tell it: shift makes no difference.
    private static func control(_ character: Character, _ held: Key.Modifiers) -> Key {
        let others = held.subtracting([.shift, .control])
        switch character {
        case "i": return Key(.tab, held.subtracting(.control))
        case "m": return Key(.enter, held.subtracting(.control))
        case "[": return Key(.escape, others)
        case "?": return Key(.backspace, others)
        case "2", "@": return Key(.character(" "), others.union(.control))
        case "/", "7": return Key(.character("_"), others.union(.control))
        default: return Key(.character(Character(character.lowercased())), others.union(.control))
        }
    }

    private static func letter(_ value: Int) -> Character { Character(Unicode.Scalar(UInt8(value))) }

    private static func keypadCharacter(_ code: Int) -> Character? {
        code == 57415 ? "=" : code == 57416 ? "," : (57399..<57414).contains(code) ? keypad[code - 57399] : nil
    }

    /// A code point that is a character.
    private static func written(_ code: Int?) -> String? {
        guard let code, code >= 0x20, !(0x7F..<0xA0).contains(code),
            let scalar = UInt32(exactly: code)
                .flatMap(Unicode.Scalar.init)
        else { return nil }
        return String(scalar)
    }
}
