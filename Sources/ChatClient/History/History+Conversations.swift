import Crypto
import Foundation
import GRDB
import Timestamps

// Conversations: which there are, what the server's list said of them last, what has been read.

extension History {
    /// Those that have changed since `mark`; all of them without one.
    ///
    /// - Returns: they, and how far they tell; `isWhole` if conversations were taken away meanwhile, so that these are
    ///   all there are.
    /// - Throws: `HistoryFault`; `CancellationError`.
    func conversations(
        changedSince mark: HistoryMark
    ) async throws -> (conversations: [Conversation], mark: HistoryMark, isWhole: Bool) {
        try await read { database in
            let now = try History.mark(database)
            let isWhole = mark.changes < 0 || now.removals != mark.removals || now.changes < mark.changes
            let changed = try History.conversations(
                "changed > ?", [isWhole ? -1 : mark.changes], database)
            return (changed, now, isWhole)
        }
    }

    /// - Throws: `HistoryFault`; `CancellationError`.
    package func conversations() async throws -> [Conversation] {
        try await read { try History.conversations("1", [], $0) }
    }

    /// - Throws: `HistoryFault`; `CancellationError`.
    package func conversation(_ row: Int64) async throws -> Conversation? {
        try await read { try History.conversations("id = ?", [row], $0).first }
    }

