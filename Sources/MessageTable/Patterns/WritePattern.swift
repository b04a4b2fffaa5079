/// What is written to the table.
public enum WritePattern: AccessPattern {
    /// C: one more message in a group. Fails if it would not be the newest, or, with `.itemDoesNotExist`, if the sort
    /// key is taken; or if the request with this key was carried out before.
    case addMessage(MessageItem, Condition = .itemIsNewest, once: KeyItem? = nil)
    /// D: a message that starts a group: two group items, the pair, the message. Fails if the pair has a group, and
    /// with its key as C does.
    /// Without its pair it is what the seed writes: a second group for the same two is possible.
    case startGroup(MessageItem, recipient: Person, once: KeyItem? = nil, hasPair: Bool = true)
    /// E: a message arrived: the group items move to its time.
    case rekeyGroups([GroupItem], to: MessageItem)

    public var letter: Character {
        switch self {
        case .addMessage: "C"
        case .startGroup: "D"
        case .rekeyGroups: "E"
        }
    }

    /// What the engine is asked to do; more than one are a transaction.
    public var writes: [Write] {
        switch self {
        case .addMessage(let message, let condition, let key):
            [.put(message.item, condition)] + once(key)
        case .startGroup(let message, let recipient, let key, let hasPair):
            (hasPair ? [pair(message, recipient)] : []) + start(message, recipient) + once(key)
        case .rekeyGroups(let groups, let message):
            groups.flatMap { rekey($0, to: message) }
        }
    }

    /// Whether the writes at `positions` failed because the pair has a group already:
    /// pattern D puts the pair first.
    public func failedForPair(_ positions: [Int]) -> Bool {
        if case .startGroup(_, _, _, true) = self { return positions.contains(0) }
        return false
    }

    /// Whether the writes at `positions` failed because the request was carried out before: its key is put last.
    public func failedForKey(_ positions: [Int]) -> Bool {
        switch self {
        case .addMessage(_, _, .some), .startGroup(_, _, .some, _): positions.contains(writes.count - 1)
        case .addMessage, .startGroup, .rekeyGroups: false
        }
    }

    private func once(_ key: KeyItem?) -> [Write] {
        key.map { [.put($0.item, .itemDoesNotExist)] } ?? []
    }

    private func pair(_ message: MessageItem, _ recipient: Person) -> Write {
        .put(PairItem(message.sender.uuid, recipient.uuid, group: message.group).item, .itemDoesNotExist)
    }

    private func start(_ message: MessageItem, _ recipient: Person) -> [Write] {
        func groupItem(of owner: Person, with other: Person) -> Item {
            GroupItem(
                owner: owner.uuid, lastMessageAt: message.createdAt, group: message.group, text: message.text,
                other: other
            ).item
        }
        return [
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
