/// What came from the terminal, decoded.
enum Input: Equatable, Sendable {
    case key(Key)
    case paste(String)
    case focus(Bool)
    /// A cursor position report: 1-based row and column.
    case position(row: Int, column: Int)
}

/// Turns the terminal's bytes into keys, pastes and reports. Pure; keeps what is not
/// complete until the rest comes.
///
/// Nothing waits: a lone escape at the end of what there is to read is the Escape key.
/// Should it have been the first byte of a cut sequence, the rest is still recognised.
struct InputDecoder {
    private static let escape: UInt8 = 0x1B
    private static let pasteStart = Array("[200~".utf8)
    private static let pasteEnd = Array("\u{1B}[201~".utf8)
    /// Longer than any key's sequence.
    private static let longestSequence = 64

    private var pending: [UInt8] = []
    /// What has been pasted so far, while a paste goes on.
    private var pasted: [UInt8]?
    /// Escape was told; what follows may still belong to it.
    private var toldEscape = false
    /// Sequences of this terminal's own, from terminfo.
    private let known: [[UInt8]: Key]

    init(known: [[UInt8]: Key] = [:]) {
        self.known = known
    }

    /// Everything that `bytes` complete.
    mutating func decode(_ bytes: some Collection<UInt8>) -> [Input] {
        var inputs: [Input] = []
        var rest = pending + bytes
        pending = []
        while !rest.isEmpty {
            if pasted != nil {
                rest = readPaste(rest, into: &inputs)
            } else if let (input, length) = next(rest) {
                if let input { inputs.append(input) }
                rest.removeFirst(length)
                if pasted != nil { continue }
                // A key at a time would make a long burst quadratic.
                rest = drainText(rest, into: &inputs)
            } else {
                pending = rest
                break
            }
        }
        if pending == [Self.escape] {
            pending = []
            toldEscape = true
            inputs.append(.key(Key(.escape)))
        }
        return inputs
    }

    /// A run of ASCII text at once.
    private mutating func drainText(_ bytes: [UInt8], into inputs: inout [Input]) -> [UInt8] {
        guard !toldEscape else { return bytes }
        let end = bytes.firstIndex { $0 < 0x20 || $0 >= 0x7F } ?? bytes.count
        for byte in bytes[..<end] { inputs.append(.key(Key(.character(Character(Unicode.Scalar(byte)))))) }
        return Array(bytes[end...])
    }

    private mutating func readPaste(_ bytes: [UInt8], into inputs: inout [Input]) -> [UInt8] {
        var text = pasted ?? []
        // The end mark may have been cut.
        var start = max(0, text.count - Self.pasteEnd.count + 1)
        text += bytes
        while let candidate = text[start...].firstIndex(of: Self.escape) {
            if text[candidate...].starts(with: Self.pasteEnd) {
                inputs.append(.paste(String(decoding: text[..<candidate], as: UTF8.self)))
                pasted = nil
                return Array(text[(candidate + Self.pasteEnd.count)...])
            }
            start = candidate + 1
        }
        pasted = text
        return []
    }

    /// The first input of `bytes` and how many it takes; `nil`: more bytes are needed.
    private mutating func next(_ bytes: [UInt8]) -> (Input?, Int)? {
        if toldEscape {
            toldEscape = false
            // Only what no person types right behind an Escape.
            if bytes[0] == UInt8(ascii: "[") || bytes[0] == UInt8(ascii: "O"), bytes.count > 1,
                case let (input, length)?? = sequence([Self.escape] + bytes)
            {
                return (input, length - 1)
            }
        }
        guard bytes[0] == Self.escape else { return plain(bytes) }
        if let (sequence, key) = known.first(where: { bytes.starts(with: $0.key) }) {
            return (.key(key), sequence.count)
        }
        guard bytes.count > 1 else { return nil }
        switch bytes[1] {
        case UInt8(ascii: "["), UInt8(ascii: "O"):
            // Alt-[ and Alt-O, if nothing follows.
            if bytes.count == 2 { return (.key(.alt(Character(Unicode.Scalar(bytes[1])))), 2) }
            return sequence(bytes) ?? nil
        case Self.escape:
            return (.key(Key(.escape)), 1)
        default:
            guard case let (.key(key)?, length)? = plain(Array(bytes.dropFirst())) else { return nil }
            return (.key(Key(key.code, key.modifiers.union(.alt))), length + 1)
        }
    }

    /// A control character, or a character of UTF-8.
    private func plain(_ bytes: [UInt8]) -> (Input?, Int)? {
        switch bytes[0] {
        case 0x0D: return (.key(Key(.enter)), 1)
        case 0x09: return (.key(Key(.tab)), 1)
        case 0x7F: return (.key(Key(.backspace)), 1)
        case 0x00: return (.key(.control(" ")), 1)
        case 0x01...0x1A:
            return (.key(.control(Character(Unicode.Scalar(bytes[0] + 0x60)))), 1)
        case 0x1C...0x1F:
            return (.key(.control(Character(Unicode.Scalar(bytes[0] + 0x40)))), 1)
        case 0x20..<0x80:
            return (.key(Key(.character(Character(Unicode.Scalar(bytes[0]))))), 1)
        default:
            return utf8(bytes)
        }
    }

