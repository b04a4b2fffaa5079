import GRDB

// Messages that a person decides on.

extension History {
    /// Puts a message that waits in line aside: it certainly did not arrive, unless an earlier try may have.
    ///
    /// - Returns: whether it waited.
    /// - Throws: `HistoryFault`.
    func giveUp(_ outgoing: Outgoing.ID, because reason: String) async throws -> Bool {
        try await write { database in
            try database.execute(
                sql: """
                    UPDATE outgoing SET state = CASE state WHEN 'queued' THEN 'failed' ELSE 'unsure' END, reason = ?
                    WHERE id = ? AND state IN ('queued', 'repeating')
                    """,
                arguments: [reason.stored, outgoing.number])
            guard database.changesCount > 0 else { return false }
            if let conversation = try place(of: outgoing, database) { try History.touch(conversation, database) }
            return true
        }
    }

    /// Takes a message out of the line and puts its text behind the draft, in the same moment.
    ///
    /// - Returns: its text; `nil` if it is being sent, or gone.
    /// - Throws: `HistoryFault`.
    func takeBack(_ outgoing: Outgoing.ID) async throws -> String? {
        try await write { database in
            guard let conversation = try place(of: outgoing, database) else { return nil }
            let text = try Row.fetchOne(
                database,
                sql: "DELETE FROM outgoing WHERE id = ? AND state IN ('queued', 'failed', 'unsure') RETURNING text",
                arguments: [outgoing.number])?.text("text")
            guard let text else { return nil }
            let draft = try Row.fetchOne(
                database, sql: "SELECT text FROM draft WHERE conversation = ?", arguments: [conversation])?.text("text")
            try History.save(draft: draft.map { $0 + "\n" + text } ?? text, of: conversation, database)
            try History.touch(conversation, database)
            return text
        }
    }

    /// Drops what a server took and does not list.
    ///
    /// - Throws: `HistoryFault`.
    func dropTaken(_ outgoing: Outgoing.ID) async throws {
        try await write { database in
            guard let conversation = try place(of: outgoing, database) else { return }
            try database.execute(
                sql: "DELETE FROM outgoing WHERE id = ? AND state = 'sent'", arguments: [outgoing.number])
            try History.touch(conversation, database)
        }
    }

    private func place(of outgoing: Outgoing.ID, _ database: Database) throws -> Int64? {
        try Int64.fetchOne(
            database, sql: "SELECT conversation FROM outgoing WHERE id = ?", arguments: [outgoing.number])
    }
}
