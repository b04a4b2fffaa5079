import MessageTable
import Timestamps

/// What can be done about findings that a person must decide on: the steps, one transaction each. Each step leaves a table
/// in which nothing is lost, so it may be ended after any of them, and a later check goes on.
struct Resolution: Sendable {
    /// Messages that one transaction moves: a put and a delete each, of 100 that DynamoDB takes.
    private static let batch = 20

    let engine: any TableEngine
    let look: Look
    /// The other one of a conversation of which only one is known.
    var partner: Person?
    let now: @Sendable () -> Timestamp

    /// - Returns: the finding with its steps; as it was, or with why not, where nothing can be done.
    /// - Throws: `TableError`.
    func resolved(_ finding: Finding, _ conversation: Conversation, _ knowledge: Knowledge) async throws -> Finding {
        var finding = finding
        switch finding.kind {
        case .orphan: return try await adopted(finding, conversation, knowledge)
        case .unknownUser: finding.steps = try await forgetting(conversation, knowledge)
        case .empty:
            let rows = conversation.rows.map(\.item)
            finding.steps = [
                Step(
                    holding: rows + conversation.pairs, rowsOf: conversation.group, areOnly: rows.map(\.key),
                    delete: rows.map(\.key) + conversation.pairs.map(\.key))
            ]
        case .leftBehind:
            guard let moved = conversation.moved else { break }
            finding.steps += try await moves(from: conversation.group, to: moved.successor)
        default: break
        }
        return finding
    }

    // MARK: Two groups of one pair

    /// The messages of all go into one; what remains of the others leads there.
    ///
    /// - Throws: `TableError`.
    func merged(_ conversations: [Conversation], pair: Item?, people: [String]) async throws -> [Step] {
        let named = pair.flatMap { try? PairItem.group($0) }
        let kept =
            conversations.first { $0.group == named }
            ?? conversations.max { ($0.messages ?? 0, $1.group) < ($1.messages ?? 0, $0.group) }
        guard let kept, people.count == 2 else { return [] }
        var rows = Dictionary(kept.rows.map { ($0.owner, $0) }) {
            isBefore($0.lastMessageAt, $1.lastMessageAt) ? $1 : $0
        }
        var steps: [Step] = []
        var pair = pair
        for old in conversations where old.group != kept.group {
            // What another server keeps in a row stays with the conversation.
            let before = rows
            for row in old.rows { rows[row.owner] = rows[row.owner]?.keeping(what: row) }
            let changed = rows.values.filter { before[$0.owner] != $0 }.map(\.item)
            var held = old.rows.map(\.item) + before.values.map(\.item)
            var put = changed + [MovedItem(group: old.group, successor: kept.group).item]
            let bond = PairItem(people[0], people[1], group: kept.group).item
            if pair.map({ $0 != bond }) ?? true {
                if let pair { held.append(pair) }
                put.append(bond)
                pair = bond
            }
            steps.append(
                Step(
                    holding: held, rowsOf: old.group, areOnly: old.rows.map(\.item.key), put: put,
                    delete: old.rows.map(\.item.key)))
            steps += try await moves(from: old.group, to: kept.group)
        }
        return steps + (try await rekeyed(Array(rows.values), to: conversations))
    }

    /// The rows that stay, to the newest message of all; the stream does the same.
    private func rekeyed(_ rows: [GroupItem], to conversations: [Conversation]) async throws -> [Step] {
        let messages = conversations.compactMap(\.newest)
        guard let newest = messages.max(by: { isBefore($0.createdAt, $1.createdAt) }) else { return [] }
        var put: [Item] = []
        var held: [Item] = []
        for row in rows where isBefore(row.lastMessageAt, newest.createdAt) {
            guard let key = try await look.freeKey(for: newest, of: row.owner, in: row.group) else { continue }
            held.append(row.item)
            put.append(row.moved(to: newest.at(key)).item)
        }
        guard !put.isEmpty else { return [] }
        return [Step(holding: held, put: put, delete: held.map(\.key), mayBeDone: true)]
    }

    /// Every item of one conversation into another, in its order: what has the same sort key as another stands a
    /// microsecond later.
    private func moves(from old: String, to group: String) async throws -> [Step] {
        let partition = MessageItem.partition(group: group)
        let items = try await engine.all(Query(partition: MessageItem.partition(group: old), isConsistent: true))
        guard !items.isEmpty, old != group else { return [] }
        var taken = Set(
            try await engine.all(Query(partition: partition, isConsistent: true)).map(\.key.sort))
        let moved = items.map { item -> Item in
            var sort = item.key.sort
            while taken.contains(sort) { sort = Self.next(sort) }
            taken.insert(sort)
            return Item(key: ItemKey(partition: partition, sort: sort), attributes: item.attributes)
        }
        return stride(from: 0, to: items.count, by: Self.batch).map { start in
            let part = start..<min(start + Self.batch, items.count)
            return Step(holding: Array(items[part]), put: Array(moved[part]), delete: items[part].map(\.key))
        }
    }

