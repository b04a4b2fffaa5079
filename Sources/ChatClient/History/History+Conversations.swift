import GRDB
import Timestamps

// Conversations: which there are, what the server's list said of them last, what has been read.

extension History {
    /// All of them.
    ///
    /// - Throws: `HistoryFault`.
    package func conversations(me: String?) throws(HistoryFault) -> [Conversation] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM conversation").map {
                try conversation($0, me: me, database)
            }
        }
    }

    /// - Throws: `HistoryFault`.
    func conversation(_ row: Int64, me: String?) throws(HistoryFault) -> Conversation? {
        try read { database in
            try Row.fetchOne(
                database.cachedStatement(sql: "SELECT * FROM conversation WHERE id = ?"), arguments: [row]
            ).map { try conversation($0, me: me, database) }
        }
    }

    private func conversation(_ row: Row, me: String?, _ database: Database) throws -> Conversation {
        let id: Int64 = row["id"]
        let readUntil: Int64 = row["read_until"]
        var conversation = Conversation(
            row: id, group: row["group_uuid"],
            title: UserShort(handle: row["handle"], displayName: row["display_name"]),
            readUntil: Timestamp(microseconds: readUntil))
        conversation.preview = row["preview"]
        conversation.movedAt = (row["moved_at"] as Int64?).map(Timestamp.init(microseconds:))
        conversation.isListed = row["is_listed"]
        conversation.reachesStart = row["reaches_start"]
        conversation.newest = try StoredMessage.fetchAll(
            database, where: "conversation = ? ORDER BY at DESC, rank DESC LIMIT 1", [id]
        ).first?.message
        if let newest = conversation.newest, newest.at > conversation.readUntil {
            conversation.unread = try unread(id, after: readUntil, me: me, database)
            conversation.hasMoreUnread = try hasGap(id, after: readUntil, database)
        }
        conversation.outgoing = try History.outgoing(id, in: database)
        if !conversation.outgoing.isEmpty {
            let match = try History.match(conversation.outgoing, in: id, me: me, database)
            conversation.listedOutgoing = Set(match.listed.keys)
        }
        return conversation
    }

    /// Messages of the other that are newer than the read mark.
    private func unread(_ conversation: Int64, after: Int64, me: String?, _ database: Database) throws -> Int {
        let statement = try database.cachedStatement(
            sql: """
                SELECT count(*) FROM (
                    SELECT 1 FROM message JOIN person ON person.id = person
                    WHERE conversation = ? AND at > ? AND handle IS NOT ? LIMIT ?)
                """)
        return try Int.fetchOne(statement, arguments: [conversation, after, me, WindowContent.countedAtMost]) ?? 0
    }

    private func hasGap(_ conversation: Int64, after: Int64, _ database: Database) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: """
                SELECT 1 FROM gap JOIN message ON message.id = gap.message WHERE conversation = ? AND at >= ? LIMIT 1
                """)
        return try Int.fetchOne(statement, arguments: [conversation, after]) != nil
    }
}

// MARK: - Writing

extension History {
    /// Keeps rows of the server's list; those that are new are read up to `readUntil`, or up to
    /// their own time where it is `nil`.
    ///
    /// - Throws: `HistoryFault`.
    package func save(_ groups: [Group], readUntil: Timestamp?) throws(HistoryFault) {
        try write { database in
            for group in groups {
                // The conversation that waited for its first message has become this group.
                try database.execute(
                    sql: """
                        UPDATE conversation SET group_uuid = ? WHERE group_uuid IS NULL AND handle = ?
                        AND NOT EXISTS (SELECT 1 FROM conversation WHERE group_uuid = ?)
                        """, arguments: [group.uuid, group.handle, group.uuid])
                try database.execute(
                    sql: """
                        INSERT INTO conversation (group_uuid, handle, display_name, preview, moved_at, read_until)
                        VALUES (?, ?, ?, ?, ?, ?)
                        ON CONFLICT (group_uuid) DO UPDATE SET handle = excluded.handle,
                        display_name = excluded.display_name, preview = excluded.preview,
                        moved_at = excluded.moved_at, is_listed = 1
                        """,
                    arguments: [
                        group.uuid, group.handle, group.displayName, group.preview, group.at.microseconds,
                        (readUntil ?? group.at).microseconds,
                    ])
            }
        }
    }

