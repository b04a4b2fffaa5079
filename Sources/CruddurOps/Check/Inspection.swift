import MessageTable
import Timestamps

/// Reads a table item by item, in any order, and says what does not fit together. Holds the newest
/// message of each conversation and its senders, not all messages.
struct Inspection {
    /// As the directory knows them, by uuid; `nil`: nobody was asked.
    private let users: [String: Person]?
    private var conversations: [String: Conversation] = [:]
    private var pairs: [(item: Item, group: String)] = []
    private var unreadable: [Drift] = []
    private(set) var items = 0

    private struct Conversation {
        var newest: MessageItem?
        var messages = 0
        var rows: [GroupItem] = []
        /// By uuid, as their newest messages name them.
        var senders: [String: Person] = [:]
    }

    init(users: [String: Person]?) {
        self.users = users
    }

    mutating func take(_ item: Item) {
        items += 1
        do {
            switch item.key.partition.prefix(4) {
            case "MSG#": take(try MessageItem(item))
            case "GRP#":
                let row = try GroupItem(item)
                conversations[row.group, default: Conversation()].rows.append(row)
            case "KEY#": _ = try KeyItem(item)
            case "PAIR": pairs.append((item, try PairItem.group(item)))
            default: unreadable.append(Self.unreadable(item, "its key is neither MSG#, GRP#, KEY# nor PAIR#"))
            }
        } catch {
            unreadable.append(Self.unreadable(item, "\(error)"))
        }
    }

    private mutating func take(_ message: MessageItem) {
        var conversation = conversations[message.group] ?? Conversation()
        conversation.messages += 1
        if conversation.newest.map({ Self.isBefore($0.createdAt, message.createdAt) }) ?? true {
            conversation.newest = message
            conversation.senders[message.sender.uuid] = message.sender
        } else if conversation.senders[message.sender.uuid] == nil {
            conversation.senders[message.sender.uuid] = message.sender
        }
        conversations[message.group] = conversation
    }

    private static func unreadable(_ item: Item, _ why: String) -> Drift {
        Drift(kind: .unreadable, subject: "\(item.key.partition) / \(item.key.sort)", explanation: why)
    }

    /// By instant where both are times: deployments mix naive and aware ones.
    private static func isBefore(_ one: String, _ other: String) -> Bool {
        if let one = Timestamp(one), let other = Timestamp(other) { return one < other }
        return one < other
    }

    // MARK: What does not fit

    /// Everything that was found, group by group.
    func findings() -> [Drift] {
        var found = unreadable
        for (group, conversation) in conversations.sorted(by: { $0.key < $1.key }) {
            if conversation.rows.isEmpty {
                let count = conversation.messages
                found.append(
                    Drift(
                        kind: .orphan, subject: group,
                        explanation: count == 1 ? "1 message of no group" : "\(count) messages of no group"))
            } else {
                found += findings(group, conversation)
            }
        }
        return found + twoGroups() + deadPairs()
    }

    private func findings(_ group: String, _ conversation: Conversation) -> [Drift] {
        var found: [Drift] = []
        // Of each member the newest row; the others are left over from a move that was cut off.
        var newest: [String: GroupItem] = [:]
        for row in conversation.rows.sorted(by: { Self.isBefore($0.lastMessageAt, $1.lastMessageAt) }) {
            if let older = newest[row.owner] {
                let whole = row.keeping(what: older)
                newest[row.owner] = whole
                found.append(
                    Drift(
                        kind: .doubled, subject: group,
                        explanation: "\(name(row.owner)) has it at \(older.lastMessageAt) and at \(row.lastMessageAt)",
                        repair: [.delete(older.item.key, .itemExists)]
                            + (whole == row ? [] : [.put(whole.item, .itemExists)])))
            } else {
                newest[row.owner] = row
            }
        }
        let rows = newest.values.sorted { $0.owner < $1.owner }
        found += stale(group, rows, conversation)
        found += members(group, rows, conversation)
        found += unknown(group, rows)
        return found
    }

