import ExactText
import GRDB
import Timestamps

// Taking in what polls tell. Merging is idempotent and does not depend on the order of the
// polls: the transcript is a function of the set of pages seen.

/// What a page has brought.
package struct MergedPage: Equatable, Sendable {
    /// Messages that were not known.
    var new = 0
    /// The page had nothing known in it: messages before it may have been missed.
    var hasGap = false
    /// Messages of ours that the server has listed now.
    var confirmed = 0

    var isNews: Bool { new > 0 || confirmed > 0 }
}

/// Which part of a conversation a page is.
package enum PagePlace: Sendable {
    /// All there are from its oldest message on.
    case newest
    /// All there are from its oldest up to this one, which was known.
    case before(Message)
}

extension History {
    /// Takes in a page of the server's list.
    ///
    /// - Parameter me: your own handle; where it is not known, whoever is not the other is you.
    /// - Throws: `HistoryFault`.
    @discardableResult
    package func merge(
        _ page: [Message], in conversation: Int64, _ place: PagePlace = .newest, me: String?
    ) async throws -> MergedPage {
        try await write { database in
            // It may have been forgotten since somebody asked for the page.
            guard try History.has(conversation, database) else { return MergedPage() }
            var merging = try Merging(conversation, me: me, database)
            let merged = try merging.take(page, place)
            // A page that tells nothing new is no change.
            if merged.isNews || merging.hasChanged { try History.touch(conversation, database) }
            return merged
        }
    }

    /// Takes in messages of another history, in their order, without a word on what may stand between.
    ///
    /// - Returns: their ids here, and which of them were not known.
    static func insert(
        _ messages: [StoredMessage], in conversation: Int64, me: String?, _ database: Database
    ) throws -> (ids: [Int64], new: Set<Message.ID>) {
        var merging = try Merging(conversation, me: me, database)
        let unread = Set(messages.filter(\.isUnread).map(\.message.id))
        var new: Set<Message.ID> = []
        let ids = try merging.insert(messages.map(\.message)) { message in
            new.insert(message.id)
            return Merging.Arrival(isUnread: unread.contains(message.id), mayBeOurs: true)
        }.ids
        return (ids, new)
    }

    /// Messages in a page at which it may have been cut.
    static let fullPage = 20
}

/// One page on its way into the tables.
private struct Merging {
    let database: Database
    let conversation: Int64
    private let me: String?
    private let other: String
    private let readUntil: Int64
    private let toldAt: Int64?
    private let wasWhole: Bool
    private let unindexed: Int64
    /// Something of the conversation itself is other than before.
    private(set) var hasChanged = false
    private var count: Int64 = 0
    /// Their rows: a page has few people and many messages.
    private var people: [(person: UserShort, row: Int64)] = []
    /// Of which so many are remembered.
    private static let mostPeople = 8

    /// How a message that was not known comes in.
    struct Arrival {
        let isUnread: Bool
        /// It may be one of the outbox's.
        let mayBeOurs: Bool
    }

