import ExactText
import GRDB
import Timestamps

// Two histories put together: what was done in one while it stood in for the other, or what is still open of a file
// that was removed. Another program may have written to the other meanwhile.

extension History {
    /// Takes in what was done in `source` since it was `copied`.
    ///
    /// - Parameters:
    ///   - owner: whose messages in line are taken; what is another program's is its own.
    ///   - me: your own handle, if it is known.
    /// - Returns: conversations that are known under another id here.
    /// - Throws: `HistoryFault`; then nothing was taken.
    func absorb(
        _ source: History, _ copied: HistoryCopy, owner: String, me: String? = nil
    ) async throws -> [ConversationID: ConversationID] {
        let news = try await source.snapshot { try Absorbed.News(since: copied, in: $0) }
        return try await write { database in
            var absorbing = try Absorbing(database, news, copied, owner: owner, me: me)
            return try absorbing.takeAll()
        }
    }
}

/// One history on its way into another.
private struct Absorbing {
    private let database: Database
    private let news: Absorbed.News
    private let copied: HistoryCopy
    private let owner: String
    private let me: String?
    private let pages: Int64
    /// So many pages were told to others, under numbers that were given to ours as well.
    private let offset: Int64
    private var lastOutgoing = Int64.min

    init(_ database: Database, _ news: Absorbed.News, _ copied: HistoryCopy, owner: String, me: String?) throws {
        self.database = database
        self.news = news
        self.copied = copied
        self.owner = owner
        self.me = me
        pages = try History.fact("pages", database) ?? 0
        offset = max(0, pages - copied.pages)
    }

    mutating func takeAll() throws -> [ConversationID: ConversationID] {
        try takeFacts()
        // Sent or discarded meanwhile, or still there, as far as it has come.
        for id in copied.outgoing.subtracting(news.untouched) {
            try database.execute(sql: "DELETE FROM outgoing WHERE id = ? AND owner = ?", arguments: [id, owner])
        }
        var places: [(part: Absorbed, row: Int64)] = []
        for part in news.parts { places.append((part, try take(part))) }
        for gone in copied.conversations.subtracting(news.conversations) { try leave(gone) }
        try takeOutgoing(places)
        for (_, row) in places {
            _ = try History.confirm(row, me: me, in: database)
            try History.touch(row, database)
        }
        try History.setFact("pages", max(news.pages + offset, pages), database)
        return places.reduce(into: [:]) { moved, place in
            if place.row != place.part.id.row { moved[place.part.id] = ConversationID(place.row) }
        }
    }

    private func takeFacts() throws {
        if let beginning = news.beginning {
            try database.execute(sql: "INSERT OR IGNORE INTO fact VALUES ('beginning', ?)", arguments: [beginning])
        }
        // Who listened to the other, and goes on here, shall look at all there is.
        let known = try History.mark(database)
        try History.setFact("changes", max(known.changes, news.mark.changes), database)
        try History.setFact("removals", max(known.removals, news.mark.removals) + 1, database)
    }

    /// Of a message that was taken for one of ours, the number is negative.
    private func number(_ page: Int64) -> Int64 {
        if page < 0 { return -number(-page) }
        return page > copied.pages ? page + offset : page
    }

    // MARK: A conversation

    private func take(_ part: Absorbed) throws -> Int64 {
        let row = try place(of: part)
        try takeMessages(part, row)
        try takeGaps(part)
        try takeRead(part, row)
        try tell(part, row)
        try takeDraft(part, row)
        return row
    }

    /// Where it was written on in both, nothing of either is lost.
    private func takeDraft(_ part: Absorbed, _ row: Int64) throws {
        let known = copied.drafts[part.id]
        guard part.draft != known else { return }
        let here = try History.draft(row, in: database)
        guard let here, here != known, let ours = part.draft, !ours.contains(here) else {
            return try History.save(draft: part.draft ?? (here == known ? nil : here), of: row, database)
        }
        if !here.contains(ours) { try History.save(draft: here + "\n" + ours, of: row, database) }
    }

    private func place(of part: Absorbed) throws -> Int64 {
        if let row = try part.group.flatMap({ try History.rowOfGroup($0, database) }) { return row }
        if try isSame(part) { return part.id.row }
        if let row = try History.rowWithoutGroup(part.title.handle, database) { return row }
        // What was to begin one has one now.
        if part.group == nil, let known = try History.known(part.title.handle, database) { return known.row }
        let row = try History.freeID(part.id.row, database)
        try database.execute(
            sql: "INSERT INTO conversation (id, handle, display_name, read_until) VALUES (?, ?, ?, ?)",
            arguments: [row, part.title.handle.stored, part.title.displayName.stored, part.readUntil])
        return row
    }

