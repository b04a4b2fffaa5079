import Foundation
import GRDB
import MessageTable
import Timestamps

/// A closer look at one group: all that is concluded is concluded from what is read here, within a moment, with every
/// write that has been answered.
struct Look: Sendable {
    /// Messages of one page.
    private static let page = 50
    /// Seconds by which two zones' clocks differ at most, and then some: sort keys are ordered by what clocks showed.
    private static let zones = 172_800.0
    /// Messages from the beginning among which the second sender is looked for.
    private static let patience = 2000

    let engine: any TableEngine
    let spill: Spill
    let hasDirectory: Bool

    /// - Throws: `TableError`.
    func conversation(_ suspect: Suspect) async throws -> Conversation {
        var found = Conversation(group: suspect.group)
        found.messages = suspect.messages
        found.lastUnreadable = suspect.lastUnreadable
        // Rows before messages: whatever a row shows was said before the row was read.
        try await readRows(suspect.rows, &found)
        for key in suspect.pairs {
            if let item = try await engine.item(at: key), (try? PairItem.group(item)) == suspect.group {
                found.pairs.append(item)
            }
        }
        if let item = try await engine.item(at: MovedItem.key(group: suspect.group)),
            let moved = try? MovedItem(item)
        {
            found.moved = (item, moved.successor)
        }
        try await readMessages(&found)
        try await findFreeKeys(&found)
        return found
    }

    /// The group alone: for what is not in the spill.
    func conversation(_ group: String) async throws -> Conversation {
        try await conversation(Suspect(group: group, messages: 0, rows: [], pairs: [], lastUnreadable: nil))
    }

    private func readRows(_ known: [ItemKey], _ found: inout Conversation) async throws {
        // An index may lag, in both directions: what is there says the table.
        let listed = try await engine.all(AccessPattern.members(group: found.group)).map(\.key)
        for key in Set(listed + known).sorted(by: { ($0.partition, $0.sort) < ($1.partition, $1.sort) }) {
            guard let item = try await engine.item(at: key),
                item.attributes[Index.messageGroup.partitionAttribute]?.text == found.group
            else { continue }
            if let row = try? GroupItem(item) { found.rows.append(row) } else { found.unreadableRows.append(item) }
        }
    }

    private func readMessages(_ found: inout Conversation) async throws {
        let partition = MessageItem.partition(group: found.group)
        var after: ItemKey?
        var isOver = false
        repeat {
            let page = try await engine.query(
                Query(
                    partition: partition, direction: .descending, limit: Self.page, after: after, isConsistent: true))
            found.hasMessages = found.hasMessages || !page.items.isEmpty
            for item in page.items where !isOver {
                isOver = isOlder(item.key.sort, than: found.newest)
                take(item, &found)
            }
            after = page.next
        } while after != nil && !isOver
        if found.senders.count < 2, found.rows.count < 2 { try await readOtherSenders(&found) }
    }

    /// Whether nothing that follows can be the newest.
    private func isOlder(_ sort: String, than newest: MessageItem?) -> Bool {
        guard let newest = newest.flatMap({ Timestamp($0.createdAt) }), let time = Timestamp(sort) else { return false }
        return newest.seconds(since: time) > Self.zones
    }

    private func take(_ item: Item, _ found: inout Conversation) {
        guard let message = try? MessageItem(item) else {
            if let time = Timestamp(item.key.sort) { found.lastUnreadable = max(found.lastUnreadable ?? time, time) }
            return
        }
        if found.senders.count < 3, found.senders[message.sender.uuid] == nil {
            found.senders[message.sender.uuid] = message.sender
        }
        guard Timestamp(message.createdAt) != nil else { return }
        // Of two of the same instant the one that lists show last.
        if found.newest.map({ isBefore($0.createdAt, message.createdAt) }) ?? true { found.newest = message }
    }

    private func readOtherSenders(_ found: inout Conversation) async throws {
        var after: ItemKey?
        var read = 0
        repeat {
            let page = try await engine.query(
                Query(partition: MessageItem.partition(group: found.group), limit: Self.page * 4, after: after))
            for message in page.items.compactMap({ try? MessageItem($0) }) where found.senders.count < 3 {
                found.senders[message.sender.uuid] = found.senders[message.sender.uuid] ?? message.sender
            }
            read += page.items.count
            after = page.next
        } while after != nil && found.senders.count < 2 && read < Self.patience
    }

