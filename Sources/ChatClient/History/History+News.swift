import GRDB

// What is told, whoever asked for it: each page has a number, and its messages carry it.

extension History {
    /// The number of the last page.
    ///
    /// - Throws: `HistoryFault`; `CancellationError`.
    func told() async throws -> Int64 { try await read { try History.fact("pages", $0) ?? 0 } }

    /// Messages that later pages have told, oldest first, and the number of the last page. What had been said before the
    /// first list told of a conversation is no news, though its first page may be told much later.
    ///
    /// - Throws: `HistoryFault`; `CancellationError`.
    func messages(toldAfter page: Int64) async throws -> (messages: [SearchHit], told: Int64) {
        try await read { database in
            let now = try History.fact("pages", database) ?? 0
            guard now > page else { return ([], now) }
            func told(_ condition: String) -> String {
                """
                SELECT \(History.hitColumns)
                FROM conversation JOIN message ON message.conversation = conversation.id
                JOIN person ON person.id = person
                WHERE \(condition) AND message.at > conversation.read_until
                """
            }
            // Two questions, as each has an index.
            let rows = try Row.fetchAll(
                database,
                sql: """
                    \(told("merged > 0 AND merged > ?1")) UNION ALL \(told("merged < 0 AND merged < -?1"))
                    ORDER BY at, rank
                    """, arguments: [page])
            return (rows.map(SearchHit.init), now)
        }
    }
}
