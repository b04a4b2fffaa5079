import NIOCore

/// A row of a list, as the API shows it: names in their order, each with its text.
protocol JSONRow {
    var members: [(name: StaticString, text: String)] { get }
}

/// Lists of texts as JSON, byte for byte what `JSONEncoder` makes of them with sorted keys and slashes as they are: the
/// answers to most requests hold nothing else.
struct JSONBytes {
    private(set) var buffer: ByteBuffer

    init(_ rows: [some JSONRow]) {
        buffer = ByteBuffer()
        buffer.reserveCapacity(64 + rows.count * 320)
        buffer.writeInteger(UInt8(ascii: "["))
        for (position, row) in rows.enumerated() {
            if position > 0 { buffer.writeInteger(UInt8(ascii: ",")) }
            write(row)
        }
        buffer.writeInteger(UInt8(ascii: "]"))
    }

    init(_ row: some JSONRow) {
        buffer = ByteBuffer()
        write(row)
    }

    private mutating func write(_ row: some JSONRow) {
        var separator = UInt8(ascii: "{")
        for (name, text) in row.members {
            buffer.writeInteger(separator)
            separator = UInt8(ascii: ",")
            buffer.writeInteger(UInt8(ascii: "\""))
            buffer.writeStaticString(name)
            buffer.writeStaticString("\":")
            write(text)
        }
        buffer.writeInteger(UInt8(ascii: "}"))
    }

    private mutating func write(_ text: String) {
        var text = text
        buffer.writeInteger(UInt8(ascii: "\""))
        text.withUTF8 { bytes in
            var start = 0
            for (position, byte) in bytes.enumerated() where Self.isEscaped(byte) {
                buffer.writeBytes(bytes[start..<position])
                start = position + 1
                writeEscaped(byte)
            }
            buffer.writeBytes(bytes[start...])
        }
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func writeEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): buffer.writeStaticString("\\\"")
        case UInt8(ascii: "\\"): buffer.writeStaticString("\\\\")
        case 0x08: buffer.writeStaticString("\\b")
        case 0x09: buffer.writeStaticString("\\t")
        case 0x0A: buffer.writeStaticString("\\n")
        case 0x0C: buffer.writeStaticString("\\f")
        case 0x0D: buffer.writeStaticString("\\r")
        default:
            let digits = String(byte, radix: 16)
            buffer.writeString("\\u00" + (digits.count < 2 ? "0" : "") + digits)
        }
    }
}
