import GRDB

extension History {
    /// Wipes a conversation with all that was said, written and not sent; `nil`: all of them.
    /// What was wiped cannot be read from the file any more.
    ///
    /// - Throws: `HistoryFault`.
    func forget(_ conversation: Int64?) throws(HistoryFault) {
        do {
            try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA secure_delete = ON") }
        } catch {
            throw HistoryFault(error)
        }
        try write { database in
            if let conversation {
                try History.forget(conversation, in: database)
            } else {
                for table in ["message", "person", "gap", "tie", "outgoing", "draft", "conversation", "fact"] {
                    try database.execute(sql: "DELETE FROM \(table)")
                }
                try database.execute(sql: "INSERT INTO word (word) VALUES ('delete-all')")
            }
        }
        do {
            try database.writeWithoutTransaction { database in
                try database.execute(sql: "VACUUM")
                try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
        } catch {
            throw HistoryFault(error)
        }
    }

    private static func forget(_ conversation: Int64, in database: Database) throws {
        let messages = try Row.fetchCursor(
            database, sql: "SELECT id, text FROM message WHERE conversation = ?", arguments: [conversation])
        while let row = try messages.next() {
            // An index without content must be told what it holds.
            try database.cachedStatement(sql: "INSERT INTO word (word, rowid, words) VALUES ('delete', ?, ?)").execute(
                arguments: [row["id"] as Int64, SearchWords.indexed(row["text"])])
        }
        let these = "(SELECT id FROM message WHERE conversation = ?)"
        try database.execute(sql: "DELETE FROM gap WHERE message IN \(these)", arguments: [conversation])
        try database.execute(sql: "DELETE FROM tie WHERE later IN \(these)", arguments: [conversation])
        for table in ["message", "outgoing", "draft"] {
            try database.execute(sql: "DELETE FROM \(table) WHERE conversation = ?", arguments: [conversation])
        }
        try database.execute(sql: "DELETE FROM conversation WHERE id = ?", arguments: [conversation])
        try database.execute(
            sql: "DELETE FROM person WHERE id NOT IN (SELECT person FROM message)")
        try database.execute(sql: "INSERT INTO word (word) VALUES ('optimize')")
    }
}
