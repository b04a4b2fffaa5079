import Foundation

/// The elements of a JSON array, each on its own: for a list of which one row is not even JSON, such as a number
/// that is none, half of a surrogate pair, or bytes that are no UTF-8.
enum RowSplitter {
    /// `nil` for what is no array from its first byte to its last.
    static func rows(of body: Data) -> [Data]? {
        var scanner = Scanner(bytes: [UInt8](body))
        return scanner.array()
    }

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0

        mutating func array() -> [Data]? {
            skipSpace()
            guard next() == UInt8(ascii: "[") else { return nil }
            var rows: [Data] = []
            skipSpace()
            if peek() == UInt8(ascii: "]") {
                position += 1
            } else {
                repeat {
                    guard let row = element() else { return nil }
                    rows.append(row)
                } while bytes[position - 1] == UInt8(ascii: ",")
            }
            skipSpace()
            return position == bytes.count ? rows : nil
        }

        /// Up to the comma or bracket behind it, which is taken as well.
        private mutating func element() -> Data? {
            let begin = position
            var depth = 0
            while let byte = next() {
                switch byte {
                case UInt8(ascii: "\""): guard skipText() else { return nil }
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"): depth -= 1
                case UInt8(ascii: "]") where depth > 0: depth -= 1
                case UInt8(ascii: "]") where depth == 0, UInt8(ascii: ",") where depth == 0:
                    return Data(bytes[begin..<position - 1])
                default: break
                }
            }
            return nil
        }

        private mutating func skipText() -> Bool {
            while let byte = next() {
                if byte == UInt8(ascii: "\"") { return true }
                if byte == UInt8(ascii: "\\") { position += 1 }
            }
            return false
        }

        private mutating func skipSpace() {
            while let byte = peek(), [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
        }

        private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

        private mutating func next() -> UInt8? {
            defer { position += 1 }
            return peek()
        }
    }
}
