/// The five access patterns of the table, as values: the server runs them, and
/// whoever shows or documents the table reads them from here.
public enum AccessPattern: Hashable, Sendable {
    /// A: the newest messages of a group, of one year or (`nil`) of all; with `before`, the
    /// newest of those whose sort keys are smaller.
    case listMessages(group: String, year: Int?, limit: Int, before: String? = nil)
    /// B: a user's message groups, newest first, of one year or (`nil`) of all.
    case listGroups(user: String, year: Int?, limit: Int)
    /// C: one more message in a group. Fails if it would not be the newest, or, with `.itemDoesNotExist`, if the sort
    /// key is taken; or if the request with this key was carried out before.
    case addMessage(MessageItem, Condition = .itemIsNewest, once: KeyItem? = nil)
    /// D: a message that starts a group: two group items, the pair, the message. Fails if the pair has a group, and
    /// with its key as C does.
    case startGroup(MessageItem, recipient: Person, once: KeyItem? = nil)
    /// E: a message arrived: the group items move to its time.
    case rekeyGroups([GroupItem], to: MessageItem)

    /// What the engine is asked to do.
    public enum Operation: Hashable, Sendable {
        case query(Query)
        case put(Item, Condition)
        case transaction([Write])
    }

    public var letter: Character {
        switch self {
        case .listMessages: "A"
        case .listGroups: "B"
        case .addMessage: "C"
        case .startGroup: "D"
        case .rekeyGroups: "E"
        }
    }

    public var operation: Operation {
        switch self {
        case .listMessages(let group, let year, let limit, let before):
            .query(newest(MessageItem.partition(group: group), year, limit, before: before))
        case .listGroups(let user, let year, let limit):
            .query(newest(GroupItem.partition(user: user), year, limit))
        case .addMessage(let message, let condition, nil):
            .put(message.item, condition)
        case .addMessage(let message, let condition, let key?):
            .transaction([.put(message.item, condition), .put(key.item, .itemDoesNotExist)])
        case .startGroup(let message, let recipient, let key):
            .transaction(start(message, recipient) + (key.map { [.put($0.item, .itemDoesNotExist)] } ?? []))
        case .rekeyGroups(let groups, let message):
            .transaction(groups.flatMap { rekey($0, to: message) })
        }
    }

    /// Whether the writes at `positions` failed because the pair has a group already:
    /// pattern D puts the pair first.
    public func failedForPair(_ positions: [Int]) -> Bool {
        if case .startGroup = self { return positions.contains(0) }
        return false
    }

    /// Whether the writes at `positions` failed because the request was carried out before: its key is put last.
    public func failedForKey(_ positions: [Int]) -> Bool {
        switch self {
        case .addMessage(_, _, .some): positions.contains(1)
        case .startGroup(_, _, .some): positions.contains(4)
        case .addMessage, .startGroup, .listMessages, .listGroups, .rekeyGroups: false
        }
    }

    /// Reads the group items of all members through the index.
    public static func members(group: String) -> Query {
        Query(index: .messageGroup, partition: group)
    }

    /// Reads the newest message of a group, with every write that has been answered.
    public static func newestMessage(group: String) -> Query {
        Query(partition: MessageItem.partition(group: group), direction: .descending, limit: 1, isConsistent: true)
    }

    private func newest(_ partition: String, _ year: Int?, _ limit: Int, before: String? = nil) -> Query {
        Query(
            partition: partition, sortKeyPrefix: year.map(String.init), direction: .descending, limit: limit,
            after: before.map { ItemKey(partition: partition, sort: $0) })
    }

    private func start(_ message: MessageItem, _ recipient: Person) -> [Write] {
        func groupItem(of owner: Person, with other: Person) -> Item {
            GroupItem(
                owner: owner.uuid, lastMessageAt: message.createdAt, group: message.group, text: message.text,
                other: other
            ).item
        }
        return [
            .put(PairItem(message.sender.uuid, recipient.uuid, group: message.group).item, .itemDoesNotExist),
            .put(groupItem(of: message.sender, with: recipient), .itemDoesNotExist),
            .put(groupItem(of: recipient, with: message.sender), .itemDoesNotExist),
            .put(message.item, .itemDoesNotExist),
        ]
    }

    private func rekey(_ group: GroupItem, to message: MessageItem) -> [Write] {
        // Both conditions fail if another writer moved the group since it was read.
        return [.delete(group.item.key, .itemExists), .put(group.moved(to: message).item, .itemDoesNotExist)]
    }
}