    private static func next(_ sort: String) -> String {
        guard let time = Timestamp(sort), time.microseconds < .max else { return sort + "~" }
        return Timestamp(microseconds: time.microseconds + 1).description
    }

    // MARK: Messages of no group

    private func adopted(
        _ finding: Finding, _ conversation: Conversation, _ knowledge: Knowledge
    ) async throws -> Finding {
        var finding = finding
        var people = Set(conversation.pairs.first.map { PairItem.members($0.key) } ?? Array(conversation.senders.keys))
        if people.count == 1, let partner { people.insert(partner.uuid) }
        if !people.isEmpty, people.allSatisfy(knowledge.gone.contains) {
            finding.steps = try await removed(conversation)
            return finding
        }
        let persons = people.sorted().compactMap {
            knowledge.users?[$0] ?? conversation.senders[$0] ?? ($0 == partner?.uuid ? partner : nil)
        }
        guard people.count == 2, persons.count == 2, let newest = conversation.newest else {
            return Finding(
                kind: finding.kind, subject: finding.subject,
                explanation: finding.explanation
                    + (people.count < 2
                        ? "; whom they were for is not in them: --only \(finding.subject) --with @HANDLE says it"
                        : "; whose conversation it is cannot be read from them"),
                isSafe: false)
        }
        let bond = try await engine.item(at: PairItem.key(persons[0].uuid, persons[1].uuid))
        if let known = try await otherGroup(of: persons, besides: conversation.group, bond) {
            let marker = MovedItem(group: conversation.group, successor: known.group).item
            finding.steps = [
                Step(holding: known.rows.map(\.item), rowsOf: conversation.group, put: [marker])
            ]
            finding.steps += try await moves(from: conversation.group, to: known.group)
            finding.steps += try await rekeyed(known.rows, to: [known, conversation])
            return finding
        }
        let pair = PairItem(persons[0].uuid, persons[1].uuid, group: conversation.group).item
        var put: [Item] = bond == pair ? [] : [pair]
        for (owner, other) in [(persons[0], persons[1]), (persons[1], persons[0])] {
            guard let key = try await look.freeKey(for: newest, of: owner.uuid, in: conversation.group) else {
                continue
            }
            put.append(
                GroupItem(
                    owner: owner.uuid, lastMessageAt: key, group: conversation.group, text: newest.text, other: other
                ).item)
        }
        finding.steps = [
            Step(
                holding: [newest.item] + (bond.map { [$0] } ?? []), rowsOf: conversation.group, put: put)
        ]
        return finding
    }

    /// The conversation that these two have already.
    private func otherGroup(
        of people: [Person], besides group: String, _ bond: Item?
    ) async throws -> Conversation? {
        if let named = bond.flatMap({ try? PairItem.group($0) }), named != group {
            let known = try await look.conversation(named)
            if !known.rows.isEmpty { return known }
        }
        let rows = try await engine.all(
            Query(partition: GroupItem.partition(user: people[0].uuid), isConsistent: true)
        ).compactMap { try? GroupItem($0) }
        guard let row = rows.first(where: { $0.other.uuid == people[1].uuid && $0.group != group }) else { return nil }
        return try await look.conversation(row.group)
    }

    /// Those that nobody will ever read again.
    private func removed(_ conversation: Conversation) async throws -> [Step] {
        let items = try await engine.all(
            Query(partition: MessageItem.partition(group: conversation.group), isConsistent: true))
        return stride(from: 0, to: items.count, by: Self.batch * 4).map { start in
            let part = Array(items[start..<min(start + Self.batch * 4, items.count)])
            return Step(holding: part, rowsOf: conversation.group, delete: part.map(\.key))
        }
    }

    // MARK: Users who are gone

    /// Their own rows go; what others have of the conversation stays, and a mark says why a row is missing.
    private func forgetting(_ conversation: Conversation, _ knowledge: Knowledge) async throws -> [Step] {
        let gone =
            conversation.rows.map(\.owner).filter(knowledge.isUnknown)
            + conversation.rows.map(\.other.uuid).filter(knowledge.isUnknown)
        let rows = conversation.rows.filter { gone.contains($0.owner) }.map(\.item)
        var put: [Item] = []
        for uuid in Set(gone).sorted() where try await engine.item(at: GoneItem.key(user: uuid)) == nil {
            put.append(GoneItem(user: uuid, since: now()).item)
        }
        guard !put.isEmpty || !rows.isEmpty else { return [] }
        return [
            Step(
                holding: conversation.rows.map(\.item) + conversation.pairs, put: put,
                delete: rows.map(\.key) + conversation.pairs.map(\.key))
        ]
    }
}
