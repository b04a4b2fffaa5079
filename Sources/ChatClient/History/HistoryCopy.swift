import GRDB
import Timestamps

/// What a history in memory began with, when it had to stand in for a file.
struct HistoryCopy {
    /// Of each conversation; more can be read from the server, or when the disk is back.
    private static let newest = 500

    private(set) var outgoing: Set<Int64> = []
    private(set) var drafts: [ConversationID: String] = [:]

    init() {}

    /// Copies what can be read.
    init(of file: History, into memory: History) {
        for table in ["conversation", "person", "fact", "outgoing", "draft"] {
            copy(file, memory, table: table, "SELECT * FROM \(table)")
        }
        let conversations = (try? file.read { try Int64.fetchAll($0, sql: "SELECT id FROM conversation") }) ?? []
        for conversation in conversations {
            let newest =
                "FROM message WHERE conversation = \(conversation) ORDER BY at DESC, rank DESC LIMIT \(Self.newest)"
            copy(file, memory, table: "message", "SELECT * \(newest)")
            copy(file, memory, table: "gap", "SELECT * FROM gap WHERE message IN (SELECT id \(newest))")
        }
        _ = try? memory.write { database in
            for row in try Row.fetchAll(database, sql: "SELECT id, text FROM message") {
                try database.execute(
                    sql: "INSERT INTO word (rowid, words) VALUES (?, ?)",
                    arguments: [row["id"] as Int64, SearchWords.indexed(row["text"])])
            }
        }
        outgoing = (try? memory.read { try Int64.fetchSet($0, sql: "SELECT id FROM outgoing") }) ?? []
        drafts = (try? memory.drafts()) ?? [:]
    }

    private func copy(_ file: History, _ memory: History, table: String, _ query: String) {
        guard let rows = try? file.read({ try Row.fetchAll($0, sql: query) }), let first = rows.first else { return }
        let places = first.columnNames.map { _ in "?" }.joined(separator: ", ")
        let columns = first.columnNames.joined(separator: ", ")
        _ = try? memory.write { database in
            for row in rows {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO \(table) (\(columns)) VALUES (\(places))",
                    arguments: StatementArguments(row.databaseValues))
            }
        }
    }
}

extension History {
    /// Takes in what was written to `memory` while it stood in for this file.
    ///
    /// - Throws: `HistoryFault`; then nothing was taken.
    func absorb(_ memory: History, _ copied: HistoryCopy, owner: String) throws(HistoryFault) {
        let conversations = try memory.conversations(me: nil)
        let drafts = try memory.drafts()
        try write { database in
            var rows: [Int64: Int64] = [:]
            for conversation in conversations {
                let row = try absorb(conversation, database)
                rows[conversation.row] = row
                try absorbMessages(of: conversation, as: row, from: memory, database)
                let draft = drafts[conversation.id]
                if draft != copied.drafts[conversation.id] {
                    try History.save(draft: draft, of: row, database)
                }
            }
            // Sent or discarded meanwhile, or still there, as far as it has come. What is another
            // program's is its own.
            for id in copied.outgoing {
                try database.execute(
                    sql: "DELETE FROM outgoing WHERE id = ? AND owner = ?", arguments: [id, owner])
            }
            for conversation in conversations {
                for outgoing in conversation.outgoing where outgoing.owner == owner {
                    guard let row = rows[conversation.row] else { continue }
                    try History.save(outgoing, in: row, database)
                }
            }
            if let beginning = try memory.beginning() {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO fact VALUES ('beginning', ?)", arguments: [beginning.microseconds])
            }
        }
    }

    private func absorb(_ conversation: Conversation, _ database: Database) throws -> Int64 {
        let known = try Int64.fetchOne(
            database,
            sql: conversation.group == nil
                ? "SELECT id FROM conversation WHERE group_uuid IS NULL AND handle = ?"
                : "SELECT id FROM conversation WHERE group_uuid = ?",
            arguments: [conversation.group ?? conversation.title.handle])
        let row: Int64
        if let known {
            row = known
        } else {
            try database.execute(
                sql: "INSERT INTO conversation (group_uuid, handle, display_name, read_until) VALUES (?, ?, ?, ?)",
                arguments: [
                    conversation.group, conversation.title.handle, conversation.title.displayName,
                    conversation.readUntil.microseconds,
                ])
            row = database.lastInsertedRowID
        }
        try database.execute(
            sql: """
                UPDATE conversation SET read_until = max(read_until, ?), preview = ?, moved_at = ?,
                is_listed = ?, reaches_start = max(reaches_start, ?)
                WHERE id = ?
                """,
            arguments: [
                conversation.readUntil.microseconds, conversation.preview, conversation.movedAt?.microseconds,
                conversation.isListed, conversation.reachesStart, row,
            ])
        return row
    }

    private func absorbMessages(
        of conversation: Conversation, as row: Int64, from memory: History, _ database: Database
    ) throws {
        let messages = try memory.read {
            try StoredMessage.fetchAll($0, where: "conversation = ? ORDER BY at, rank", [conversation.row])
        }
        let ids = try History.insert(messages.map(\.message), in: row, database)
        for (message, id) in zip(messages, ids) {
            if message.isBeforeGap {
                try database.execute(sql: "INSERT OR IGNORE INTO gap VALUES (?)", arguments: [id])
            }
            if message.merged == 0 {
                try database.execute(sql: "UPDATE message SET merged = 0 WHERE id = ?", arguments: [id])
            }
        }
    }
}