    /// The conversation with somebody that has no group yet, made if there is none.
    ///
    /// - Returns: its row.
    /// - Throws: `HistoryFault`.
    func begin(with person: UserShort, readUntil: Timestamp) throws(HistoryFault) -> Int64 {
        try write { database in
            if let row = try Int64.fetchOne(
                database, sql: "SELECT id FROM conversation WHERE group_uuid IS NULL AND handle = ?",
                arguments: [person.handle])
            {
                return row
            }
            try database.execute(
                sql: "INSERT INTO conversation (handle, display_name, read_until) VALUES (?, ?, ?)",
                arguments: [person.handle, person.displayName, readUntil.microseconds])
            return database.lastInsertedRowID
        }
    }

    /// The conversation `row`, which had no group, has this one now; if it is known as another
    /// row, all moves there.
    ///
    /// - Returns: the row that stays.
    /// - Throws: `HistoryFault`.
    func become(_ group: String, _ row: Int64) throws(HistoryFault) -> Int64 {
        try write { database in
            let known = try Int64.fetchOne(
                database, sql: "SELECT id FROM conversation WHERE group_uuid = ?", arguments: [group])
            guard let known, known != row else {
                try database.execute(
                    sql: "UPDATE conversation SET group_uuid = ? WHERE id = ?", arguments: [group, row])
                return row
            }
            try database.execute(
                sql: "UPDATE outgoing SET conversation = ? WHERE conversation = ?", arguments: [known, row])
            try database.execute(
                sql: "UPDATE OR IGNORE draft SET conversation = ? WHERE conversation = ?", arguments: [known, row])
            try database.execute(sql: "DELETE FROM draft WHERE conversation = ?", arguments: [row])
            try database.execute(sql: "DELETE FROM conversation WHERE id = ?", arguments: [row])
            return known
        }
    }

    /// Never back: two programs may tell.
    ///
    /// - Throws: `HistoryFault`.
    func markRead(_ conversation: Int64, until time: Timestamp) throws(HistoryFault) {
        try write { database in
            try database.execute(
                sql: "UPDATE conversation SET read_until = ? WHERE id = ? AND read_until < ?",
                arguments: [time.microseconds, conversation, time.microseconds])
        }
    }

    /// - Throws: `HistoryFault`.
    func setListed(_ isListed: Bool, _ conversation: Int64) throws(HistoryFault) {
        try write { database in
            try database.execute(
                sql: "UPDATE conversation SET is_listed = ? WHERE id = ?", arguments: [isListed, conversation])
        }
    }

    /// The first message of all is known.
    ///
    /// - Throws: `HistoryFault`.
    func setReachesStart(_ conversation: Int64) throws(HistoryFault) {
        try write { database in
            try database.execute(
                sql: "UPDATE conversation SET reaches_start = 1 WHERE id = ?", arguments: [conversation])
        }
    }

    /// The server's time of the newest row in the very first list: what is newer was written
    /// since. `nil` before that list.
    ///
    /// - Throws: `HistoryFault`.
    func beginning() throws(HistoryFault) -> Timestamp? {
        try read { database in
            try Int64.fetchOne(database, sql: "SELECT value FROM fact WHERE name = 'beginning'")
                .map(Timestamp.init(microseconds:))
        }
    }

    /// - Throws: `HistoryFault`.
    func setBeginning(_ time: Timestamp) throws(HistoryFault) {
        try write { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO fact VALUES ('beginning', ?)", arguments: [time.microseconds])
        }
    }
}

// MARK: - Drafts

extension History {
    /// By conversation.
    ///
    /// - Throws: `HistoryFault`.
    func drafts() throws(HistoryFault) -> [ConversationID: String] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT conversation, text FROM draft"
            ).reduce(into: [:]) { drafts, row in
                drafts[ConversationID(row["conversation"])] = row["text"]
            }
        }
    }

    /// - Throws: `HistoryFault`.
    func save(draft text: String?, of conversation: Int64) throws(HistoryFault) {
        try write { try History.save(draft: text, of: conversation, $0) }
    }

    static func save(draft text: String?, of conversation: Int64, _ database: Database) throws {
        if let text, !text.isEmpty {
            try database.execute(
                sql: "INSERT OR REPLACE INTO draft VALUES (?, ?)", arguments: [conversation, text])
        } else {
            try database.execute(sql: "DELETE FROM draft WHERE conversation = ?", arguments: [conversation])
        }
    }
}