    private func stale(_ group: String, _ rows: [GroupItem], _ conversation: Conversation) -> [Drift] {
        guard let message = conversation.newest else { return [] }
        let behind = rows.filter { Self.isBefore($0.lastMessageAt, message.createdAt) }
        guard !behind.isEmpty, case .transaction(let writes) = AccessPattern.rekeyGroups(behind, to: message).operation
        else { return [] }
        let whose = behind.map { name($0.owner) }.joined(separator: " and ")
        return [
            Drift(
                kind: .stale, subject: group,
                explanation:
                    "the row of \(whose) is of \(behind[0].lastMessageAt), the newest message of \(message.createdAt)",
                repair: writes)
        ]
    }

    private func members(_ group: String, _ rows: [GroupItem], _ conversation: Conversation) -> [Drift] {
        guard rows.count != 2 else { return [] }
        let owners = rows.map { name($0.owner) }.joined(separator: ", ")
        guard rows.count == 1, let row = rows.first else {
            return [Drift(kind: .members, subject: group, explanation: "\(rows.count) people have it: \(owners)")]
        }
        // The other's row can be made anew if it is known what the first is called.
        let owner = users?[row.owner] ?? conversation.senders[row.owner]
        let time = conversation.newest.map {
            Self.isBefore(row.lastMessageAt, $0.createdAt) ? $0.createdAt : row.lastMessageAt
        }
        // What else the other's row would have to hold, only whoever writes such rows knows.
        let foreign = row.foreignAttributes.sorted()
        let isKnown = foreign.isEmpty && (users.map { $0[row.other.uuid] != nil } ?? true)
        let repair: [Write] =
            owner.map { owner in
                let missing = GroupItem(
                    owner: row.other.uuid, lastMessageAt: time ?? row.lastMessageAt, group: group,
                    text: conversation.newest?.text ?? row.text, other: owner)
                return isKnown ? [.put(missing.item, .itemDoesNotExist)] : []
            } ?? []
        return [
            Drift(
                kind: .members, subject: group,
                explanation: "only \(owners) has it; \(row.other.handle) does not"
                    + (foreign.isEmpty
                        ? "" : ", and whether a row needs \(foreign.joined(separator: ", ")) is not known here"),
                repair: repair)
        ]
    }

    private func unknown(_ group: String, _ rows: [GroupItem]) -> [Drift] {
        guard let users else { return [] }
        let named = Set(rows.flatMap { [$0.owner, $0.other.uuid] })
        return named.filter { users[$0] == nil }.sorted().map {
            Drift(kind: .unknownUser, subject: group, explanation: "no user has the uuid \($0)")
        }
    }

    private func twoGroups() -> [Drift] {
        var groups: [[String]: Set<String>] = [:]
        for (group, conversation) in conversations {
            for row in conversation.rows { groups[[row.owner, row.other.uuid].sorted(), default: []].insert(group) }
        }
        return groups.filter { $0.value.count > 1 }.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
            pair, groups in
            let sizes = groups.sorted().map { "\($0) (\(conversations[$0]?.messages ?? 0) messages)" }
            return Drift(
                kind: .twoGroups, subject: sizes.first.map { String($0.prefix(36)) } ?? "",
                explanation: "\(pair.map(name).joined(separator: " and ")) have \(sizes.joined(separator: ", "))")
        }
    }

    private func deadPairs() -> [Drift] {
        pairs.filter { conversations[$0.group]?.rows.isEmpty ?? true }.map { pair in
            Drift(
                kind: .deadPair, subject: pair.group,
                explanation: "\(pair.item.key.partition) leads to a group that nobody has",
                // With messages in it, the group may come back; without, it only stands in the way.
                repair: conversations[pair.group] == nil ? [.delete(pair.item.key, .itemExists)] : [])
        }
    }

    private func name(_ uuid: String) -> String { users?[uuid].map { "@\($0.handle)" } ?? uuid }
}
