import GRDB

// What is told, whoever asked for it: each page has a number, and its messages carry it.

extension History {
    /// The number of the last page.
    ///
    /// - Throws: `HistoryFault`; `CancellationError`.
    func told() async throws -> Int64 { try await read { try History.fact("pages", $0) ?? 0 } }

    /// Messages that later pages have told, oldest first, and the number of the last page.
    ///
    /// - Throws: `HistoryFault`; `CancellationError`.
    func messages(toldAfter told: Int64) async throws -> (messages: [SearchHit], told: Int64) {
        try await read { database in
            let now = try History.fact("pages", database) ?? 0
            guard now > told else { return ([], now) }
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT \(History.hitColumns)
                    FROM conversation JOIN message ON message.conversation = conversation.id
                    JOIN person ON person.id = person
                    WHERE message.merged > 0 AND message.merged > ? ORDER BY at, rank
                    """, arguments: [told])
            return (rows.map(SearchHit.init), now)
        }
    }
}
