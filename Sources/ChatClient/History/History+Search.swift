import GRDB
import Timestamps

/// A message that a search has found.
public struct SearchHit: Equatable, Sendable {
    public let conversation: ConversationID
    /// With whom it is.
    public let title: UserShort
    public let message: Message

    public init(conversation: ConversationID, title: UserShort, message: Message) {
        self.conversation = conversation
        self.title = title
        self.message = message
    }
}

extension History {
    /// The newest messages that hold every word of `typed`, the last as far as it is written.
    ///
    /// - Parameter limit: how many at most.
    /// - Throws: `HistoryFault`; `CancellationError` when the task is cancelled meanwhile.
    package func search(_ typed: String, limit: Int) async throws -> [SearchHit] {
        guard let expression = SearchWords.expression(typed) else { return [] }
        return try await database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT message.id, conversation.id AS conversation, at, rank, uuid, text, merged, person.handle, person.display_name, 0 AS is_before_gap,
                    group_uuid, conversation.handle AS with_handle, conversation.display_name AS with_name
                    FROM (SELECT rowid AS found FROM word WHERE word MATCH ? ORDER BY rowid DESC LIMIT ?)
                    JOIN message ON message.id = found JOIN person ON person.id = person
                    JOIN conversation ON conversation.id = conversation ORDER BY at DESC
                    """, arguments: [expression, limit]
            ).map(SearchHit.init).filter { SearchWords.isIn($0.message.text, typed) }
        }
    }
}

extension SearchHit {
    fileprivate init(_ row: Row) {
        self.init(
            conversation: ConversationID(row["conversation"]),
            title: UserShort(handle: row["with_handle"], displayName: row["with_name"]),
            message: StoredMessage(row).message)
    }
}
