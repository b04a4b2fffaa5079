/// What stands at the start of some bytes.
enum Scanned: Equatable {
    /// It may be the start of something longer.
    case unfinished
    case found(Found, length: Int)

    enum Found: Equatable {
        case input(Input)
        /// A report that nobody waits for, or what nobody knows.
        case nothing
        /// What follows is pasted.
        case paste
        /// OSC, DCS, APC, PM or SOS: what follows is no text, up to its terminator.
        case string
    }

    static func key(_ key: Key, _ length: Int) -> Scanned { .found(.input(.key(key)), length: length) }

    fileprivate static func input(_ input: Input?, _ length: Int) -> Scanned {
        .found(input.map(Found.input) ?? .nothing, length: length)
    }
}

/// Tells the first key or report from a terminal's bytes. Pure; sees only what is there, and knows no time.
struct Scanner {
    static let escape: UInt8 = 0x1B
    /// Longer than any sequence that is not a string.
    private static let longest = 512
    /// `[O]PX^_` behind an escape begin sequences; alone they are Alt and that letter.
    private static let introducers = Set("[O]PX^_".utf8)
    /// The same as 8-bit controls.
    private static let controls: [UInt8: UInt8] = [
        0x8F: UInt8(ascii: "O"), 0x90: UInt8(ascii: "P"), 0x98: UInt8(ascii: "X"), 0x9B: UInt8(ascii: "["),
        0x9D: UInt8(ascii: "]"), 0x9E: UInt8(ascii: "^"), 0x9F: UInt8(ascii: "_"),
    ]

    /// Sequences of this terminal's own, from terminfo. Each begins with an escape.
    let known: [[UInt8]: Key]
    /// All that such a sequence may begin with.
    private let beginnings: Set<[UInt8]>

    init(known: [[UInt8]: Key] = [:]) {
        self.known = known
        beginnings = Set(known.keys.flatMap { key in (1..<max(1, key.count)).map { Array(key.prefix($0)) } })
    }

    /// - Parameter bytes: one at least.
    func scan(_ bytes: [UInt8]) -> Scanned {
        guard bytes[0] == Self.escape else { return Self.scanPlain(bytes) }
        // The longest one counts.
        if beginnings.contains(bytes) { return .unfinished }
        for length in stride(from: bytes.count, to: 1, by: -1) {
            if let key = known[Array(bytes[..<length])] { return .key(key, length) }
        }
        return Self.scanEscape(bytes)
    }

    /// No more is coming: what the bytes are as they stand.
    func finish(_ bytes: [UInt8]) -> Scanned {
        guard bytes[0] == Self.escape else { return .found(.nothing, length: bytes.count) }
        if case .found(let found, let length) = Self.scanEscape(bytes) { return .found(found, length: length) }
        guard bytes.count > 1, Self.introducers.contains(bytes[1]) else { return .key(Key(.escape), 1) }
        // What is cut is nothing; an introducer alone is a key.
        return bytes.count == 2 ? .key(Self.alt(bytes[1]), 2) : .found(.nothing, length: bytes.count)
    }

    // MARK: Behind an escape

    private static func scanEscape(_ bytes: [UInt8]) -> Scanned {
        guard bytes.count > 1 else { return .unfinished }
        switch bytes[1] {
        case let introducer where introducers.contains(introducer): return scanSequence(bytes)
        case escape: return scanEscapeTwice(bytes)
        case 0x0D, 0x0A: return .key(Key(.enter, .alt), 2)
        case 0x08: return .key(Key(.character("h"), [.control, .alt]), 2)
        case 0x09, 0x7F, 0x20..<0x7F: return scanAlt(bytes)
        // No control key has a meaning with Alt, and some must always have theirs.
        case 0..<0x20: return .key(Key(.escape), 1)
        default: return controls[bytes[1]] == nil ? scanAlt(bytes) : .key(Key(.escape), 1)
        }
    }

    private static func scanAlt(_ bytes: [UInt8]) -> Scanned {
        switch scanPlain(Array(bytes.dropFirst())) {
        case .unfinished: return .unfinished
        case .found(.input(.key(let key)), let length):
            return .key(Key(key.code, key.modifiers.union(.alt)), length + 1)
        case .found: return .key(Key(.escape), 1)
        }
    }

    /// PuTTY's and rxvt's Alt with a key that has a sequence.
    private static func scanEscapeTwice(_ bytes: [UInt8]) -> Scanned {
        let second = Array(bytes.dropFirst())
        guard second.count > 1 else { return .unfinished }
        guard second[1] == UInt8(ascii: "[") || second[1] == UInt8(ascii: "O") else { return .key(Key(.escape), 1) }
        switch scanSequence(second) {
        case .unfinished: return .unfinished
        case .found(.input(.key(let key)), let length):
            return .key(Key(key.code, key.modifiers.union(.alt)), length + 1)
        case .found: return .key(Key(.escape), 1)
        }
    }

    /// What `ESC` and one of `introducers` begin.
    private static func scanSequence(_ bytes: [UInt8]) -> Scanned {
        guard bytes.count > 2 else { return .unfinished }
        // What is none of its bytes is a key of its own.
        guard (0x20..<0x7F).contains(bytes[2]) else { return .key(alt(bytes[1]), 2) }
        return scanSequence(introducedBy: bytes[1], bytes, from: 2)
    }

    private static func scanSequence(introducedBy introducer: UInt8, _ bytes: [UInt8], from start: Int) -> Scanned {
        switch introducer {
        case UInt8(ascii: "["): scanControlSequence(bytes, from: start)
        case UInt8(ascii: "O"): scanSingleShift(bytes, from: start)
        default: .found(.string, length: start)
        }
    }