    static func conversations(
        _ condition: String, _ arguments: StatementArguments, _ database: Database
    ) throws -> [Conversation] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT *, EXISTS (SELECT 1 FROM draft WHERE conversation = conversation.id) AS has_draft,
                (SELECT count(*) FROM outgoing WHERE conversation = conversation.id AND state != 'sent') AS unsent,
                EXISTS (SELECT 1 FROM outgoing WHERE conversation = conversation.id
                    AND state IN ('sending', 'sent', 'unsure', 'repeating')) AS may_be_listed,
                (SELECT max(id) FROM outgoing WHERE conversation = conversation.id) AS newest_outgoing,
                (SELECT person.handle FROM message JOIN person ON person.id = message.person
                    WHERE message.conversation = conversation.id AND message.at = last_at
                    ORDER BY message.rank DESC LIMIT 1) AS last_writer
                FROM conversation WHERE \(condition)
                """)
        return try Row.fetchAll(statement, arguments: arguments).map { try Conversation($0, database) }
    }
}

extension Conversation {
    fileprivate init(_ row: Row, _ database: Database) throws {
        self.init(
            id: ConversationID(row["id"]), group: row.optionalText("group_uuid"),
            title: UserShort(handle: row.text("handle"), displayName: row.text("display_name")), changed: row["changed"]
        )
        isListed = row["is_listed"]
        reachesStart = row["reaches_start"]
        unread = row["unread"]
        hasMoreUnread = row["has_more_unread"]
        isBehind = row["is_behind"]
        hasDraft = row["has_draft"]
        keeping = ConversationKeeping(row)
        place = row.time("place_at")
        last = Conversation.last(row, isBehind: isBehind)
        if let told = row.time("last_at"), let moved = row.time("moved_at"), moved < told {
            staleRow = .init(at: moved, since: told)
        }
        outbox = Outbox(unsent: row["unsent"], mayBeListed: row["may_be_listed"])
        guard let newest = row["newest_outgoing"] as Int64? else { return }
        let outgoing = try Row.fetchOne(
            database.cachedStatement(sql: "SELECT * FROM outgoing WHERE id = ?"), arguments: [newest]
        ).map(Outgoing.init)
        outbox.newest = outgoing.map { LastMessage(text: $0.text, at: $0.queuedAt) }
        outbox.newestState = outgoing?.state
    }

    /// The stream often fails: the server's list counts only where it tells of a message that is not here.
    private static func last(_ row: Row, isBehind: Bool) -> LastMessage? {
        let told = row.time("last_at").map {
            LastMessage(text: row.text("last_text"), at: $0, writer: row.optionalText("last_writer"))
        }
        let listed = row.time("moved_at").map { LastMessage(text: row.text("preview"), at: $0) }
        return isBehind ? listed ?? told : told ?? listed
    }
}

// MARK: - Writing

extension History {
    /// Keeps rows of the server's list that are new, or other than before. Of a group that is new, what had been said
    /// up to `readUntil` counts as read; where it is `nil`, up to its own time.
    ///
    /// - Returns: the conversations whose messages are not all here any more.
    /// - Throws: `HistoryFault`.
    @discardableResult
    package func save(_ groups: [Group], readUntil: Timestamp?) async throws -> [Conversation] {
        try await write { database in
            var behind: [Conversation] = []
            for group in groups {
                let (row, isNew) = try History.row(of: group, readUntil: readUntil ?? group.at, database)
                // What the first list tells is no news.
                let toldAt = isNew && readUntil == nil ? nil : group.at.microseconds
                let isKnown =
                    try Int.fetchOne(
                        database.cachedStatement(
                            sql: "SELECT 1 FROM message WHERE conversation = ? AND at = ? LIMIT 1"),
                        arguments: [row, group.at.microseconds]) != nil
                try History.keep(group, in: row, database)
                try database.execute(
                    sql: "UPDATE conversation SET is_listed = 1, is_behind = ?, told_at = ? WHERE id = ?",
                    arguments: [!isKnown, toldAt, row])
                try History.touch(row, database)
                if !isKnown { behind += try History.conversations("id = ?", [row], database) }
            }
            return behind
        }
    }

    /// Of all rows that were told of a group, the newest is kept: a late record is not believed.
    private static func keep(_ group: Group, in row: Int64, _ database: Database) throws {
        let known = try Row.fetchOne(
            database.cachedStatement(sql: "SELECT * FROM conversation WHERE id = ?"), arguments: [row]
        ).flatMap(Group.init)
        guard known.map({ group.isNewer(than: $0) }) ?? true else { return }
        try database.execute(
            sql: "UPDATE conversation SET handle = ?, display_name = ?, preview = ?, moved_at = ? WHERE id = ?",
            arguments: [
                group.handle.stored, group.displayName.stored, group.preview.stored, group.at.microseconds, row,
            ])
    }

    /// The row of this group, made if there is none. The conversation that waited for its first message has become
    /// this group.
    private static func row(
        of group: Group, readUntil: Timestamp, _ database: Database
    ) throws -> (row: Int64, isNew: Bool) {
        if let row = try rowOfGroup(group.uuid, database) { return (row, false) }
        if let waiting = try rowWithoutGroup(group.handle, database) {
            try database.execute(
                sql: "UPDATE conversation SET group_uuid = ? WHERE id = ?", arguments: [group.uuid.stored, waiting])
            return (waiting, false)
        }
        let row = try freeID("group \(group.uuid)", database)
        try database.execute(
            sql: """
                INSERT INTO conversation (id, group_uuid, handle, display_name, read_until) VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [
                row, group.uuid.stored, group.handle.stored, group.displayName.stored, readUntil.microseconds,
            ])
        return (row, true)
    }

    static func rowOfGroup(_ uuid: String, _ database: Database) throws -> Int64? {
        try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT id FROM conversation WHERE group_uuid = ?"), arguments: [uuid.stored])
    }

    static func rowWithoutGroup(_ handle: String, _ database: Database) throws -> Int64? {
        try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT id FROM conversation WHERE group_uuid IS NULL AND handle = ?"),
            arguments: [handle.stored])
    }

    /// The same in every history, so that two which were written apart can be put together. Six bytes: each message, and
    /// its place in their order, has it too.
    static func localID(_ name: String) -> Int64 {
        SHA256.hash(data: Data(name.utf8)).prefix(6).reduce(0) { $0 << 8 | Int64($1) } & (1 << 47 - 1)
    }

    /// Its own, or the next one: a conversation keeps its id when it gets a group, or a person another name.
    static func freeID(_ name: String, _ database: Database) throws -> Int64 { try freeID(localID(name), database) }

    static func freeID(_ wanted: Int64, _ database: Database) throws -> Int64 {
        var id = wanted
        while try has(id, database) { id = id &+ 1 & .max }
        return id
    }

    /// - Throws: `HistoryFault`; `CancellationError`.
    func conversation(ofGroup uuid: String) async throws -> Conversation? {
        try await read { try History.conversations("group_uuid = ?", [uuid.stored], $0).first }
    }

    /// The conversation with this person that was used last.
    ///
    /// - Throws: `HistoryFault`; `CancellationError`.
    func conversation(with handle: String) async throws -> Conversation? {
        try await read { database in
            try History.conversations(
                "handle = ? ORDER BY coalesce(moved_at, last_at) DESC, id LIMIT 1", [handle.stored], database
            ).first
        }
    }

    /// The conversation with somebody: the one there is, or one without a group, made if there is none.
    ///
    /// - Throws: `HistoryFault`.
    func begin(with person: UserShort) async throws -> ConversationID {
        try await write { database in
            if let known = try History.known(person.handle, database) { return known }
            let row = try History.freeID("person \(person.handle)", database)
            try database.execute(
                sql: "INSERT INTO conversation (id, handle, display_name, read_until) VALUES (?, ?, ?, ?)",
                arguments: [row, person.handle.stored, person.displayName.stored, Int64.min])
            try History.touch(row, database)
            return ConversationID(row)
        }
    }

    static func known(_ handle: String, _ database: Database) throws -> ConversationID? {
        try conversations(
            "handle = ? ORDER BY group_uuid IS NULL, coalesce(moved_at, last_at) DESC, id LIMIT 1", [handle.stored],
            database
        ).first?.id
    }

    /// The conversation `id`, which had no group, has this one now; if that is known as another, what is on its way
    /// and written goes there.
    ///
    /// - Returns: where it is.
    /// - Throws: `HistoryFault`.
    func become(_ group: String, _ id: ConversationID) async throws -> ConversationID {
        try await write { database in
            let known = try History.rowOfGroup(group, database)
            guard let known, known != id.row else {
                try database.execute(
                    sql: "UPDATE conversation SET group_uuid = ? WHERE id = ? AND group_uuid IS NULL",
                    arguments: [group.stored, id.row])
                try History.touch(id.row, database)
                return id
            }
            try History.move(id.row, to: known, database)
            return ConversationID(known)
        }
    }

    /// What is on its way and written goes to the `other`; nothing is left of the conversation `row`.
    static func move(_ row: Int64, to other: Int64, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE outgoing SET conversation = ? WHERE conversation = ?", arguments: [other, row])
        let drafts = try [other, row].compactMap { try draft($0, in: database) }
        try save(draft: drafts.joined(separator: "\n"), of: other, database)
        try save(draft: nil, of: row, database)
        try database.execute(sql: "DELETE FROM conversation WHERE id = ?", arguments: [row])
        try setFact("removals", (fact("removals", database) ?? 0) + 1, database)
        try touch(other, database)
    }

    /// All of a conversation that had been told when the count of pages stood at `told` has been seen.
    ///
    /// - Throws: `HistoryFault`.
    func markRead(_ conversation: Int64, told: Int64) async throws {
        try await write { database in
            guard try History.has(conversation, database) else { return }
            try database.execute(
                sql: "UPDATE message SET unread = 0 WHERE conversation = ? AND unread = 1 AND merged <= ?",
                arguments: [conversation, told])
            try database.execute(
                sql: """
                    UPDATE gap SET is_unread = 0 WHERE is_unread = 1
                    AND (SELECT conversation FROM message WHERE id = gap.message) = ?
                    """, arguments: [conversation])
            let left =
                try Int.fetchOne(
                    database, sql: "SELECT count(*) FROM message WHERE conversation = ? AND unread = 1",
                    arguments: [conversation]) ?? 0
            try database.execute(
                sql: """
                    UPDATE conversation SET unread = ?, has_more_unread = 0
                    WHERE id = ? AND (unread != ? OR has_more_unread != 0)
                    """, arguments: [left, conversation, left])
            if database.changesCount > 0 { try History.touch(conversation, database) }
        }
    }

    /// What the other has said from then on is unread again.
    ///
    /// - Throws: `HistoryFault`.
    func markUnread(_ conversation: Int64, from time: Timestamp) async throws {
        try await change(conversation) { database in
            try database.execute(
                sql: """
                    UPDATE message SET unread = 1 WHERE conversation = ? AND at >= ? AND person IN (
                        SELECT person.id FROM person JOIN conversation ON conversation.handle = person.handle
                        WHERE conversation.id = ?)
                    """, arguments: [conversation, time.microseconds, conversation])
            try database.execute(
                sql: """
                    UPDATE conversation SET unread = (
                        SELECT count(*) FROM message WHERE conversation = conversation.id AND unread = 1) WHERE id = ?
                    """, arguments: [conversation])
        }
    }

    /// - Throws: `HistoryFault`.
    func setListed(_ isListed: Bool, groups: [String]) async throws {
        try await write { database in
            for group in groups {
                guard let row = try History.rowOfGroup(group, database) else { continue }
                try database.execute(
                    sql: "UPDATE conversation SET is_listed = ? WHERE id = ? AND is_listed != ?",
                    arguments: [isListed, row, isListed])
                if database.changesCount > 0 { try History.touch(row, database) }
            }
        }
    }

    /// The first message of all is known.
    ///
    /// - Throws: `HistoryFault`.
    func setReachesStart(_ conversation: Int64) async throws {
        try await change(conversation) { database in
            try database.execute(
                sql: "UPDATE conversation SET reaches_start = 1 WHERE id = ?", arguments: [conversation])
        }
    }

    /// The groups as the server's list told them, and those that it has no more.
    ///
    /// - Throws: `HistoryFault`; `CancellationError`.
    func groups() async throws -> GroupList {
        try await read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT * FROM conversation WHERE group_uuid IS NOT NULL")
            let gone = rows.filter { $0["is_listed"] == false }.map { $0.text("group_uuid") }
            return GroupList(rows.compactMap(Group.init), gone: Set(gone))
        }
    }

    /// Up to where the very first list could tell what had been said: a group that it did not show had nothing newer.
    /// `nil` before that list.
    ///
    /// - Throws: `HistoryFault`; `CancellationError`.
    func beginning() async throws -> Timestamp? {
        try await read { try History.fact("beginning", $0).map(Timestamp.init(microseconds:)) }
    }

    /// - Throws: `HistoryFault`.
    func setBeginning(_ time: Timestamp) async throws {
        try await write { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO fact VALUES ('beginning', ?)", arguments: [time.microseconds])
        }
    }
}

extension Group {
    /// As a conversation's row keeps it; `nil`: it was never listed.
    fileprivate init?(_ row: Row) {
        guard let uuid = row.optionalText("group_uuid"), let at = row.time("moved_at") else { return nil }
        self.init(
            uuid: uuid, handle: row.text("handle"), displayName: row.text("display_name"), preview: row.text("preview"),
            at: at)
    }
}
