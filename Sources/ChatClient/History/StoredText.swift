import Foundation
import GRDB
import Timestamps

/// Texts as they lie in the history. SQLite's texts end at a U+0000, so one that holds it is kept as its bytes.
extension String {
    var stored: DatabaseValue {
        utf8.contains(0) ? Data(utf8).databaseValue : databaseValue
    }

    init?(stored value: DatabaseValue) {
        switch value.storage {
        case .string(let text): self = text
        case .blob(let bytes): self.init(decoding: bytes, as: UTF8.self)
        case .null, .int64, .double: return nil
        }
    }
}

extension Row {
    /// A text, whole; empty for none.
    func text(_ column: String) -> String { optionalText(column) ?? "" }

    /// The same of the column at `index`.
    func text(_ index: Int) -> String { String(stored: self[index]) ?? "" }

    func optionalText(_ column: String) -> String? {
        (self[column] as DatabaseValue?).flatMap(String.init(stored:))
    }

    func time(_ column: String) -> Timestamp? {
        (self[column] as Int64?).map(Timestamp.init(microseconds:))
    }
}
