import GRDB
import Timestamps

// Reading: a window of a transcript at a time, whatever its length.

/// A message as it lies in the history.
package struct StoredMessage: Equatable, Sendable {
    let id: Int64
    package let message: Message
    /// Its place among messages of the same instant.
    var rank: Int64 = 0
    /// Which page brought it; 0: it is known to be one of ours from the outbox.
    let merged: Int64
    /// After it, some may have been missed.
    let isBeforeGap: Bool

    private static let columns = """
        SELECT message.id, at, rank, uuid, text, merged, handle, display_name, gap.message IS NOT NULL AS is_before_gap
        FROM message JOIN person ON person.id = person LEFT JOIN gap ON gap.message = message.id WHERE
        """

    static func fetchAll(
        _ database: Database, where condition: String, _ arguments: StatementArguments
    ) throws -> [StoredMessage] {
        let statement = try database.cachedStatement(sql: "\(columns) \(condition)")
        return try Row.fetchAll(statement, arguments: arguments).map(StoredMessage.init)
    }

    init(_ row: Row) {
        id = row["id"]
        merged = row["merged"]
        rank = row["rank"]
        isBeforeGap = row["is_before_gap"]
        message = Message(
            uuid: StoredUUID.decode(row["uuid"]), text: row["text"], handle: row["handle"],
            displayName: row["display_name"], at: Timestamp(microseconds: row["at"]))
    }

    init(id: Int64, message: Message, merged: Int64, isBeforeGap: Bool = false) {
        self.id = id
        self.message = message
        self.merged = merged
        self.isBeforeGap = isBeforeGap
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
    var newer = 0

    static let countedAtMost = 10_000
}

extension History {
    /// - Throws: `HistoryFault`.
    package func content(_ window: TranscriptWindow, of conversation: Int64) throws(HistoryFault) -> WindowContent {
        try read { database in
            var content = WindowContent()
            if let from = window.from {
                content.messages = try StoredMessage.fetchAll(
                    database, where: "conversation = ? AND at >= ? AND at <= ? ORDER BY at, rank",
                    [conversation, from.microseconds, window.until?.microseconds ?? .max])
            } else {
                content.messages = try StoredMessage.fetchAll(
                    database, where: "conversation = ? ORDER BY at DESC, rank DESC LIMIT ?",
                    [conversation, TranscriptWindow.page]
                ).reversed()
            }
            guard let first = content.messages.first?.message.at else { return content }
            content.hasOlder = try neighbour(of: first, older: true, by: 1, conversation, database) != nil
            if let until = window.until {
                content.newer =
                    try Int.fetchOne(
                        database,
                        sql: "SELECT count(*) FROM (SELECT 1 FROM message WHERE conversation = ? AND at > ? LIMIT ?)",
                        arguments: [conversation, until.microseconds, WindowContent.countedAtMost]) ?? 0
            }
            return content
        }
    }

    /// The time of the message `count` further back or on, or of the last there is that way;
    /// `nil` if there is none.
    ///
    /// - Throws: `HistoryFault`.
    func time(
        of count: Int, olderThan time: Timestamp, in conversation: Int64
    ) throws(HistoryFault) -> Timestamp? {
        try read { try neighbour(of: time, older: true, by: count, conversation, $0) }
    }

    /// - Throws: `HistoryFault`.
    func time(
        of count: Int, newerThan time: Timestamp, in conversation: Int64
    ) throws(HistoryFault) -> Timestamp? {
        try read { try neighbour(of: time, older: false, by: count, conversation, $0) }
    }

    private func neighbour(
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
    /// - Throws: `HistoryFault`.
    func oldest(in conversation: Int64) throws(HistoryFault) -> Message? {
        try read { database in
            try StoredMessage.fetchAll(
                database, where: "conversation = ? ORDER BY at, rank LIMIT 1", [conversation]
            ).first?.message
        }
    }

    /// The first message behind the newest gap; `nil` without a gap.
    ///
    /// - Throws: `HistoryFault`.
    func messageAfterLastGap(in conversation: Int64) throws(HistoryFault) -> Message? {
        try read { database in
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

    /// All messages, oldest first, in pages.
    ///
    /// - Throws: `HistoryFault`; what `body` throws.
    func forEachPage(
        of conversation: Int64, _ body: ([StoredMessage]) throws -> Void
    ) throws {
        var (at, rank) = (Int64.min, Int64.min)
        while true {
            let page = try read { database in
                try StoredMessage.fetchAll(
                    database, where: "conversation = ? AND (at, rank) > (?, ?) ORDER BY at, rank LIMIT 1000",
                    [conversation, at, rank])
            }
            guard let last = page.last else { return }
            try body(page)
            (at, rank) = (last.message.at.microseconds, last.rank)
        }
    }

    /// - Throws: `HistoryFault`.
    func count(in conversation: Int64) throws(HistoryFault) -> Int {
        try read { database in
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM message WHERE conversation = ?", arguments: [conversation]) ?? 0
        }
    }
}
