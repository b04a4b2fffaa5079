import GRDB
import Timestamps

/// What a history in memory began with, when it had to stand in for a file.
struct HistoryCopy: Sendable {
    /// Of each conversation; more can be read from the server, or when the disk is back.
    private static let newest = 500

    private(set) var outgoing: Set<Int64> = []
    private(set) var drafts: [ConversationID: String] = [:]

    init() {}

    /// Copies what can be read.
    init(of file: History, into memory: History) async {
        for table in ["conversation", "person", "fact", "outgoing", "draft"] {
            await Self.copy(file, memory, table: table, "SELECT * FROM \(table)")
        }
        let conversations = (try? await file.read { try Int64.fetchAll($0, sql: "SELECT id FROM conversation") }) ?? []
        for conversation in conversations {
            let newest =
                "FROM message WHERE conversation = \(conversation) ORDER BY at DESC, rank DESC LIMIT \(Self.newest)"
            await Self.copy(file, memory, table: "message", "SELECT * \(newest)")
            await Self.copy(file, memory, table: "gap", "SELECT * FROM gap WHERE message IN (SELECT id \(newest))")
        }
        _ = try? await memory.write { database in
            for row in try Row.fetchAll(database, sql: "SELECT id, text FROM message") {
                try History.index(row["id"], row.text("text"), database)
            }
            try database.execute(sql: "DELETE FROM fact WHERE name = 'unindexed'")
        }
        outgoing = (try? await memory.read { try Int64.fetchSet($0, sql: "SELECT id FROM outgoing") }) ?? []
        drafts = (try? await memory.drafts()) ?? [:]
    }

    private static func copy(_ file: History, _ memory: History, table: String, _ query: String) async {
        let read = try? await file.read { database in
            let rows = try Row.fetchAll(database, sql: query)
            return (columns: rows.first.map { Array($0.columnNames) } ?? [], values: rows.map { Array($0.databaseValues) })
        }
        guard let read, !read.columns.isEmpty else { return }
        let places = read.columns.map { _ in "?" }.joined(separator: ", ")
        let sql = "INSERT OR REPLACE INTO \(table) (\(read.columns.joined(separator: ", "))) VALUES (\(places))"
        _ = try? await memory.write { database in
            for row in read.values { try database.execute(sql: sql, arguments: StatementArguments(row)) }
        }
    }
}

extension History {
    /// Takes in what was written to `memory` while it stood in for this file.
    ///
    /// - Returns: conversations that are known under another id here.
    /// - Throws: `HistoryFault`; then nothing was taken.
    func absorb(
        _ memory: History, _ copied: HistoryCopy, owner: String
    ) async throws -> [ConversationID: ConversationID] {
        let parts = try await memory.read { try Absorbed.all(in: $0) }
        let facts = try await memory.read { database in
            try ["beginning", "pages"].compactMap { name in
                try History.fact(name, database).map { (name: name, value: $0) }
            }
        }
        return try await write { database in
            // Sent or discarded meanwhile, or still there, as far as it has come. What is another
            // program's is its own.
            for id in copied.outgoing {
                try database.execute(sql: "DELETE FROM outgoing WHERE id = ? AND owner = ?", arguments: [id, owner])
            }
            var moved: [ConversationID: ConversationID] = [:]
            for part in parts {
                let row = try History.absorb(part, database)
                if row != part.id.row { moved[part.id] = ConversationID(row) }
                if part.draft != copied.drafts[part.id] { try History.save(draft: part.draft, of: row, database) }
                for outgoing in part.outgoing where outgoing.owner == owner {
                    try History.save(outgoing, in: row, database)
                }
                try History.touch(row, database)
            }
            for fact in facts {
                let known = try History.fact(fact.name, database)
                if fact.name == "beginning", known != nil { continue }
                // A page that comes after this is newer than all that either has seen.
                try History.setFact(fact.name, max(fact.value, known ?? fact.value), database)
            }
            return moved
        }
    }

    private static func absorb(_ part: Absorbed, _ database: Database) throws -> Int64 {
        let row = try place(of: part, database)
        let ids = try insert(part.messages.map(\.message), in: row, database)
        for (message, id) in zip(part.messages, ids) {
            if message.isBeforeGap {
                try database.execute(sql: "INSERT OR IGNORE INTO gap VALUES (?, 0)", arguments: [id])
            }
            if message.merged == 0 {
                try database.execute(sql: "UPDATE message SET merged = 0 WHERE id = ?", arguments: [id])
            }
            try database.execute(sql: "UPDATE message SET unread = ? WHERE id = ?", arguments: [message.isUnread, id])
        }
        try database.execute(
            sql: """
                UPDATE conversation SET group_uuid = coalesce(group_uuid, ?), preview = ?, moved_at = ?, is_listed = ?,
                reaches_start = max(reaches_start, ?), last_text = ?, last_at = ?, is_behind = ?, has_more_unread = ?,
                unread = (SELECT count(*) FROM message WHERE conversation = conversation.id AND unread = 1)
                WHERE id = ?
                """, arguments: StatementArguments(part.told + [row.databaseValue]))
        return row
    }

    private static func place(of part: Absorbed, _ database: Database) throws -> Int64 {
        if let row = try part.group.flatMap({ try rowOfGroup($0, database) }) { return row }
        if try Int.fetchOne(database, sql: "SELECT 1 FROM conversation WHERE id = ?", arguments: [part.id.row]) != nil {
            return part.id.row
        }
        if let row = try rowWithoutGroup(part.title.handle, database) { return row }
        try database.execute(
            sql: "INSERT INTO conversation (id, handle, display_name, read_until) VALUES (?, ?, ?, ?)",
            arguments: [part.id.row, part.title.handle.stored, part.title.displayName.stored, part.readUntil])
        return part.id.row
    }
}

/// A conversation on its way from one history to another.
private struct Absorbed: Sendable {
    let id: ConversationID
    let group: String?
    let title: UserShort
    let readUntil: Int64
    /// What is kept of the conversation itself, as the columns of the statement that takes it in.
    let told: [DatabaseValue]
    let draft: String?
    let outgoing: [Outgoing]
    let messages: [StoredMessage]

    static func all(in database: Database) throws -> [Absorbed] {
        try Row.fetchAll(database, sql: "SELECT * FROM conversation").map { row in
            let id: Int64 = row["id"]
            return Absorbed(
                id: ConversationID(id), group: row.optionalText("group_uuid"),
                title: UserShort(handle: row.text("handle"), displayName: row.text("display_name")),
                readUntil: row["read_until"],
                told: [
                    "group_uuid", "preview", "moved_at", "is_listed", "reaches_start", "last_text", "last_at",
                    "is_behind", "has_more_unread",
                ].map { row[$0] },
                draft: try Row.fetchOne(database, sql: "SELECT text FROM draft WHERE conversation = ?", arguments: [id])?
                    .text("text"),
                outgoing: try History.outgoing(id, in: database),
                messages: try StoredMessage.fetchAll(database, where: "conversation = ? ORDER BY at, rank", [id]))
        }
    }
}
