/// JSON in ASCII: no terminal can be harmed by it, and no text is changed.
enum JSONText {
    /// A text as a JSON string.
    static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        append(quoted: text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// An object of texts.
    static func object(_ members: [(name: String, value: String)]) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(members.reduce(2) { $0 + $1.name.utf8.count + $1.value.utf8.count + 6 })
        var separator = UInt8(ascii: "{")
        for (name, value) in members {
            bytes.append(separator)
            separator = UInt8(ascii: ",")
            append(quoted: name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            append(quoted: value, to: &bytes)
        }
        if members.isEmpty { bytes.append(separator) }
        bytes.append(UInt8(ascii: "}"))
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func append(quoted text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        // Most are nothing but letters.
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x5C }) {
            bytes += text.utf8
        } else {
            for unit in text.utf16 {
                switch unit {
                case 0x22, 0x5C: bytes += [UInt8(ascii: "\\"), UInt8(unit)]
                case 0x0A: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
                case 0x0D: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
                case 0x09: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
                default: append(unit, to: &bytes)
                }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A whole document: what is not ASCII can only stand in its strings.
    static func ascii(_ document: String) -> String {
        var escaped: [UInt8] = []
        escaped.reserveCapacity(document.utf8.count)
        for unit in document.utf16 {
            if unit == 0x0A { escaped.append(0x0A) } else { append(unit, to: &escaped) }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    private static func append(_ unit: UInt16, to bytes: inout [UInt8]) {
        guard !(0x20..<0x7F).contains(unit) else { return bytes.append(UInt8(unit)) }
        bytes += [UInt8(ascii: "\\"), UInt8(ascii: "u")]
        for shift in [12, 8, 4, 0] { bytes.append(digits[Int(unit >> UInt16(shift)) & 0xF]) }
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