    private static func alt(_ byte: UInt8) -> Key { .alt(Character(Unicode.Scalar(byte))) }

    // MARK: Control sequences

    private static func scanControlSequence(_ bytes: [UInt8], from start: Int) -> Scanned {
        guard bytes.count > start else { return .unfinished }
        if bytes[start] == UInt8(ascii: "[") { return scanConsole(bytes, from: start + 1) }
        var end = start
        while end < bytes.count, (0x20...0x3F).contains(bytes[end]) {
            // rxvt's shift ends a sequence; elsewhere a dollar stands before the end.
            if bytes[end] == UInt8(ascii: "$"), bytes[start..<end].allSatisfy({ (0x30...0x39).contains($0) }),
                end > start
            {
                break
            }
            end += 1
        }
        guard end < bytes.count else {
            return bytes.count > longest ? .found(.nothing, length: bytes.count) : .unfinished
        }
        guard bytes[end] == UInt8(ascii: "$") || (0x40...0x7E).contains(bytes[end]) else {
            return .found(.nothing, length: end)
        }
        if end == start, let units = MouseReport.tails[bytes[end]] { return scanUnits(units, bytes, from: end + 1) }
        let sequence = ControlSequence(body: bytes[start..<end], final: bytes[end])
        if sequence.isPasteStart { return .found(.paste, length: end + 1) }
        return .input(SequenceMeaning.of(sequence), end + 1)
    }

    /// The Linux console's function keys: `CSI [ A`
    private static func scanConsole(_ bytes: [UInt8], from start: Int) -> Scanned {
        guard bytes.count > start else { return .unfinished }
        guard (0x20..<0x7F).contains(bytes[start]) else { return .found(.nothing, length: start) }
        let number = Int(bytes[start]) - 0x40
        return .input((1...5).contains(number) ? .key(Key(.function(number))) : nil, start + 1)
    }

    /// Bytes, or characters of UTF-8, that stand for numbers. A control character is none of them.
    private static func scanUnits(_ count: Int, _ bytes: [UInt8], from start: Int) -> Scanned {
        var (units, place) = ([Int](), start)
        while units.count < count {
            guard place < bytes.count else { return .unfinished }
            guard bytes[place] >= 0x20 else { return .found(.nothing, length: place) }
            var unit = Int(bytes[place])
            if (0xC2...0xDF).contains(bytes[place]) {
                guard place + 1 < bytes.count else { return .unfinished }
                if bytes[place + 1] & 0xC0 == 0x80 {
                    unit = (unit & 0x1F) << 6 | Int(bytes[place + 1] & 0x3F)
                    place += 1
                }
            }
            units.append(unit)
            place += 1
        }
        return .input(MouseReport.units(units), place)
    }

    private static func scanSingleShift(_ bytes: [UInt8], from start: Int) -> Scanned {
        let parameters = bytes[start...].prefix { (0x30...0x3B).contains($0) }
        let end = start + parameters.count
        guard end < bytes.count else {
            return bytes.count > longest ? .found(.nothing, length: bytes.count) : .unfinished
        }
        guard (0x20..<0x7F).contains(bytes[end]) else { return .found(.nothing, length: end) }
        let numbers = ControlSequence(body: parameters, final: bytes[end]).parameters
        return .input(FunctionKeys.singleShift(bytes[end], parameters: numbers).map(Input.key), end + 1)
    }

    // MARK: Without an escape

    /// A control character, or a character of UTF-8.
    private static func scanPlain(_ bytes: [UInt8]) -> Scanned {
        switch bytes[0] {
        case 0x0D: return .key(Key(.enter), 1)
        case 0x09: return .key(Key(.tab), 1)
        case 0x7F: return .key(Key(.backspace), 1)
        case 0x00: return .key(.control(" "), 1)
        case 0x01...0x1A: return .key(.control(Character(Unicode.Scalar(bytes[0] + 0x60))), 1)
        case 0x1C...0x1F: return .key(.control(Character(Unicode.Scalar(bytes[0] + 0x40))), 1)
        case 0x20..<0x80: return .key(Key(.character(Character(Unicode.Scalar(bytes[0])))), 1)
        case 0x80..<0xC2: return scanC1(bytes[0], bytes, length: 1)
        default: return scanUTF8(bytes)
        }
    }

    /// An 8-bit control, as one byte or as UTF-8.
    private static func scanC1(_ control: UInt8, _ bytes: [UInt8], length: Int) -> Scanned {
        guard let introducer = controls[control] else { return .found(.nothing, length: length) }
        return scanSequence(introducedBy: introducer, bytes, from: length)
    }

    private static func scanUTF8(_ bytes: [UInt8]) -> Scanned {
        let length = bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : 2
        // Not UTF-8: this byte says nothing that could be typed.
        guard bytes[0] < 0xF5, bytes.dropFirst().prefix(length - 1).allSatisfy({ $0 & 0xC0 == 0x80 }) else {
            return .found(.nothing, length: 1)
        }
        guard bytes.count >= length else { return .unfinished }
        guard let scalar = scalar(bytes.prefix(length)) else { return .found(.nothing, length: 1) }
        if (0x80..<0xA0).contains(scalar.value) { return scanC1(UInt8(scalar.value), bytes, length: length) }
        return .key(Key(.character(Character(scalar))), length)
    }

    private static func scalar(_ bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
        let scalars = String(validating: bytes, as: UTF8.self)?.unicodeScalars
        return scalars?.count == 1 ? scalars?.first : nil
    }
}

extension ControlSequence {
    fileprivate var isPasteStart: Bool {
        marker == nil && intermediates.isEmpty && final == UInt8(ascii: "~") && parameters == [[200]]
    }
}
