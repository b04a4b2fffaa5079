import ExactText
import MessageTable
import Timestamps

/// What does not fit together in a conversation, and what mends it. Pure.
///
/// Nothing is concluded from what cannot be read: it counts as being there, and may be whatever is missing.
struct Judgement {
    /// Seconds that a row may stand behind its message: it has stepped aside for another group's, by microseconds.
    private static let aside = 0.001

    let conversation: Conversation
    let knowledge: Knowledge

    private var group: String { conversation.group }

    func findings() -> [Finding] {
        if conversation.moved != nil { return leftBehind() }
        guard !conversation.rows.isEmpty else { return conversation.unreadableRows.isEmpty ? withoutRows() : [] }
        if let own = conversation.rows.first(where: { $0.owner == $0.other.uuid }) {
            return [
                Finding(
                    kind: .selfConversation, subject: group,
                    explanation: "\(knowledge.name(own.owner)) has a conversation with themselves")
            ]
        }
        let kept = newestRows
        return doubled(kept) + untrue(kept) + members(kept) + unknown(kept) + wrongPairs(kept)
    }

    // MARK: Without rows

    private func withoutRows() -> [Finding] {
        if conversation.hasMessages { return [orphan()] }
        return conversation.pairs.compactMap { pair in
            guard PairItem.members(pair.key).allSatisfy({ !knowledge.blurred.contains($0) }) else { return nil }
            return Finding(
                kind: .deadPair, subject: group,
                explanation: "\(pair.key.partition) leads to a group that nobody has, and in which nothing was said",
                steps: [Step(holding: [pair], rowsOf: group, delete: [pair.key])])
        }
    }

    private func orphan() -> Finding {
        let count = conversation.messages.map { $0 == 1 ? "1 message" : "\($0) messages" } ?? "messages"
        let whose = conversation.senders.keys.sorted().map(knowledge.name).joined(separator: " and ")
        return Finding(
            kind: .orphan, subject: group,
            explanation: "\(count)\(whose.isEmpty ? "" : " of \(whose)") of no group", isSafe: false)
    }

    /// Who has read the old group before it was merged may still write into it.
    private func leftBehind() -> [Finding] {
        guard let moved = conversation.moved, !conversation.rows.isEmpty || conversation.hasMessages else { return [] }
        let rows = conversation.rows.map(\.item)
        // Its messages are moved by whoever reads them: see Resolution.
        return [
            Finding(
                kind: .leftBehind, subject: group,
                explanation: "it was merged into \(moved.successor), and something has come into it since",
                steps: rows.isEmpty ? [] : [Step(holding: rows + [moved.item], delete: rows.map(\.key))])
        ]
    }

    // MARK: Rows too many

    /// Of each member the newest row, with what the others hold; those are left over from a move that was cut off.
    private var newestRows: [String: GroupItem] {
        rowsInOrder.reduce(into: [:]) { newest, row in
            newest[row.owner] = newest[row.owner].map { row.keeping(what: $0) } ?? row
        }
    }

    private var rowsInOrder: [GroupItem] {
        conversation.rows.sorted { isBefore($0.lastMessageAt, $1.lastMessageAt) }
    }

    private func doubled(_ kept: [String: GroupItem]) -> [Finding] {
        Dictionary(grouping: rowsInOrder, by: \.owner).filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.map {
            owner, rows in
            let times = rows.map(\.lastMessageAt).joined(separator: " and at ")
            let whole = kept[owner]
            let newest = rows.last
            return Finding(
                kind: .doubled, subject: group, explanation: "\(knowledge.name(owner)) has it at \(times)",
                steps: [
                    Step(
                        holding: rows.map(\.item), put: whole == newest ? [] : whole.map { [$0.item] } ?? [],
                        delete: rows.dropLast().map(\.item.key))
                ])
        }
    }

    // MARK: Rows that say something untrue

    private func untrue(_ kept: [String: GroupItem]) -> [Finding] {
        let rows = kept.values.sorted { $0.owner < $1.owner }
        guard let message = conversation.newest, let time = Timestamp(message.createdAt) else { return empty(rows) }
        // The last one may be what a row shows.
        if let unreadable = conversation.lastUnreadable, unreadable >= time { return [] }
        var wrong: [Finding.Kind: [GroupItem]] = [:]
        for row in rows {
            guard let shown = Timestamp(row.lastMessageAt) else {
                wrong[.noTime, default: []].append(row)
                continue
            }
            let distance = shown.seconds(since: time)
            if distance < 0 {
                wrong[.stale, default: []].append(row)
            } else if distance >= Self.aside {
                wrong[.ahead, default: []].append(row)
            } else if !row.text.isExactly(message.text) {
                wrong[.preview, default: []].append(row)
            }
        }
        return wrong.sorted { $0.key.rawValue < $1.key.rawValue }.map { untrue($0.key, $0.value, message) }
    }

