import GRDB
import Timestamps

// The outbox: what was written and is not known to be listed by the server. Every step is on
// disk before it is made, so that whatever ends the program, the next one knows how far it was.

extension History {
    /// What becomes of a draft when a text is taken from it.
    enum DraftChange: Equatable, Sendable {
        case none
        case becomes(String?)
    }

    /// Puts `text` in line, and takes it out of the draft in the same moment: after a crash it is
    /// in one of the two.
    ///
    /// - Throws: `HistoryFault`.
    func enqueue(
        _ text: String, in conversation: Int64, by owner: String, at time: Timestamp, draft: DraftChange = .none
    ) throws(HistoryFault) -> Outgoing {
        try write { database in
            let last = try Int64.fetchOne(database, sql: "SELECT max(id) FROM outgoing") ?? 0
            let outgoing = Outgoing(
                id: Outgoing.ID(max(last + 1, time.microseconds)), text: text, queuedAt: time, owner: owner)
            try History.save(outgoing, in: conversation, database)
            if case .becomes(let rest) = draft { try History.save(draft: rest, of: conversation, database) }
            return outgoing
        }
    }

    /// Marks it as being sent, with all that was known before.
    ///
    /// - Throws: `HistoryFault`.
    func begin(_ outgoing: Outgoing, in conversation: Int64) throws(HistoryFault) {
        try write { database in
            var begun = outgoing
            begun.state = .sending
            begun.mergedBefore = try Int64.fetchOne(database, sql: "SELECT value FROM fact WHERE name = 'pages'") ?? 0
            begun.after = try Int64.fetchOne(
                database, sql: "SELECT max(at) FROM message WHERE conversation = ?", arguments: [conversation]
            ).map(Timestamp.init(microseconds:))
            try History.save(begun, in: conversation, database)
        }
    }

    /// Keeps how far it has come, unless it is gone.
    ///
    /// - Throws: `HistoryFault`.
    func setState(_ state: Outgoing.State, of outgoing: Outgoing.ID, me: String?) throws(HistoryFault) {
        try write { database in
            let (name, reason, time) = state.columns
            try database.execute(
                sql: "UPDATE outgoing SET state = ?, reason = ?, sent_at = ? WHERE id = ?",
                arguments: [name, reason, time, outgoing.number])
            let conversation = try Int64.fetchOne(
                database, sql: "SELECT conversation FROM outgoing WHERE id = ?", arguments: [outgoing.number])
            // A poll may have been faster than the answer.
            if let conversation { _ = try History.confirm(conversation, me: me, in: database) }
        }
    }

    /// - Throws: `HistoryFault`.
    func save(_ outgoing: Outgoing, in conversation: Int64) throws(HistoryFault) {
        try write { try History.save(outgoing, in: conversation, $0) }
    }

    /// Takes it out of the line.
    ///
    /// - Throws: `HistoryFault`.
    func remove(_ outgoing: Outgoing.ID) throws(HistoryFault) {
        try write { database in
            try database.execute(sql: "DELETE FROM outgoing WHERE id = ?", arguments: [outgoing.number])
        }
    }

    /// Who has something in line.
    ///
    /// - Throws: `HistoryFault`.
    func owners() throws(HistoryFault) -> [String] {
        try read { database in try String.fetchAll(database, sql: "SELECT DISTINCT owner FROM outgoing") }
    }

    /// Takes over what a program that is gone has left. What it was just sending may have arrived.
    ///
    /// - Throws: `HistoryFault`.
    func adopt(from gone: String, by owner: String) throws(HistoryFault) {
        try write { database in
            try database.execute(
                sql: "UPDATE outgoing SET state = 'unsure', reason = ? WHERE owner = ? AND state = 'sending'",
                arguments: ["the program ended while it was being sent", gone])
            try database.execute(sql: "UPDATE outgoing SET owner = ? WHERE owner = ?", arguments: [owner, gone])
        }
    }

    static func save(_ outgoing: Outgoing, in conversation: Int64, _ database: Database) throws {
        let (state, reason, sentAt) = outgoing.state.columns
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO outgoing
                (id, conversation, text, queued_at, state, reason, sent_at, after, merged_before, owner)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                outgoing.id.number, conversation, outgoing.text, outgoing.queuedAt.microseconds, state, reason, sentAt,
                outgoing.after?.microseconds, outgoing.mergedBefore, outgoing.owner,
            ])
    }
}

// MARK: - Which listed messages are ours

extension History {
    static func outgoing(_ conversation: Int64, in database: Database) throws -> [Outgoing] {
        try Row.fetchAll(
            database.cachedStatement(sql: "SELECT * FROM outgoing WHERE conversation = ? ORDER BY id"),
            arguments: [conversation]
        ).map(Outgoing.init)
    }

    /// The messages on their way that the server lists already.
    static func match(
        _ outgoing: [Outgoing], in conversation: Int64, me: String?, _ database: Database
    ) throws -> OutgoingMatch {
        let open = outgoing.filter(\.mayBeListed)
        guard let merged = open.map(\.mergedBefore).min() else { return OutgoingMatch([], in: [], handle: me) }
        let after = open.contains { $0.after == nil } ? nil : open.compactMap(\.after).min()
        let candidates = try StoredMessage.fetchAll(
            database, where: "conversation = ? AND at >= ? AND merged > ? ORDER BY at, rank",
            [conversation, after?.advanced(bySeconds: -OutgoingMatch.skew).microseconds ?? .min, merged])
        return OutgoingMatch(outgoing, in: candidates, handle: me)
    }

    /// Drops what the server lists and has taken.
    ///
    /// - Returns: how many.
    static func confirm(_ conversation: Int64, me: String?, in database: Database) throws -> Int {
        let outgoing = try outgoing(conversation, in: database)
        let match = try match(outgoing, in: conversation, me: me, database)
        var confirmed = 0
        for candidate in outgoing {
            guard let listed = match.listed[candidate.id] else { continue }
            switch candidate.state {
            case .sent, .unsure: break
            case .queued, .sending, .failed: continue
            }
            // From now on it is nobody else's.
            try database.execute(sql: "UPDATE message SET merged = 0 WHERE id = ?", arguments: [listed])
            try database.execute(sql: "DELETE FROM outgoing WHERE id = ?", arguments: [candidate.id.number])
            confirmed += 1
        }
        return confirmed
    }
}

extension Outgoing {
    fileprivate init(_ row: Row) {
        let reason: String = row["reason"] ?? ""
        let sentAt: Int64? = row["sent_at"]
        let state: State =
            switch row["state"] as String {
            case "sending": .sending
            case "sent": .sent(at: sentAt.map(Timestamp.init(microseconds:)))
            case "failed": .failed(reason: reason)
            case "unsure": .unsure(reason: reason)
            default: .queued
            }
        self.init(
            id: Outgoing.ID(row["id"]), text: row["text"], queuedAt: Timestamp(microseconds: row["queued_at"]), owner: row["owner"],
            state: state)
        after = (row["after"] as Int64?).map(Timestamp.init(microseconds:))
        mergedBefore = row["merged_before"]
    }
}

extension Outgoing.State {
    fileprivate var columns: (state: String, reason: String?, sentAt: Int64?) {
        switch self {
        case .queued: ("queued", nil, nil)
        case .sending: ("sending", nil, nil)
        case .sent(let at): ("sent", nil, at?.microseconds)
        case .failed(let reason): ("failed", reason, nil)
        case .unsure(let reason): ("unsure", reason, nil)
        }
    }
}