    private func utf8(_ bytes: [UInt8]) -> (Input?, Int)? {
        let length = bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : bytes[0] >= 0xC2 ? 2 : 1
        // Not UTF-8: this byte says nothing that could be typed.
        guard length > 1 else { return (nil, 1) }
        guard bytes.count >= length else {
            return bytes.dropFirst().allSatisfy { $0 & 0xC0 == 0x80 } ? nil : (nil, 1)
        }
        let text = String(decoding: bytes[..<length], as: UTF8.self)
        guard text.unicodeScalars.count == 1, let character = text.first, character != "\u{FFFD}" else {
            return (nil, 1)
        }
        return (.key(Key(.character(character))), length)
    }

    // MARK: Sequences

    /// `ESC [ parameters final` or `ESC O final`; `nil` when it is not complete.
    private mutating func sequence(_ bytes: [UInt8]) -> (Input?, Int)?? {
        if bytes[1] == UInt8(ascii: "O") {
            guard bytes.count > 2 else { return .some(nil) }
            return .some((Self.letterKey(bytes[2], []).map(Input.key), 3))
        }
        // The Linux console's function keys: ESC [ [ A
        if bytes.count > 2, bytes[2] == UInt8(ascii: "[") {
            guard bytes.count > 3 else { return .some(nil) }
            let number = Int(bytes[3]) - 0x40
            return .some(((1...5).contains(number) ? .key(Key(.function(number))) : nil, 4))
        }
        guard let end = bytes.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) }) else {
            return bytes.count > Self.longestSequence ? .some((nil, bytes.count)) : .some(nil)
        }
        if bytes[1...end].elementsEqual(Self.pasteStart) {
            pasted = []
            return .some((nil, end + 1))
        }
        let parameters = bytes[2..<end].split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
            .map { Int(String(decoding: $0.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)) ?? 0 }
        return .some((Self.report(bytes[end], parameters), end + 1))
    }

    private static func report(_ final: UInt8, _ parameters: [Int]) -> Input? {
        let modifiers = modifiers(parameters.count > 1 ? parameters[1] : 1)
        switch final {
        case UInt8(ascii: "I"): return .focus(true)
        case UInt8(ascii: "O"): return .focus(false)
        case UInt8(ascii: "R") where parameters.count == 2 && parameters[0] > 1:
            return .position(row: parameters[0], column: parameters[1])
        case UInt8(ascii: "Z"): return .key(Key(.tab, .shift))
        case UInt8(ascii: "~"): return tildeKey(parameters, modifiers).map(Input.key)
        case UInt8(ascii: "u"): return unicodeKey(parameters.first ?? 0, modifiers).map(Input.key)
        default: return letterKey(final, modifiers).map(Input.key)
        }
    }

    /// xterm: 1 + shift 1 + alt 2 + control 4.
    private static func modifiers(_ parameter: Int) -> Key.Modifiers {
        Key.Modifiers(rawValue: max(0, parameter - 1) & 7)
    }

    private static func letterKey(_ letter: UInt8, _ modifiers: Key.Modifiers) -> Key? {
        let codes: [Unicode.Scalar: Key.Code] = [
            "A": .up, "B": .down, "C": .right, "D": .left, "H": .home, "F": .end, "M": .enter,
            "P": .function(1), "Q": .function(2), "R": .function(3), "S": .function(4),
        ]
        return codes[Unicode.Scalar(letter)].map { Key($0, modifiers) }
    }

    private static func tildeKey(_ parameters: [Int], _ modifiers: Key.Modifiers) -> Key? {
        let codes: [Int: Key.Code] = [
            1: .home, 7: .home, 4: .end, 8: .end, 2: .insert, 3: .delete, 5: .pageUp, 6: .pageDown,
            11: .function(1), 12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5),
        ]
        // xterm's modifyOtherKeys: ESC [ 27 ; modifiers ; code ~
        if parameters.count == 3, parameters[0] == 27 { return unicodeKey(parameters[2], modifiers) }
        return parameters.first.flatMap { codes[$0] }.map { Key($0, modifiers) }
    }

    /// The kitty keyboard protocol's `ESC [ code ; modifiers u`.
    private static func unicodeKey(_ code: Int, _ modifiers: Key.Modifiers) -> Key? {
        switch code {
        case 9: return Key(.tab, modifiers)
        case 13: return Key(.enter, modifiers)
        case 27: return Key(.escape, modifiers)
        case 127: return Key(.backspace, modifiers)
        default:
            guard code >= 32, let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init) else { return nil }
            return Key(.character(Character(scalar)), modifiers)
        }
    }
}