    private func findFreeKeys(_ found: inout Conversation) async throws {
        guard let message = found.newest else { return }
        for uuid in found.people {
            found.freeKeys[uuid] = try await freeKey(for: message, of: uuid, in: found.group)
        }
    }

    /// Where a row of `group` may stand that shows `message`.
    func freeKey(for message: MessageItem, of uuid: String, in group: String) async throws -> String? {
        var candidate: MessageItem? = message
        for _ in 0..<64 {
            guard let sort = candidate?.createdAt else { return nil }
            let key = ItemKey(partition: GroupItem.partition(user: uuid), sort: sort)
            guard let taken = try await engine.item(at: key), (try? GroupItem(taken))?.group != group else {
                return sort
            }
            candidate = candidate?.oneMicrosecondLater
        }
        return nil
    }

    // MARK: People

    /// - Throws: `TableError`.
    func knowledge(of people: Set<String>) async throws -> Knowledge {
        let hasDirectory = hasDirectory
        return try await spill.write { database in
            var known = Knowledge(users: hasDirectory ? [:] : nil)
            for uuid in people {
                if let row = try Row.fetchOne(
                    database.cachedStatement(sql: "SELECT handle, name FROM person WHERE uuid = ?"),
                    arguments: [uuid.stored])
                {
                    known.users?[uuid] = Person(
                        uuid: uuid, displayName: String(stored: row["name"]), handle: String(stored: row["handle"]))
                }
                func stands(in table: String) throws -> Bool {
                    try Bool.fetchOne(
                        database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM \(table) WHERE uuid = ?)"),
                        arguments: [uuid.stored]) ?? false
                }
                if try stands(in: "gone") { known.gone.insert(uuid) }
                if try stands(in: "blurred") { known.blurred.insert(uuid) }
            }
            return known
        }
    }
}

extension Spill {
    /// - Throws: `TableError`.
    func suspects(after id: Int, limit: Int) async throws -> [(id: Int, suspect: Suspect)] {
        try await write { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM suspect WHERE id > ? ORDER BY id LIMIT ?", arguments: [id, limit]
            ).map { row in
                let unreadable: Int64? = row["unreadable"]
                return (
                    row["id"],
                    Suspect(
                        group: String(stored: row["grp"]), messages: row["messages"], rows: Self.keys(row["rows"]),
                        pairs: Self.keys(row["pairs"]), lastUnreadable: unreadable.map(Timestamp.init(microseconds:)))
                )
            }
        }
    }

    private static func keys(_ json: String) -> [ItemKey] {
        let keys = (try? JSONDecoder().decode([[String]].self, from: Data(json.utf8))) ?? []
        return keys.filter { $0.count == 2 }.map { ItemKey(partition: $0[0], sort: $0[1]) }
    }

    /// What stands by itself.
    ///
    /// - Throws: `TableError`.
    func itemFindings(after id: Int, limit: Int) async throws -> [(id: Int, finding: Finding)] {
        try await write { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM found WHERE id > ? ORDER BY id LIMIT ?", arguments: [id, limit]
            ).compactMap { row in
                guard let kind = Finding.Kind(rawValue: row["kind"]) else { return nil }
                return (
                    row["id"],
                    Finding(
                        kind: kind, subject: String(stored: row["subject"]), explanation: String(stored: row["words"]))
                )
            }
        }
    }

    /// The groups of pairs that have more than one, pair by pair.
    ///
    /// - Throws: `TableError`.
    func twins(after pair: String) async throws -> (pair: String, groups: [String])? {
        try await write { database in
            guard
                let next = try Row.fetchOne(
                    database, sql: "SELECT pair FROM twin WHERE pair > ? ORDER BY pair LIMIT 1",
                    arguments: [pair.stored])
            else { return nil }
            let found: DatabaseValue = next["pair"]
            let groups = try Row.fetchAll(
                database, sql: "SELECT grp FROM twin WHERE pair = ? ORDER BY grp", arguments: [found])
            return (String(stored: found), groups.map { String(stored: $0["grp"]) })
        }
    }
}
