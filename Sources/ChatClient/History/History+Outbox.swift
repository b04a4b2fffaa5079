import Foundation
import GRDB
import Timestamps

// The outbox: what was written and is not known to be listed by the server. Every step is on
// disk before it is made, so that whatever ends the program, the next one knows how far it was.

/// A message whose turn it is, and where it goes.
struct NextOutgoing: Sendable {
    let outgoing: Outgoing
    /// `nil`: it starts one.
    let group: String?
    let title: UserShort

    /// Where it is sent: where it was sent before, if the server may know of that.
    var address: MessageAddress {
        outgoing.firstTry?.to ?? group.map { .group($0) } ?? .handle(title.handle)
    }
}

extension History {
    /// Puts `text` in line, and makes the draft what it is without it in the same moment: after a crash it is in one
    /// of the two.
    ///
    /// - Parameter leavesDraft: what is written there is something else, and stays.
    /// - Returns: `nil` if there is no such conversation.
    /// - Throws: `HistoryFault`.
    func enqueue(
        _ text: String, in conversation: Int64, by owner: String, at time: Timestamp, draft: String?,
        leavesDraft: Bool = false
    ) async throws -> Outgoing? {
        try await change(conversation) { database in
            let last = max(
                try Int64.fetchOne(database, sql: "SELECT max(id) FROM outgoing") ?? 0,
                try History.fact("outgoing", database) ?? 0)
            var outgoing = Outgoing(
                id: Outgoing.ID(max(last + 1, time.microseconds)), text: text, queuedAt: time, owner: owner)
            outgoing.key = UUID().uuidString.lowercased()
            try History.save(outgoing, in: conversation, database)
            if !leavesDraft { try History.save(draft: draft, of: conversation, database) }
            return outgoing
        }
    }

    /// The message of this conversation whose turn it is, if `owner` may send it now: none of those before it waits
    /// for anything.
    ///
    /// - Throws: `HistoryFault`; `CancellationError`.
    func next(in conversation: Int64, by owner: String) async throws -> NextOutgoing? {
        try await read { try History.next(in: conversation, by: owner, $0) }
    }

    /// Marks the same as being sent, with all that was known before.
    ///
    /// - Parameters:
    ///   - group: where the conversation has none yet, the one that the server has.
    ///   - keyed: now, if the server keeps keys.
    /// - Throws: `HistoryFault`.
    func begin(
        _ outgoing: Outgoing.ID, in conversation: Int64, by owner: String, group: String? = nil, keyed: Timestamp? = nil
    ) async throws -> NextOutgoing? {
        try await change(conversation) { database in
            guard let next = try History.next(in: conversation, by: owner, database), next.outgoing.id == outgoing
            else { return nil }
            var begun = next.outgoing
            begun.state = .sending
            let known = NextOutgoing(outgoing: begun, group: next.group ?? group, title: next.title)
            if !begun.wasUnsure {
                // Any page since the first try may list it.
                begun.mergedBefore = try History.fact("pages", database) ?? 0
                begun.firstTry = keyed.map { Outgoing.FirstTry(at: $0, to: known.address) }
            }
            try History.save(begun, in: conversation, database)
            return NextOutgoing(outgoing: begun, group: known.group, title: next.title)
        }
    }

