import Foundation
import GRDB

/// Texts as they lie in the table's columns. SQLite's texts end at a U+0000, so one that holds it is kept as its bytes.
extension String {
    package var stored: DatabaseValue {
        utf8.contains(0) ? Data(utf8).databaseValue : databaseValue
    }

    package init(stored value: DatabaseValue) {
        switch value.storage {
        case .string(let text): self = text
        case .blob(let bytes): self = String(decoding: bytes, as: UTF8.self)
        case .null, .int64, .double: self = ""
        }
    }
}

extension Row {
    /// The key in the columns `pk` and `sk`.
    var itemKey: ItemKey {
        ItemKey(partition: String(stored: self["pk"]), sort: String(stored: self["sk"]))
    }
}
