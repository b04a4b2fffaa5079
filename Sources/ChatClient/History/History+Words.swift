import GRDB

// The words of messages, for the search. When they are cut by another rule than before, that is done anew from the
// newest message back, a little at a time: a long history is in use meanwhile.

extension History {
    /// Messages whose words are cut in one go.
    private static let portion = 500

    /// Cuts the words of some messages that lack them.
    ///
    /// - Returns: whether there are more.
    /// - Throws: `HistoryFault`.
    func indexWords() async throws -> Bool {
        // Most of the time there is nothing to do, and nothing to write.
        guard try await read({ try History.fact("unindexed", $0) }) != nil else { return false }
        return try await write { try History.indexWords(limit: History.portion, $0) }
    }

    static func indexAllWords(_ database: Database) throws {
        while try indexWords(limit: portion, database) {}
    }

    private static func indexWords(limit: Int, _ database: Database) throws -> Bool {
        guard let newest = try fact("unindexed", database) else { return false }
        let rows = try Row.fetchAll(
            database, sql: "SELECT id, text FROM message WHERE id <= ? ORDER BY id DESC LIMIT ?",
            arguments: [newest, limit])
        for row in rows { try index(row["id"], row.text("text"), database) }
        guard rows.count == limit, let last = rows.last else {
            try database.execute(sql: "DELETE FROM fact WHERE name = 'unindexed'")
            return false
        }
        try setFact("unindexed", last["id"] - 1, database)
        return true
    }

    static func index(_ message: Int64, _ text: String, _ database: Database) throws {
        try database.cachedStatement(sql: "INSERT INTO word (rowid, words) VALUES (?, ?)").execute(
            arguments: [message, SearchWords.indexed(text)])
    }
}