    private static func next(in conversation: Int64, by owner: String, _ database: Database) throws -> NextOutgoing? {
        let first = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT outgoing.*, group_uuid, handle, display_name FROM outgoing
                    JOIN conversation ON conversation.id = conversation
                    WHERE conversation = ? AND state != 'sent' ORDER BY outgoing.id LIMIT 1
                    """), arguments: [conversation])
        guard let first else { return nil }
        let outgoing = Outgoing(first)
        guard outgoing.isInLine, outgoing.owner == owner else { return nil }
        return NextOutgoing(
            outgoing: outgoing, group: first.optionalText("group_uuid"),
            title: UserShort(handle: first.text("handle"), displayName: first.text("display_name")))
    }

    /// Where something waits for its turn.
    ///
    /// - Throws: `HistoryFault`; `CancellationError`.
    func conversationsInLine(by owner: String) async throws -> [Int64] {
        try await read { database in
            try Int64.fetchAll(
                database.cachedStatement(
                    sql:
                        "SELECT DISTINCT conversation FROM outgoing WHERE state IN ('queued', 'repeating') AND owner = ?"
                ),
                arguments: [owner])
        }
    }

    /// Keeps how far it has come, unless it is gone.
    ///
    /// - Throws: `HistoryFault`.
    func setState(_ state: Outgoing.State, of outgoing: Outgoing.ID, me: String?) async throws {
        try await write { database in
            let (name, reason, time) = state.columns
            try database.execute(
                sql: """
                    UPDATE outgoing SET state = ?1, reason = ?, sent_at = ?,
                    was_unsure = was_unsure OR ?1 IN ('unsure', 'repeating') WHERE id = ?
                    """, arguments: [name, reason?.stored, time, outgoing.number])
            guard let conversation = try History.place(of: outgoing, database) else { return }
            // A poll may have been faster than the answer.
            _ = try History.confirm(conversation, me: me, in: database)
            try History.touch(conversation, database)
        }
    }

    /// Puts a failed message, or one that nobody knows of, in line once more.
    ///
    /// - Throws: `HistoryFault`.
    func requeue(_ outgoing: Outgoing.ID, by owner: String) async throws {
        try await write { database in
            guard let conversation = try History.place(of: outgoing, database) else { return }
            try database.execute(
                sql: """
                    UPDATE outgoing SET state = 'queued', reason = NULL, owner = ?
                    WHERE id = ? AND state IN ('failed', 'unsure', 'queued', 'repeating')
                    """, arguments: [owner, outgoing.number])
            try History.touch(conversation, database)
        }
    }

    /// Takes it out of the line, unless it is just being sent or was taken by a server.
    ///
    /// - Returns: its text.
    /// - Throws: `HistoryFault`.
    func remove(_ outgoing: Outgoing.ID) async throws -> String? {
        try await write { database in
            guard let conversation = try History.place(of: outgoing, database) else { return nil }
            let text = try Row.fetchOne(
                database,
                sql: """
                    DELETE FROM outgoing WHERE id = ? AND state IN ('queued', 'failed', 'unsure', 'repeating')
                    RETURNING text
                    """,
                arguments: [outgoing.number])?.text("text")
            try History.touch(conversation, database)
            return text
        }
    }

    private static func place(of outgoing: Outgoing.ID, _ database: Database) throws -> Int64? {
        try Int64.fetchOne(
            database, sql: "SELECT conversation FROM outgoing WHERE id = ?", arguments: [outgoing.number])
    }

    private static func other(in conversation: Int64, _ database: Database) throws -> String {
        try Row.fetchOne(database, sql: "SELECT handle FROM conversation WHERE id = ?", arguments: [conversation])?
            .text("handle") ?? ""
    }

    /// All that is in line or on its way, in the order written.
    ///
    /// - Throws: `HistoryFault`; `CancellationError`.
    func outbox() async throws -> [OutboxEntry] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT outgoing.*, group_uuid, handle, display_name FROM outgoing
                    JOIN conversation ON conversation.id = conversation ORDER BY outgoing.id
                    """
            ).map { row in
                OutboxEntry(
                    outgoing: Outgoing(row), conversation: ConversationID(row["conversation"]),
                    title: UserShort(handle: row.text("handle"), displayName: row.text("display_name")))
            }
        }
    }

    /// Who has something in line.
    ///
    /// - Throws: `HistoryFault`; `CancellationError`.
    func owners() async throws -> [String] {
        try await read { database in try String.fetchAll(database, sql: "SELECT DISTINCT owner FROM outgoing") }
    }

    /// Takes over what a program that is gone has left. What it was just sending may have arrived, and is sent again
    /// where the server keeps keys; but not what a command has left, because nobody expects it to be sent later.
    ///
    /// - Parameter me: your own handle; where it is not known, whoever is not the other is you.
    /// - Throws: `HistoryFault`.
    func adopt(from gone: String, by owner: String, me: String? = nil) async throws {
        try await write { database in
            let places = try Int64.fetchAll(
                database, sql: "SELECT DISTINCT conversation FROM outgoing WHERE owner = ?", arguments: [gone])
            let isCommand = gone.hasPrefix(HistoryOwner.commandPrefix)
            try database.execute(
                sql: """
                    UPDATE outgoing SET was_unsure = 1, reason = ?1,
                    state = CASE WHEN first_tried_at IS NULL OR ?2 THEN 'unsure' ELSE 'repeating' END
                    WHERE owner = ?3 AND state IN ('sending', 'repeating')
                    """, arguments: [History.endedWhileSending, isCommand, gone])
            if isCommand {
                // Whoever gave it a text was told that it is not kept in line.
                try database.execute(
                    sql: "UPDATE outgoing SET state = 'failed', reason = ? WHERE owner = ? AND state = 'queued'",
                    arguments: ["the command that was to send it has ended", gone])
            }
            try database.execute(sql: "UPDATE outgoing SET owner = ? WHERE owner = ?", arguments: [owner, gone])
            for place in places {
                // A page may have listed it already.
                _ = try History.confirm(place, me: me, in: database)
                try History.touch(place, database)
            }
        }
    }

    /// What commands that are gone have left stays theirs, and says that nobody sends it.
    ///
    /// - Parameter path: of the history's file, beside which the programs have their locks.
    /// - Throws: `HistoryFault`.
    func settleCommands(_ path: String, me: String?) async throws {
        for owner in try await owners()
        where owner.hasPrefix(HistoryOwner.commandPrefix) && HistoryOwner.isGone(owner, path) {
            try await adopt(from: owner, by: owner, me: me)
        }
    }

    /// Why nobody knows whether a message has arrived that a program was sending when it ended.
    static let endedWhileSending = "the program ended while it was being sent"

    static func save(_ outgoing: Outgoing, in conversation: Int64, _ database: Database) throws {
        let (state, reason, sentAt) = outgoing.state.columns
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO outgoing
                (id, conversation, text, queued_at, state, reason, sent_at, merged_before, was_unsure, owner, key,
                first_tried_at, first_sent_to)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                outgoing.id.number, conversation, outgoing.text.stored, outgoing.queuedAt.microseconds, state,
                reason?.stored, sentAt, outgoing.mergedBefore, outgoing.wasUnsure, outgoing.owner,
                outgoing.key, outgoing.firstTry?.at.microseconds, outgoing.firstTry?.to.stored,
            ])
    }
}

