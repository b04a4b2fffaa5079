/// The keys that terminals number, and the letters that they give them.
enum FunctionKeys {
    /// `CSI letter` and `SS3 letter`.
    static let letters: [UInt8: Key.Code] = [
        UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right, UInt8(ascii: "D"): .left,
        UInt8(ascii: "H"): .home, UInt8(ascii: "F"): .end, UInt8(ascii: "P"): .function(1),
        UInt8(ascii: "Q"): .function(2), UInt8(ascii: "R"): .function(3), UInt8(ascii: "S"): .function(4),
    ]

    /// `CSI number ~`
    static let numbers: [Int: Key.Code] = [
        1: .home, 7: .home, 4: .end, 8: .end, 2: .insert, 3: .delete, 5: .pageUp, 6: .pageDown,
        11: .function(1), 12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5),
        17: .function(6), 18: .function(7), 19: .function(8), 20: .function(9), 21: .function(10),
        23: .function(11), 24: .function(12), 25: .function(13), 26: .function(14), 28: .function(15),
        29: .function(16), 31: .function(17), 32: .function(18), 33: .function(19), 34: .function(20),
    ]

    /// The keypad in application mode: `SS3 letter`. As its keys are labelled, because none is asked for.
    private static let keypad: [UInt8: Character] = [
        UInt8(ascii: " "): " ", UInt8(ascii: "X"): "=", UInt8(ascii: "j"): "*", UInt8(ascii: "k"): "+",
        UInt8(ascii: "l"): ",", UInt8(ascii: "m"): "-", UInt8(ascii: "n"): ".", UInt8(ascii: "o"): "/",
        UInt8(ascii: "p"): "0", UInt8(ascii: "q"): "1", UInt8(ascii: "r"): "2", UInt8(ascii: "s"): "3",
        UInt8(ascii: "t"): "4", UInt8(ascii: "u"): "5", UInt8(ascii: "v"): "6", UInt8(ascii: "w"): "7",
        UInt8(ascii: "x"): "8", UInt8(ascii: "y"): "9",
    ]

    /// `SS3 parameters letter`: a parameter tells the modifiers, the last one if there are two.
    static func singleShift(_ letter: UInt8, parameters: [[Int?]]) -> Key? {
        guard let modifiers = modifiers(parameters.last?.first ?? nil) else { return nil }
        if let code = letters[letter] { return Key(code, modifiers) }
        switch letter {
        case UInt8(ascii: "M"): return Key(.enter, modifiers)
        case UInt8(ascii: "I"): return Key(.tab, modifiers)
        // rxvt, and tmux and screen after it.
        case UInt8(ascii: "a")...UInt8(ascii: "d"): return Key(letters[letter - 0x20] ?? .up, .control)
        default: return keypad[letter].map { Key(.character($0), modifiers.subtracting(.shift)) }
        }
    }

    /// xterm: 1 + shift 1 + alt 2 + control 4 + meta 8. `nil`: no such modifiers.
    static func modifiers(_ parameter: Int?) -> Key.Modifiers? {
        guard let parameter else { return [] }
        guard (0...256).contains(parameter) else { return nil }
        let bits = max(0, parameter - 1)
        let meta: Key.Modifiers = bits & 0b10_1000 != 0 ? .alt : []
        return Key.Modifiers(rawValue: bits & 7).union(meta)
    }
}
