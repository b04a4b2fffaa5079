import GRDB

// Who listens to a history learns what has changed by two numbers, whoever has changed it: the last change, which
// each conversation carries too, and how often conversations were taken away.

/// How far somebody knows a history.
package struct HistoryMark: Equatable, Sendable {
    var changes: Int64 = -1
    var removals: Int64 = 0
}

extension History {
    /// What stands there from now on; first, what stands there now.
    func marks() -> AsyncValueObservation<HistoryMark> {
        // SQLite tells of no change in a table without row ids, as `fact` is; of what we write in `conversation` it does,
        // and each change is written there too.
        ValueObservation.tracking(regions: [Table("conversation"), Table("fact")], fetch: History.mark)
            .removeDuplicates()
            .values(in: database, bufferingPolicy: .bufferingNewest(1))
    }

    /// Tells who listens here of what another connection has written.
    ///
    /// - Throws: `HistoryFault`.
    func noticeWritesOfOthers() async throws {
        do {
            try await database.writeWithoutTransaction { try $0.notifyChanges(in: Table("fact")) }
        } catch {
            throw HistoryFault.of(error)
        }
    }

    static func mark(_ database: Database) throws -> HistoryMark {
        HistoryMark(changes: try fact("changes", database) ?? 0, removals: try fact("removals", database) ?? 0)
    }

    static func touch(_ conversation: Int64, _ database: Database) throws {
        let next = (try fact("changes", database) ?? 0) + 1
        try setFact("changes", next, database)
        try database.cachedStatement(sql: "UPDATE conversation SET changed = ? WHERE id = ?")
            .execute(arguments: [next, conversation])
    }

    static func fact(_ name: String, _ database: Database) throws -> Int64? {
        try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT value FROM fact WHERE name = ?"), arguments: [name])
    }

    static func setFact(_ name: String, _ value: Int64, _ database: Database) throws {
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO fact VALUES (?, ?)").execute(arguments: [name, value])
    }
}
