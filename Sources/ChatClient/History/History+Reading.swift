import GRDB
import Timestamps

// Reading: a window of a transcript at a time, whatever its length.

/// A message as it lies in the history.
package struct StoredMessage: Equatable, Sendable {
    let id: Int64
    package let message: Message
    /// Its place among messages of the same instant.
    var rank: Int64 = 0
    /// Which page brought it; 0: it is none of those in the outbox.
    let merged: Int64
    var isUnread = false
    /// After it, some may have been missed.
    var isBeforeGap = false
    /// Whether what was missed there is unread.
    var isGapUnread = false

    /// Of `message` and `person`, in the order that `init` reads them in: by place, as hundreds are read for a screen.
    static let columns = """
        message.id, message.at, message.rank, message.uuid, message.text, message.merged, message.unread,
        person.handle, person.display_name
        """

    private static let query = """
        SELECT \(columns), gap.message IS NOT NULL, gap.is_unread
        FROM message JOIN person ON person.id = person LEFT JOIN gap ON gap.message = message.id WHERE
        """

    static func fetchAll(
        _ database: Database, where condition: String, _ arguments: StatementArguments
    ) throws -> [StoredMessage] {
        let statement = try database.cachedStatement(sql: "\(query) \(condition)")
        return try Array(
            Row.fetchCursor(statement, arguments: arguments).map { row in
                var message = StoredMessage(row)
                message.isBeforeGap = row[9]
                message.isGapUnread = row[10] ?? false
                return message
            })
    }

    /// - Parameter row: begins with `columns`.
    init(_ row: Row) {
        id = row[0]
        rank = row[2]
        merged = row[5]
        isUnread = row[6]
        message = Message(
            uuid: StoredUUID.decode(row[3]), text: row.text(4), handle: row.text(7), displayName: row.text(8),
            at: Timestamp(microseconds: row[1]))
    }

    init(id: Int64, message: Message, merged: Int64) {
        self.id = id
        self.message = message
        self.merged = merged
    }
}

/// Which part of a transcript is shown: from one instant to another, both within.
package struct TranscriptWindow: Equatable, Sendable {
    /// Messages that are read at a time.
    static let page = 200
    /// More than that are not held: the far end is let go.
    static let most = 800

    /// `nil`: the newest page.
    package var from: Timestamp?
    /// `nil`: to the end.
    package var until: Timestamp?

    package init(from: Timestamp? = nil, until: Timestamp? = nil) {
        self.from = from
        self.until = until
    }
}

/// What a window shows.
package struct WindowContent: Equatable, Sendable {
    package var messages: [StoredMessage] = []
    var hasOlder = false
    /// Messages after the window, counted up to `countedAtMost`.
    package var newer = 0
    /// What is on its way and not among any messages, in the order written.
    var outgoing: [Outgoing] = []
    /// The count of pages when this was read.
    var told: Int64 = 0
    /// `nil`: there is no such conversation.
    var title: UserShort?
    var group: String?
    var reachesStart = false

    static let countedAtMost = 10_000
}

extension History {
    /// - Parameter me: your own handle, as far as it is known.
    /// - Throws: `HistoryFault`; `CancellationError`.
    package func content(
        _ window: TranscriptWindow, of conversation: Int64, me: String? = nil
    ) async throws -> WindowContent {
        try await read { try History.content(window, of: conversation, me: me, $0) }
    }

    private static func content(
        _ window: TranscriptWindow, of conversation: Int64, me: String?, _ database: Database
    ) throws -> WindowContent {
        var content = WindowContent()
        let known = try Row.fetchOne(
            database.cachedStatement(sql: "SELECT * FROM conversation WHERE id = ?"), arguments: [conversation])
        guard let known else { return content }
        let title = UserShort(handle: known.text("handle"), displayName: known.text("display_name"))
        content.title = title
        content.group = known.optionalText("group_uuid")
        content.reachesStart = known["reaches_start"]
        content.told = try fact("pages", database) ?? 0
        content.messages = try messages(window, of: conversation, database)
        content.hasOlder =
            try content.messages.first.map {
                try neighbour(of: $0.message.at, older: true, by: 1, conversation, database) != nil
            } ?? false
        if let until = window.until { content.newer = try count(after: until, conversation, database) }
        if content.newer == 0 {
            let outgoing = try outgoing(conversation, in: database)
            let match = try match(outgoing, in: conversation, me: me, other: title.handle, database)
            content.outgoing = outgoing.filter { match.listed[$0.id] == nil }
        }
        return content
    }