    init(_ conversation: Int64, me: String?, _ database: Database) throws {
        self.database = database
        self.conversation = conversation
        self.me = me
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT handle, read_until, told_at, is_behind, is_whole FROM conversation WHERE id = ?"),
            arguments: [conversation])
        other = row?.text("handle") ?? ""
        readUntil = row?["read_until"] ?? .min
        toldAt = row?["is_behind"] == true ? row?["told_at"] : nil
        wasWhole = row?["is_whole"] ?? false
        unindexed = try History.fact("unindexed", database) ?? .min
    }

    mutating func take(_ page: [Message], _ place: PagePlace) throws -> MergedPage {
        var merged = MergedPage()
        if let oldest = page.map(\.at).min() {
            switch place {
            case .newest: merged = try takeNewest(page, oldest)
            case .before(let later): merged.new = try takeOlder(page, oldest, before: later)
            }
        }
        if case .newest = place { try setTold(isWhole: page.count < History.fullPage) }
        merged.confirmed = try History.confirm(conversation, me: me, in: database)
        return merged
    }

    private mutating func takeNewest(_ page: [Message], _ oldest: Timestamp) throws -> MergedPage {
        let first = try oldestKnown()
        let known = try newestBefore(oldest)
        let (readUntil, toldAt, wasWhole) = (readUntil, toldAt, wasWhole)
        let inserted = try insert(page) { message in
            let at = message.at.microseconds
            // What stands before all that is known was said before, unless that was all there was: a server shows more
            // of the past than it did.
            let isNew = wasWhole || first.map { at >= $0 } ?? true
            // Of the first page, what had been said before the first list; but not what the list told of since.
            let wasSeen = first == nil && !wasWhole && at <= readUntil && at != toldAt
            return Arrival(isUnread: isNew && !wasSeen, mayBeOurs: isNew)
        }
        try close(from: oldest, until: nil)
        let isCut = inserted.new == inserted.ids.count && page.count >= History.fullPage
        if isCut, let known {
            try database.execute(
                sql: "INSERT OR REPLACE INTO gap VALUES (?, ?)", arguments: [known, inserted.unread > 0])
        }
        try count(unread: inserted.unread, hasMore: isCut && inserted.unread > 0 && oldest.microseconds > readUntil)
        if let last = inserted.last { try setLast(last) }
        return MergedPage(new: inserted.new, hasGap: isCut && known != nil)
    }

    private mutating func takeOlder(_ page: [Message], _ oldest: Timestamp, before later: Message) throws -> Int {
        // Behind a gap is what was missed; before all that is known is what was said long ago.
        let gap = try gapBefore(later)
        let inserted = try insert(page) { _ in Arrival(isUnread: gap ?? false, mayBeOurs: gap != nil) }
        try close(from: oldest, until: later.at)
        try count(unread: inserted.unread, hasMore: false)
        return inserted.new
    }

    mutating func insert(
        _ page: [Message], _ arrival: (Message) -> Arrival
    ) throws -> (ids: [Int64], new: Int, unread: Int, last: Message?) {
        count = (try History.fact("pages", database) ?? 0) + 1
        var (new, unread) = (0, 0)
        var ids: [Int64] = []
        // Where they stand among others of their instant is to be seen.
        var placed: Set<Int64> = []
        var last: Message?
        for message in page {
            let identity = message.identity
            if let row = try find(identity) {
                ids.append(row["id"])
                if try makeEarlier(row, message) { placed.insert(ids[ids.count - 1]) }
            } else {
                let arrival = arrival(message)
                let isUnread = arrival.isUnread && !isOwn(message)
                ids.append(try insert(message, identity, isUnread: isUnread, mayBeOurs: arrival.mayBeOurs))
                placed.insert(ids[ids.count - 1])
                new += 1
                unread += isUnread ? 1 : 0
                if arrival.mayBeOurs, last.map({ $0.at <= message.at }) ?? true { last = message }
            }
        }
        try keepOrder(page, ids, placed)
        if new > 0 { try History.setFact("pages", count, database) }
        return (ids, new, unread, last)
    }

    private func isOwn(_ message: Message) -> Bool {
        me.map { message.handle.isExactly($0) } ?? !message.handle.isExactly(other)
    }

    private mutating func setTold(isWhole: Bool) throws {
        try database.cachedStatement(
            sql: """
                UPDATE conversation SET is_behind = 0, is_whole = ?
                WHERE id = ? AND (is_behind = 1 OR is_whole != ?)
                """
        ).execute(arguments: [isWhole, conversation, isWhole])
        hasChanged = hasChanged || database.changesCount > 0
    }

    private func setLast(_ message: Message) throws {
        try database.cachedStatement(sql: "UPDATE conversation SET last_text = ?, last_at = ? WHERE id = ?")
            .execute(arguments: [message.text.stored, message.at.microseconds, conversation])
    }

    private func count(unread: Int, hasMore: Bool) throws {
        guard unread > 0 else { return }
        try database.cachedStatement(
            sql: """
                UPDATE conversation SET unread = unread + ?, has_more_unread = max(has_more_unread, ?) WHERE id = ?
                """
        ).execute(arguments: [unread, hasMore, conversation])
    }

    private func oldestKnown() throws -> Int64? {
        try Int64.fetchOne(
            database.cachedStatement(
                sql: "SELECT at FROM message WHERE conversation = ? ORDER BY at, rank LIMIT 1"),
            arguments: [conversation])
    }

    /// Whether the message right before `later` stands before a gap, and whether that is unread; `nil`: it does not.
    private func gapBefore(_ later: Message) throws -> Bool? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT gap.is_unread FROM message LEFT JOIN gap ON gap.message = message.id
                WHERE conversation = ? AND at < ? ORDER BY at DESC, rank DESC LIMIT 1
                """)
        return try Row.fetchOne(statement, arguments: [conversation, later.at.microseconds])?["is_unread"] as Bool?
    }

    private func newestBefore(_ time: Timestamp) throws -> Int64? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT id FROM message WHERE conversation = ? AND at < ? ORDER BY at DESC, rank DESC LIMIT 1
                """)
        return try Int64.fetchOne(statement, arguments: [conversation, time.microseconds])
    }

    private func find(_ identity: Int64) throws -> Row? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT message.id, at, handle, display_name FROM message JOIN person ON person.id = person
                WHERE identity = ? AND conversation = ?
                """)
        return try Row.fetchOne(statement, arguments: [identity ^ conversation, conversation])
    }

    /// Told twice with different times or names: the earlier, whichever came first.
    ///
    /// - Returns: whether it is another than it was.
    private mutating func makeEarlier(_ row: Row, _ message: Message) throws -> Bool {
        let at: Int64 = row["at"]
        let (handle, name) = (row.text("handle"), row.text("display_name"))
        guard (message.at.microseconds, message.handle, message.displayName) < (at, handle, name) else { return false }
        try database.execute(
            sql: "UPDATE message SET at = ?, person = ?, rank = 0 WHERE id = ?",
            arguments: [message.at.microseconds, try person(message), row["id"] as Int64])
        return true
    }

    private mutating func insert(
        _ message: Message, _ identity: Int64, isUnread: Bool, mayBeOurs: Bool
    ) throws -> Int64 {
        let id = try freeID(message.at, identity)
        try database.cachedStatement(
            sql: """
                INSERT INTO message (id, conversation, at, identity, uuid, text, person, merged, unread)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            id, conversation, message.at.microseconds, identity ^ conversation,
            StoredUUID.encode(message.uuid), message.text.stored, try person(message), mayBeOurs ? count : 0, isUnread,
        ])
        // Else its turn will come.
        if id > unindexed { try History.index(id, message.text, database) }
        return id
    }

    /// Within a wider and wider span, so that thousands of one instant are not tried one by one.
    private func freeID(_ time: Timestamp, _ identity: Int64) throws -> Int64 {
        let statement = try database.cachedStatement(sql: "SELECT 1 FROM message WHERE id = ?")
        let first = time.microseconds / 1000
        var id = first
        var span: UInt64 = 1
        while try Int.fetchOne(statement, arguments: [id]) != nil {
            span *= 2
            id = first + Int64((UInt64(bitPattern: identity) ^ span) % span)
        }
        return id
    }

    private mutating func person(_ message: Message) throws -> Int64 {
        let person = UserShort(handle: message.handle, displayName: message.displayName)
        let known = people.first {
            $0.person.handle.isExactly(person.handle) && $0.person.displayName.isExactly(person.displayName)
        }
        if let known { return known.row }
        let row = try row(of: person)
        people = [(person, row)] + people.prefix(Self.mostPeople - 1)
        return row
    }

    private func row(of person: UserShort) throws -> Int64 {
        let find = try database.cachedStatement(sql: "SELECT id FROM person WHERE handle = ? AND display_name = ?")
        let names = [person.handle.stored, person.displayName.stored]
        if let id = try Int64.fetchOne(find, arguments: StatementArguments(names)) { return id }
        try database.execute(
            sql: "INSERT INTO person (handle, display_name) VALUES (?, ?)", arguments: StatementArguments(names))
        return database.lastInsertedRowID
    }

    /// What the page covers is no gap any more.
    private func close(from oldest: Timestamp, until later: Timestamp?) throws {
        try database.cachedStatement(
            sql: """
                DELETE FROM gap WHERE message IN (
                    SELECT id FROM message JOIN gap ON gap.message = id
                    WHERE conversation = ? AND at >= ? AND at < ?)
                """
        ).execute(arguments: [conversation, oldest.microseconds, later?.microseconds ?? .max])
    }
}

