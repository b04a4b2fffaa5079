import Foundation
import GRDB

/// A uuid in 16 bytes where it is one, else as the text it is.
enum StoredUUID {
    static func encode(_ text: String) -> DatabaseValue {
        guard text.utf8.count == 36, let uuid = UUID(uuidString: text), uuid.uuidString.lowercased() == text else {
            return text.stored
        }
        return withUnsafeBytes(of: uuid.uuid) { Data($0) }.databaseValue
    }

    static func decode(_ value: DatabaseValue) -> String {
        guard case .blob(let bytes) = value.storage, bytes.count == 16 else {
            return String(stored: value) ?? ""
        }
        return String(unsafeUninitializedCapacity: 36) { text in
            var end = 0
            func append(_ byte: UInt8) {
                text[end] = byte
                end += 1
            }
            for (number, byte) in bytes.enumerated() {
                if number.isMultiple(of: 2), 4...10 ~= number { append(dash) }
                append(digits[Int(byte >> 4)])
                append(digits[Int(byte & 0xF)])
            }
            return end
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)
    private static let dash = UInt8(ascii: "-")
}