    private func untrue(_ kind: Finding.Kind, _ rows: [GroupItem], _ message: MessageItem) -> Finding {
        let whose = rows.map { knowledge.name($0.owner) }.joined(separator: " and ")
        let said =
            switch kind {
            case .noTime: "stands at \(rows[0].lastMessageAt), which is no time"
            case .preview: "shows another text than the newest message, of \(message.createdAt)"
            default: "is of \(rows[0].lastMessageAt), the newest message of \(message.createdAt)"
            }
        var put: [Item] = []
        var delete: [ItemKey] = []
        for row in rows {
            let key = kind == .preview ? row.lastMessageAt : conversation.freeKeys[row.owner] ?? message.createdAt
            put.append(row.moved(to: message.at(key)).item)
            if key != row.lastMessageAt { delete.append(row.item.key) }
        }
        return Finding(
            kind: kind, subject: group, explanation: "the row of \(whose) \(said)",
            steps: [Step(holding: [message.item] + rows.map(\.item), put: put, delete: delete)])
    }

    private func empty(_ rows: [GroupItem]) -> [Finding] {
        guard !conversation.hasMessages else { return [] }
        let whose = rows.map { knowledge.name($0.owner) }.joined(separator: " and ")
        return [
            Finding(
                kind: .empty, subject: group, explanation: "\(whose) have it, and there is no message in it",
                isSafe: false)
        ]
    }

    // MARK: Who is in it

    private func members(_ kept: [String: GroupItem]) -> [Finding] {
        let rows = kept.values.sorted { $0.owner < $1.owner }
        let owners = rows.map { knowledge.name($0.owner) }.joined(separator: ", ")
        func decide(_ why: String) -> [Finding] {
            [Finding(kind: .members, subject: group, explanation: why, isSafe: false)]
        }
        switch rows.count {
        case 1: return rows.flatMap(oneRow)
        case 2:
            guard rows[0].other.uuid != rows[1].owner || rows[1].other.uuid != rows[0].owner else { return [] }
            return decide("\(owners) have it, and their rows do not name each other")
        default: return decide("\(rows.count) people have it: \(owners)")
        }
    }

    /// The other's row can be made anew if it is known what the first is called.
    private func oneRow(_ row: GroupItem) -> [Finding] {
        let other = row.other.uuid
        guard conversation.unreadableRows.isEmpty, !knowledge.blurred.contains(other), !knowledge.gone.contains(other),
            !knowledge.gone.contains(row.owner)
        else { return [] }
        // What else the other's row would have to hold, only whoever writes such rows knows.
        let foreign = row.foreignAttributes.sorted()
        var finding = Finding(
            kind: .members, subject: group,
            explanation: "only \(knowledge.name(row.owner)) has it; \(row.other.handle) does not"
                + (foreign.isEmpty
                    ? "" : ", and whether a row needs \(foreign.joined(separator: ", ")) is not known here"),
            isSafe: false)
        guard foreign.isEmpty, !knowledge.isUnknown(other), let message = conversation.newest,
            let owner = knowledge.users?[row.owner] ?? conversation.senders[row.owner]
        else { return [finding] }
        let missing = GroupItem(
            owner: other, lastMessageAt: conversation.freeKeys[other] ?? message.createdAt, group: group,
            text: message.text, other: owner)
        finding.isSafe = true
        finding.steps = [
            Step(
                holding: conversation.rows.map(\.item) + [message.item], rowsOf: group,
                areOnly: conversation.rows.map(\.item.key), put: [missing.item])
        ]
        return [finding]
    }

    private func unknown(_ kept: [String: GroupItem]) -> [Finding] {
        let named = Set(kept.values.flatMap { [$0.owner, $0.other.uuid] })
        return named.filter(knowledge.isUnknown).sorted().map {
            Finding(kind: .unknownUser, subject: group, explanation: "no user has the uuid \($0)", isSafe: false)
        }
    }

    /// Whoever begins a conversation of such a pair would write into that of others.
    private func wrongPairs(_ kept: [String: GroupItem]) -> [Finding] {
        let people = Set(kept.values.flatMap { [$0.owner, $0.other.uuid] })
        guard conversation.unreadableRows.isEmpty, people.count == 2 else { return [] }
        return conversation.pairs.filter { Set(PairItem.members($0.key)) != people }.map { pair in
            Finding(
                kind: .wrongPair, subject: group,
                explanation: "\(pair.key.partition) leads into a conversation of "
                    + people.sorted().map(knowledge.name).joined(separator: " and "),
                steps: [Step(holding: [pair] + conversation.rows.map(\.item), delete: [pair.key])])
        }
    }
}
