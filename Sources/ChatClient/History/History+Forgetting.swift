import GRDB

extension History {
    /// Wipes a conversation with all that was said, written and not sent; `nil`: all of them.
    /// What was wiped cannot be read from the file any more.
    ///
    /// - Throws: `HistoryFault`.
    func forget(_ conversation: Int64?) async throws {
        do {
            try await database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA secure_delete = ON") }
        } catch {
            throw HistoryFault.of(error)
        }
        try await write { database in
            if let conversation {
                try History.forget(conversation, in: database)
            } else {
                try History.forgetAll(in: database)
            }
            // Who listens shall look at all there is.
            let removals = try History.fact("removals", database) ?? 0
            try History.setFact("removals", removals + 1, database)
        }
        do {
            try await database.writeWithoutTransaction { database in
                try database.execute(sql: "VACUUM")
                try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
        } catch {
            throw HistoryFault.of(error)
        }
    }

    private static func forgetAll(in database: Database) throws {
        for table in ["message", "person", "gap", "tie", "outgoing", "draft", "conversation"] {
            try database.execute(sql: "DELETE FROM \(table)")
        }
        // Counters go on, for those who listen.
        try database.execute(sql: "DELETE FROM fact WHERE name NOT IN ('changes', 'removals', 'pages')")
        try database.execute(sql: "INSERT INTO word (word) VALUES ('delete-all')")
    }

    private static func forget(_ conversation: Int64, in database: Database) throws {
        // What is not in the index cannot be taken out of it.
        try indexAllWords(database)
        let messages = try Row.fetchCursor(
            database, sql: "SELECT id, text FROM message WHERE conversation = ?", arguments: [conversation])
        while let row = try messages.next() {
            // An index without content must be told what it holds.
            try database.cachedStatement(sql: "INSERT INTO word (word, rowid, words) VALUES ('delete', ?, ?)").execute(
                arguments: [row["id"] as Int64, SearchWords.indexed(row.text("text"))])
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