    /// Whether the conversation that has this id here is the one that has it there.
    private func isSame(_ part: Absorbed) throws -> Bool {
        let row = try Row.fetchOne(
            database, sql: "SELECT group_uuid, handle FROM conversation WHERE id = ?", arguments: [part.id.row])
        guard let row else { return false }
        guard let group = row.optionalText("group_uuid"), let theirs = part.group else {
            return copied.conversations.contains(part.id.row) || row.text("handle").isExactly(part.title.handle)
        }
        return group == theirs
    }

    /// What it is now tells the later of the two; where nobody else has changed it, ours.
    private func tell(_ part: Absorbed, _ row: Int64) throws {
        guard let here = try Row.fetchOne(database, sql: "SELECT * FROM conversation WHERE id = ?", arguments: [row])
        else { return }
        let isOurs = here["changed"] <= copied.changes || here["moved_at"] == nil && here["last_at"] == nil
        func later(_ time: String) -> Bool { isOurs || part.time(time) > (here[time] as Int64? ?? .min) }
        var columns: [String] = ["group_uuid = coalesce(group_uuid, ?)", "reaches_start = max(reaches_start, ?)"]
        var values = [part["group_uuid"], part["reaches_start"]]
        if later("moved_at") {
            for column in ["handle", "display_name", "preview", "moved_at", "told_at"] {
                columns.append("\(column) = ?")
                values.append(part[column])
            }
        }
        if later("last_at") {
            columns += ["last_text = ?", "last_at = ?"]
            values += [part["last_text"], part["last_at"]]
        }
        if isOurs {
            // An older file has nothing to say of them.
            for column in ["is_pinned", "is_muted", "archived_until"]
            where column == "archived_until" || !part[column].isNull {
                columns.append("\(column) = ?")
                values.append(part[column])
            }
        }
        // Where both have a say: what leads to another look.
        for (column, choose) in [
            ("is_listed", "max"), ("is_behind", "max"), ("is_whole", "min"), ("has_more_unread", "max"),
        ] {
            columns.append(isOurs ? "\(column) = ?" : "\(column) = \(choose)(\(column), ?)")
            values.append(part[column])
        }
        let unread = "SELECT count(*) FROM message WHERE conversation = conversation.id AND unread = 1"
        try database.execute(
            sql: "UPDATE conversation SET \(columns.joined(separator: ", ")), unread = (\(unread)) WHERE id = ?",
            arguments: StatementArguments(values + [row.databaseValue]))
    }

    /// A conversation that was there and has gone into another: that has what is on its way and written.
    private func leave(_ gone: Int64) throws {
        let written = try History.draft(gone, in: database)
        if let written, written == copied.drafts[ConversationID(gone)] {
            try History.save(draft: nil, of: gone, database)
        }
        try database.execute(
            sql: """
                DELETE FROM conversation WHERE id = ?1 AND group_uuid IS NULL
                AND NOT EXISTS (SELECT 1 FROM outgoing WHERE conversation = ?1)
                AND NOT EXISTS (SELECT 1 FROM draft WHERE conversation = ?1)
                """, arguments: [gone])
    }

    // MARK: Its messages

    private func takeMessages(_ part: Absorbed, _ row: Int64) throws {
        var new: [StoredMessage] = []
        for message in part.messages {
            if copied.messages.contains(message.id) {
                // Where it is not here any more, somebody has forgotten it.
                try mark(message, message.id, in: row)
            } else {
                new.append(message)
            }
        }
        let inserted = try History.insert(new, in: row, me: me, database)
        for (message, id) in zip(new, inserted.ids) {
            if inserted.new.contains(message.message.id) {
                try database.execute(
                    sql: "UPDATE message SET merged = ? WHERE id = ?", arguments: [number(message.merged), id])
            } else {
                try mark(message, id, in: row)
            }
            guard message.isBeforeGap else { continue }
            try database.execute(
                sql: "INSERT OR IGNORE INTO gap VALUES (?, ?)", arguments: [id, message.isGapUnread])
        }
    }

    /// What has been read, or was taken for one of ours, in one of them is so in both.
    private func mark(_ message: StoredMessage, _ id: Int64, in row: Int64) throws {
        try database.cachedStatement(
            sql: """
                UPDATE message SET unread = min(unread, ?1),
                merged = CASE
                    WHEN ?2 = 0 OR merged = 0 THEN 0
                    WHEN ?2 < 0 OR merged < 0 THEN -max(abs(merged), abs(?2))
                    ELSE max(merged, ?2) END
                WHERE id = ?3 AND conversation = ?4 AND (unread > ?1 OR merged != ?2)
                """
        ).execute(arguments: [message.isUnread, number(message.merged), id, row])
    }