    private static func messages(
        _ window: TranscriptWindow, of conversation: Int64, _ database: Database
    ) throws -> [StoredMessage] {
        guard let from = window.from else {
            return try StoredMessage.fetchAll(
                database, where: "conversation = ? ORDER BY at DESC, rank DESC LIMIT ?",
                [conversation, TranscriptWindow.page]
            ).reversed()
        }
        return try StoredMessage.fetchAll(
            database, where: "conversation = ? AND at >= ? AND at <= ? ORDER BY at, rank",
            [conversation, from.microseconds, window.until?.microseconds ?? .max])
    }

    private static func count(after time: Timestamp, _ conversation: Int64, _ database: Database) throws -> Int {
        try Int.fetchOne(
            database.cachedStatement(
                sql: "SELECT count(*) FROM (SELECT 1 FROM message WHERE conversation = ? AND at > ? LIMIT ?)"),
            arguments: [conversation, time.microseconds, WindowContent.countedAtMost]) ?? 0
    }

    /// The time of the message `count` further back or on, or of the last there is that way;
    /// `nil` if there is none.
    static func neighbour(
        of time: Timestamp, older: Bool, by count: Int, _ conversation: Int64, _ database: Database
    ) throws -> Timestamp? {
        let (comparison, order) = older ? ("<", "DESC") : (">", "ASC")
        let statement = try database.cachedStatement(
            sql: """
                SELECT \(older ? "min" : "max")(at) FROM (
                    SELECT at FROM message WHERE conversation = ? AND at \(comparison) ? ORDER BY at \(order) LIMIT ?)
                """)
        return try Int64.fetchOne(statement, arguments: [conversation, time.microseconds, count])
            .map(Timestamp.init(microseconds:))
    }

    /// The oldest message; `nil` if there is none.
    ///
    /// - Throws: `HistoryFault`; `CancellationError`.
    func oldest(in conversation: Int64) async throws -> Message? {
        try await read { try History.oldest(in: conversation, $0) }
    }

    static func oldest(in conversation: Int64, _ database: Database) throws -> Message? {
        try StoredMessage.fetchAll(
            database, where: "conversation = ? ORDER BY at, rank LIMIT 1", [conversation]
        ).first?.message
    }

    /// The first message behind the newest gap; `nil` without a gap.
    ///
    /// - Throws: `HistoryFault`; `CancellationError`.
    func messageAfterLastGap(in conversation: Int64) async throws -> Message? {
        try await read { database in
            let gap = try Row.fetchOne(
                database,
                sql: """
                    SELECT at, rank FROM message JOIN gap ON gap.message = id WHERE conversation = ?
                    ORDER BY at DESC, rank DESC LIMIT 1
                    """, arguments: [conversation])
            guard let gap else { return nil }
            return try StoredMessage.fetchAll(
                database, where: "conversation = ? AND (at, rank) > (?, ?) ORDER BY at, rank LIMIT 1",
                [conversation, gap["at"] as Int64, gap["rank"] as Int64]
            ).first?.message
        }
    }

    /// The next messages from a place on, oldest first, at most 1,000.
    ///
    /// - Throws: `HistoryFault`; `CancellationError`.
    func page(of conversation: Int64, after last: StoredMessage?) async throws -> [StoredMessage] {
        try await read { database in
            try StoredMessage.fetchAll(
                database, where: "conversation = ? AND (at, rank) > (?, ?) ORDER BY at, rank LIMIT 1000",
                [conversation, last?.message.at.microseconds ?? .min, last?.rank ?? .min])
        }
    }

    /// - Throws: `HistoryFault`; `CancellationError`.
    package func count(in conversation: Int64) async throws -> Int {
        try await read { database in
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM message WHERE conversation = ?", arguments: [conversation]) ?? 0
        }
    }
}
