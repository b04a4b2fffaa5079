/// What a control sequence says: a key, a report that somebody waits for, or nothing.
///
/// A key is what is known to be one; whatever else terminals report is nothing.
enum SequenceMeaning {
    static func of(_ sequence: ControlSequence) -> Input? {
        switch (sequence.marker, sequence.intermediates, sequence.final) {
        case (UInt8(ascii: "<"), [], UInt8(ascii: "M")), (UInt8(ascii: "<"), [], UInt8(ascii: "m")):
            return MouseReport.extended(sequence)
        case (UInt8(ascii: "?"), [UInt8(ascii: "$")], UInt8(ascii: "y")):
            guard let mode = sequence.number(0), let setting = sequence.number(1) else { return nil }
            return .mode(mode, setting: setting)
        case (nil, [], _):
            return plain(sequence)
        default:
            return nil
        }
    }

    private static func plain(_ sequence: ControlSequence) -> Input? {
        let count = sequence.parameters.count
        switch sequence.final {
        case UInt8(ascii: "I") where count == 0: return .focus(true)
        case UInt8(ascii: "O") where count == 0: return .focus(false)
        // With a place it is an answer, never F3 with modifiers.
        case UInt8(ascii: "R") where count > 0:
            guard count == 2, let row = sequence.number(0), let column = sequence.number(1) else { return nil }
            return .position(row: row, column: column)
        case UInt8(ascii: "M"): return MouseReport.decimal(sequence)
        case UInt8(ascii: "u"): return UnicodeKey.of(sequence)
        case UInt8(ascii: "~"): return tilde(sequence, [])
        // rxvt's modifiers.
        case UInt8(ascii: "^"): return tilde(sequence, .control)
        case UInt8(ascii: "@"): return tilde(sequence, [.control, .shift])
        case UInt8(ascii: "$"): return tilde(sequence, .shift)
        case UInt8(ascii: "a")...UInt8(ascii: "d") where count == 0:
            return .key(Key(FunctionKeys.letters[sequence.final - 0x20] ?? .up, .shift))
        default: return letter(sequence)
        }
    }

    /// `CSI 1 ; modifiers letter`, or `CSI modifiers letter` as it once was.
    private static func letter(_ sequence: ControlSequence) -> Input? {
        guard sequence.parameters.count <= 2 else { return nil }
        if sequence.final == UInt8(ascii: "Z") { return .key(Key(.tab, .shift)) }
        let modifiers = sequence.parameters.count == 1 ? sequence.number(0) : sequence.number(1)
        guard let code = FunctionKeys.letters[sequence.final], !isRelease(sequence),
            let pressed = FunctionKeys.modifiers(modifiers)
        else { return nil }
        return .key(Key(code, pressed))
    }

    /// `CSI number ; modifiers ~`
    private static func tilde(_ sequence: ControlSequence, _ added: Key.Modifiers) -> Input? {
        // xterm's modifyOtherKeys: CSI 27 ; modifiers ; code ~
        if sequence.number(0) == 27, sequence.parameters.count == 3, let code = sequence.number(2) {
            return UnicodeKey(code: code, modifiers: sequence.number(1) ?? 1).input
        }
        guard sequence.parameters.count <= 2, let number = sequence.number(0),
            let code = FunctionKeys.numbers[number], !isRelease(sequence),
            let modifiers = FunctionKeys.modifiers(sequence.number(1))
        else { return nil }
        return .key(Key(code, modifiers.union(added)))
    }

    /// kitty's event type.
    private static func isRelease(_ sequence: ControlSequence) -> Bool { sequence.number(1, part: 1) == 3 }
}
