import Foundation

/// What commands print.
package enum Output {
    /// Remote text, made safe for a terminal.
    package static func line(_ text: String) {
        print(Lines.single(text).map(\.text).joined())
    }

    /// Text exactly as it is, escaped to ASCII so that no terminal can be harmed.
    package static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        print(ascii(String(decoding: try encoder.encode(value), as: UTF8.self)))
    }

    /// A text as a JSON string.
    package static func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // A string can always be encoded.
        return (try? encoder.encode(text)).map { ascii(String(decoding: $0, as: UTF8.self)) } ?? "\"\""
    }

    /// What is wrong, for people.
    package static func complain(_ text: String, terminator: String = "\n") {
        FileHandle.standardError.write(Data((text + terminator).utf8))
    }

    private static func ascii(_ json: String) -> String {
        var escaped = ""
        for unit in json.utf16 {
            if unit == 0x0A || (0x20..<0x7F).contains(unit) {
                escaped.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            } else {
                let digits = String(unit, radix: 16)
                escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return escaped
    }
}