// MARK: - Messages of one instant

extension Merging {
    /// Each after those that pages list before it.
    private func keepOrder(_ page: [Message], _ ids: [Int64], _ placed: Set<Int64>) throws {
        var instants: [Timestamp: [Int64]] = [:]
        for (message, id) in zip(page, ids) { instants[message.at, default: []].append(id) }
        for (instant, listed) in instants where listed.count > 1 || listed.contains(where: placed.contains) {
            guard try isShared(instant) else { continue }
            let present = try rows(at: instant)
            for (earlier, later) in zip(listed, listed.dropFirst()) where earlier != later {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO tie (earlier, later) VALUES (?, ?)", arguments: [earlier, later])
            }
            try rank(present)
        }
    }

    private struct Present {
        let id: Int64
        let rank: Int64
        let key: Message.ID
    }

    /// The index tells: most messages have an instant of their own.
    private func isShared(_ instant: Timestamp) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: "SELECT 1 FROM message WHERE conversation = ? AND at = ? LIMIT 1 OFFSET 1")
        return try Int.fetchOne(statement, arguments: [conversation, instant.microseconds]) != nil
    }

    private func rows(at instant: Timestamp) throws -> [Present] {
        let statement = try database.cachedStatement(
            sql: "SELECT id, rank, uuid, text FROM message WHERE conversation = ? AND at = ?")
        return try Row.fetchAll(statement, arguments: [conversation, instant.microseconds]).map { row in
            Present(
                id: row["id"], rank: row["rank"],
                key: Message.ID(uuid: StoredUUID.decode(row["uuid"]), text: row.text("text")))
        }
    }

    private func rank(_ present: [Present]) throws {
        // Where pages contradict each other, or say nothing: by what the messages are.
        let sorted = present.sorted { $0.key < $1.key }
        let ids = sorted.map { "\($0.id)" }.joined(separator: ",")
        let ties = try Row.fetchAll(database, sql: "SELECT earlier, later FROM tie WHERE later IN (\(ids))")
            .map { (earlier: $0["earlier"] as Int64, later: $0["later"] as Int64) }
        for (position, place) in PageOrder.sort(sorted.map(\.id), ties: ties).enumerated()
        where sorted[place].rank != position {
            try database.execute(
                sql: "UPDATE message SET rank = ? WHERE id = ?", arguments: [position, sorted[place].id])
        }
    }
}
