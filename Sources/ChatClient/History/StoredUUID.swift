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
        let uuid = bytes.withUnsafeBytes { $0.loadUnaligned(as: uuid_t.self) }
        return UUID(uuid: uuid).uuidString.lowercased()
    }
}
