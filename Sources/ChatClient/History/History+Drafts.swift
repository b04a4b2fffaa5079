import GRDB

// What is written and not sent.

extension History {
    /// By conversation.
    ///
    /// - Throws: `HistoryFault`; `CancellationError`.
    func drafts() async throws -> [ConversationID: String] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT conversation, text FROM draft").reduce(into: [:]) { drafts, row in
                drafts[ConversationID(row["conversation"])] = row.text("text")
            }
        }
    }

    static func draft(_ conversation: Int64, in database: Database) throws -> String? {
        try Row.fetchOne(database, sql: "SELECT text FROM draft WHERE conversation = ?", arguments: [conversation])?
            .text("text")
    }

    /// - Throws: `HistoryFault`.
    func save(draft text: String?, of conversation: Int64) async throws {
        try await change(conversation) { try History.save(draft: text, of: conversation, $0) }
    }

    static func save(draft text: String?, of conversation: Int64, _ database: Database) throws {
        if let text, !text.isEmpty {
            try database.execute(
                sql: "INSERT OR REPLACE INTO draft VALUES (?, ?)", arguments: [conversation, text.stored])
        } else {
            try database.execute(sql: "DELETE FROM draft WHERE conversation = ?", arguments: [conversation])
        }
    }
}
