import Crypto
import Foundation
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

extension History {
    /// Takes in a page of the server's list, which holds all messages there are between its
    /// oldest and its newest; or all up to `later`, which was known.
    ///
    /// - Throws: `HistoryFault`.
    package func merge(
        _ page: [Message], in conversation: Int64, before later: Message? = nil, me: String?
    ) throws(HistoryFault) -> MergedPage {
        try write { database in
            var merging = Merging(database: database, conversation: conversation)
            return try merging.take(page, before: later, me: me)
        }
    }
}

extension History {
    /// Takes in messages, in their order, without a word on what may stand between.
    ///
    /// - Returns: their ids.
    static func insert(_ messages: [Message], in conversation: Int64, _ database: Database) throws -> [Int64] {
        var merging = Merging(database: database, conversation: conversation)
        return try merging.insert(messages).ids
    }
}

/// One page on its way into the tables.
private struct Merging {
    let database: Database
    let conversation: Int64
    private var count: Int64 = 0

    init(database: Database, conversation: Int64) {
        self.database = database
        self.conversation = conversation
    }

    mutating func take(_ page: [Message], before later: Message?, me: String?) throws -> MergedPage {
        var merged = MergedPage()
        if let oldest = page.map(\.at).min() {
            let known = try newestBefore(oldest)
            let inserted = try insert(page)
            merged.new = inserted.new
            try close(from: oldest, until: later?.at)
            if let known, inserted.new == inserted.ids.count, later == nil {
                try database.execute(sql: "INSERT OR IGNORE INTO gap VALUES (?)", arguments: [known])
                merged.hasGap = true
            }
        }
        merged.confirmed = try History.confirm(conversation, me: me, in: database)
        return merged
    }

    mutating func insert(_ page: [Message]) throws -> (ids: [Int64], new: Int) {
        count = try Int64.fetchOne(database, sql: "SELECT value FROM fact WHERE name = 'pages'") ?? 0
        count += 1
        var new = 0
        var ids: [Int64] = []
        for message in page {
            let identity = message.identity
            if let row = try find(identity) {
                try makeEarlier(row, message)
                ids.append(row["id"])
            } else {
                ids.append(try insert(message, identity))
                new += 1
            }
        }
        try keepOrder(page, ids, hasNew: new > 0)
        if new > 0 {
            try database.execute(sql: "INSERT OR REPLACE INTO fact VALUES ('pages', ?)", arguments: [count])
        }
        return (ids, new)
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
                WHERE conversation = ? AND identity = ?
                """)
        return try Row.fetchOne(statement, arguments: [conversation, identity])
    }

    /// Told twice with different times or names: the earlier, whichever came first.
    private func makeEarlier(_ row: Row, _ message: Message) throws {
        let at: Int64 = row["at"]
        let (handle, name): (String, String) = (row["handle"], row["display_name"])
        guard (message.at.microseconds, message.handle, message.displayName) < (at, handle, name) else { return }
        try database.execute(
            sql: "UPDATE message SET at = ?, person = ?, rank = 0 WHERE id = ?",
            arguments: [message.at.microseconds, try person(message), row["id"] as Int64])
    }

    private func insert(_ message: Message, _ identity: Int64) throws -> Int64 {
        let id = try freeID(message.at, identity)
        try database.cachedStatement(
            sql: """
                INSERT INTO message (id, conversation, at, identity, uuid, text, person, merged)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            id, conversation, message.at.microseconds, identity, StoredUUID.encode(message.uuid), message.text,
            try person(message), count,
        ])
        try database.cachedStatement(sql: "INSERT INTO word (rowid, words) VALUES (?, ?)").execute(
            arguments: [id, SearchWords.indexed(message.text)])
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

    private func person(_ message: Message) throws -> Int64 {
        let find = try database.cachedStatement(sql: "SELECT id FROM person WHERE handle = ? AND display_name = ?")
        if let id = try Int64.fetchOne(find, arguments: [message.handle, message.displayName]) { return id }
        try database.execute(
            sql: "INSERT INTO person (handle, display_name) VALUES (?, ?)",
            arguments: [message.handle, message.displayName])
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
    private func keepOrder(_ page: [Message], _ ids: [Int64], hasNew: Bool) throws {
        var instants: [Timestamp: [Int64]] = [:]
        for (message, id) in zip(page, ids) { instants[message.at, default: []].append(id) }
        for (instant, listed) in instants where hasNew || listed.count > 1 {
            let present = try rows(at: instant)
            guard present.count > 1 else { continue }
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

    private func rows(at instant: Timestamp) throws -> [Present] {
        let statement = try database.cachedStatement(
            sql: "SELECT id, rank, uuid, text FROM message WHERE conversation = ? AND at = ?")
        return try Row.fetchAll(statement, arguments: [conversation, instant.microseconds]).map { row in
            Present(
                id: row["id"], rank: row["rank"],
                key: Message.ID(uuid: StoredUUID.decode(row["uuid"]), text: row["text"]))
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

/// Puts things in order of which only some pairs are known.
enum PageOrder {
    /// - Parameters:
    ///   - ids: in the order that holds where `ties` say nothing.
    ///   - ties: pairs in their order; they may contradict each other.
    /// - Returns: places in `ids`.
    static func sort(_ ids: [Int64], ties: [(earlier: Int64, later: Int64)]) -> [Int] {
        let places = Dictionary(zip(ids, ids.indices), uniquingKeysWith: { first, _ in first })
        var blockers = Array(repeating: 0, count: ids.count)
        var blocked: [Int: [Int]] = [:]
        for tie in ties {
            guard let earlier = places[tie.earlier], let later = places[tie.later] else { continue }
            blockers[later] += 1
            blocked[earlier, default: []].append(later)
        }
        var isPlaced = Array(repeating: false, count: ids.count)
        // Sorted, last first.
        var free = ids.indices.filter { blockers[$0] == 0 }.reversed() as [Int]
        var oldestWaiting = 0
        var order: [Int] = []
        while order.count < ids.count {
            // In a circle nobody is free: the first breaks it.
            while isPlaced[oldestWaiting] { oldestWaiting += 1 }
            let next = free.popLast() ?? oldestWaiting
            guard !isPlaced[next] else { continue }
            isPlaced[next] = true
            order.append(next)
            for other in blocked[next] ?? [] {
                blockers[other] -= 1
                guard blockers[other] == 0, !isPlaced[other] else { continue }
                free.insert(other, at: free.firstIndex { $0 < other } ?? free.count)
            }
        }
        return order
    }
}

// MARK: - What a message is

extension Message {
    /// The same for the same uuid and text, here and in every program.
    fileprivate var identity: Int64 {
        var hash = SHA256()
        hash.update(data: Data(uuid.utf8))
        hash.update(data: [0])
        hash.update(data: Data(text.utf8))
        return hash.finalize().prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }
}

/// A uuid in 16 bytes where it is one, else as the text it is.
enum StoredUUID {
    static func encode(_ text: String) -> DatabaseValue {
        guard text.utf8.count == 36, let uuid = UUID(uuidString: text), uuid.uuidString.lowercased() == text else {
            return text.databaseValue
        }
        return withUnsafeBytes(of: uuid.uuid) { Data($0) }.databaseValue
    }

    static func decode(_ value: DatabaseValue) -> String {
        guard case .blob(let bytes) = value.storage, bytes.count == 16 else {
            return String.fromDatabaseValue(value) ?? ""
        }
        let uuid = bytes.withUnsafeBytes { $0.loadUnaligned(as: uuid_t.self) }
        return UUID(uuid: uuid).uuidString.lowercased()
    }
}