    /// Those that were filled, or were seen first, while it was apart.
    private func takeGaps(_ part: Absorbed) throws {
        for message in part.messages where copied.messages.contains(message.id) {
            let had = copied.gaps.contains(message.id)
            if had, !message.isBeforeGap {
                try database.execute(sql: "DELETE FROM gap WHERE message = ?", arguments: [message.id])
            } else if !had, message.isBeforeGap {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO gap SELECT id, ? FROM message WHERE id = ?",
                    arguments: [message.isGapUnread, message.id])
            }
        }
    }

    /// All of it was seen: also what was not copied.
    private func takeRead(_ part: Absorbed, _ row: Int64) throws {
        guard copied.conversations.contains(part.id.row), part["unread"] == 0.databaseValue else { return }
        try database.execute(
            sql: "UPDATE message SET unread = 0 WHERE conversation = ? AND unread = 1 AND merged <= ?",
            arguments: [row, copied.pages])
    }

    // MARK: The outbox

    private mutating func takeOutgoing(_ places: [(part: Absorbed, row: Int64)]) throws {
        let ours = places.flatMap { place in place.part.outgoing.map { (outgoing: $0, row: place.row) } }
            .filter { $0.outgoing.owner == owner }.sorted { $0.outgoing.id < $1.outgoing.id }
        for (outgoing, row) in ours {
            var kept = outgoing
            kept.id = Outgoing.ID(try freeNumber(outgoing.id.number))
            kept.mergedBefore = number(outgoing.mergedBefore)
            try History.save(kept, in: row, database)
            lastOutgoing = kept.id.number
        }
    }

    /// Its own, unless another program has given that to one of its own; in their order all the same.
    private func freeNumber(_ own: Int64) throws -> Int64 {
        var number = max(own, lastOutgoing &+ 1)
        while try isTaken(number) { number += 1 }
        return number
    }

    private func isTaken(_ number: Int64) throws -> Bool {
        // It was the same message when it was copied.
        if copied.outgoing.contains(number) { return false }
        return try Int.fetchOne(
            database, sql: "SELECT 1 FROM outgoing WHERE id = ? AND owner != ?", arguments: [number, owner]) != nil
    }
}

/// A conversation on its way from one history to another.
private struct Absorbed: Sendable {
    let id: ConversationID
    let group: String?
    let title: UserShort
    let readUntil: Int64
    /// What is kept of the conversation itself, by column.
    private let columns: [String: DatabaseValue]
    let draft: String?
    let outgoing: [Outgoing]
    let messages: [StoredMessage]

    subscript(column: String) -> DatabaseValue { columns[column] ?? .null }

    func time(_ column: String) -> Int64 { Int64.fromDatabaseValue(self[column]) ?? .min }

    init(_ row: Row, _ database: Database) throws {
        let id: Int64 = row["id"]
        self.id = ConversationID(id)
        group = row.optionalText("group_uuid")
        title = UserShort(handle: row.text("handle"), displayName: row.text("display_name"))
        readUntil = row["read_until"]
        columns = Dictionary(zip(row.columnNames, row.databaseValues)) { first, _ in first }
        draft = try History.draft(id, in: database)
        outgoing = try History.outgoing(id, in: database)
        messages = try StoredMessage.fetchAll(database, where: "conversation = ? ORDER BY at, rank", [id])
    }

    /// What was done in a history since it was copied.
    struct News: Sendable {
        let parts: [Absorbed]
        /// All there are.
        let conversations: Set<Int64>
        /// What is on its way where nothing was done.
        let untouched: Set<Int64>
        let mark: HistoryMark
        let pages: Int64
        let beginning: Int64?

        init(since copied: HistoryCopy, in database: Database) throws {
            parts = try Row.fetchAll(
                database, sql: "SELECT * FROM conversation WHERE changed > ? ORDER BY id", arguments: [copied.changes]
            ).map { try Absorbed($0, database) }
            conversations = try Int64.fetchSet(database, sql: "SELECT id FROM conversation")
            untouched = try Int64.fetchSet(
                database,
                sql: "SELECT id FROM outgoing WHERE conversation IN (SELECT id FROM conversation WHERE changed <= ?)",
                arguments: [copied.changes])
            mark = try History.mark(database)
            pages = try History.fact("pages", database) ?? 0
            beginning = try History.fact("beginning", database)
        }
    }
}