/// A message of the outbox, and whom it is for.
public struct OutboxEntry: Sendable, Equatable, Identifiable {
    public let outgoing: Outgoing
    public let conversation: ConversationID
    public let title: UserShort
    /// A program that runs has it in its hands.
    public internal(set) var isAttended = true

    public var id: Outgoing.ID { outgoing.id }
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
        _ outgoing: [Outgoing], in conversation: Int64, me: String?, other: String, _ database: Database
    ) throws -> OutgoingMatch {
        let open = outgoing.filter(\.mayBeListed)
        guard let merged = open.map(\.mergedBefore).min() else {
            return OutgoingMatch([], in: [], me: me, other: other)
        }
        let candidates = try StoredMessage.fetchAll(
            // As the index has it: the `+` keeps SQLite from reading the whole conversation in its order instead.
            database, where: "conversation = ? AND merged > 0 AND merged > ? ORDER BY +at, +rank",
            [conversation, merged])
        return OutgoingMatch(outgoing, in: candidates, me: me, other: other)
    }

    /// Drops what the server lists and has taken.
    ///
    /// - Returns: how many.
    static func confirm(_ conversation: Int64, me: String?, in database: Database) throws -> Int {
        let outgoing = try outgoing(conversation, in: database)
        guard !outgoing.isEmpty else { return 0 }
        let other = try other(in: conversation, database)
        let match = try match(outgoing, in: conversation, me: me, other: other, database)
        var confirmed = 0
        for candidate in outgoing {
            guard let listed = match.listed[candidate.id] else { continue }
            // Its answer is still to come.
            if candidate.state == .sending { continue }
            // From now on it is nobody else's.
            try database.execute(
                sql: "UPDATE message SET merged = -merged, unread = 0 WHERE id = ?", arguments: [listed])
            try database.execute(sql: "DELETE FROM outgoing WHERE id = ?", arguments: [candidate.id.number])
            confirmed += 1
        }
        return confirmed
    }
}

extension Outgoing {
    init(_ row: Row) {
        let reason = row.text("reason")
        let state: State =
            switch row["state"] as String {
            case "sending": .sending
            case "sent": .sent(at: row.time("sent_at"))
            case "failed": .failed(reason: reason)
            case "unsure": .unsure(reason: reason)
            case "repeating": .repeating(reason: reason)
            default: .queued
            }
        self.init(
            id: ID(row["id"]), text: row.text("text"), queuedAt: Timestamp(microseconds: row["queued_at"]),
            owner: row["owner"], state: state)
        mergedBefore = row["merged_before"]
        wasUnsure = row["was_unsure"]
        key = row["key"]
        if let at = row.time("first_tried_at"), let to = MessageAddress(stored: row.optionalText("first_sent_to")) {
            firstTry = FirstTry(at: at, to: to)
        }
    }

    /// Whether it is sent when its turn comes.
    fileprivate var isInLine: Bool {
        switch state {
        case .queued, .repeating: true
        case .sending, .sent, .failed, .unsure: false
        }
    }
}

extension MessageAddress {
    private static let group = "group "
    private static let handle = "handle "

    fileprivate var stored: DatabaseValue {
        switch self {
        case .group(let uuid): (Self.group + uuid).stored
        case .handle(let name): (Self.handle + name).stored
        }
    }

    fileprivate init?(stored: String?) {
        guard let bytes = stored?.utf8 else { return nil }
        func rest(_ prefix: String) -> String { String(decoding: bytes.dropFirst(prefix.utf8.count), as: UTF8.self) }
        // By bytes: what a server wrote may begin with a mark that joins the blank before it.
        self = bytes.starts(with: Self.group.utf8) ? .group(rest(Self.group)) : .handle(rest(Self.handle))
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
        case .repeating(let reason): ("repeating", reason, nil)
        }
    }
}
