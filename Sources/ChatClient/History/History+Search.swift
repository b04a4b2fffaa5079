import GRDB
import Timestamps

/// A message that a search has found.
public struct SearchHit: Equatable, Sendable {
    public let conversation: ConversationID
    /// The group's uuid, once there is one.
    public let group: String?
    /// With whom it is.
    public let title: UserShort
    public let message: Message

    public init(conversation: ConversationID, group: String? = nil, title: UserShort, message: Message) {
        self.conversation = conversation
        self.group = group
        self.title = title
        self.message = message
    }
}

extension History {
    /// Of `message`, `person` and `conversation`, for a `SearchHit`.
    static let hitColumns = """
        \(StoredMessage.columns),
        conversation.id AS conversation, group_uuid, conversation.handle AS with_handle,
        conversation.display_name AS with_name
        """

    /// The newest messages that hold every word of `typed`, the last as far as it is written.
    ///
    /// - Parameter limit: how many at most.
    /// - Throws: `HistoryFault`; `CancellationError` when the task is cancelled meanwhile.
    package func search(_ typed: String, limit: Int) async throws -> [SearchHit] {
        let query = SearchQuery(typed)
        let expression = SearchWords.expression(query.words)
        guard expression != nil || query.hasFilters else { return [] }
        return try await read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT \(History.hitColumns) FROM \(History.source(expression, query))",
                arguments: StatementArguments(History.values(expression, query, limit)))
            return rows.map(SearchHit.init).filter { SearchWords.isIn($0.message.text, query.words) }
                .sorted { $0.message.at > $1.message.at }
        }
    }

    private static func values(
        _ expression: String?, _ query: SearchQuery, _ limit: Int
    ) -> [(any DatabaseValueConvertible)?] {
        var values: [(any DatabaseValueConvertible)?] = []
        if let expression { values.append(expression) }
        for value in query.values { values.append(value) }
        values.append(limit)
        return values
    }

    /// The newest that are meant. The index tells its own newest first: nothing is sorted.
    private static func source(_ expression: String?, _ query: SearchQuery) -> String {
        let whose = """
            CROSS JOIN person ON person.id = message.person
            CROSS JOIN conversation ON conversation.id = message.conversation
            """
        guard expression != nil else {
            return "message \(whose) WHERE \(query.condition) ORDER BY message.id DESC LIMIT ?"
        }
        guard query.hasFilters else {
            return """
                (SELECT rowid AS found FROM word WHERE word MATCH ? ORDER BY rowid DESC LIMIT ?)
                JOIN message ON message.id = found \(whose)
                """
        }
        return """
            word CROSS JOIN message ON message.id = word.rowid \(whose)
            WHERE word MATCH ? AND \(query.condition) ORDER BY word.rowid DESC LIMIT ?
            """
    }
}

extension SearchHit {
    init(_ row: Row) {
        self.init(
            conversation: ConversationID(row["conversation"]), group: row.optionalText("group_uuid"),
            title: UserShort(handle: row.text("with_handle"), displayName: row.text("with_name")),
            message: StoredMessage(row).message)
    }
}
