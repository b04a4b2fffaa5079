/// What is read from the table.
public enum ReadPattern: AccessPattern {
    /// A: the newest messages of a group, of one year or (`nil`) of all; with `before`, the
    /// newest of those whose sort keys are smaller.
    case listMessages(group: String, year: Int?, limit: Int, before: String? = nil)
    /// A, from the other end: the first messages of a group behind a time, oldest first.
    case listMessagesAfter(String, group: String, limit: Int)
    /// B: a user's message groups, newest first, of one year or (`nil`) of all.
    case listGroups(user: String, year: Int?, limit: Int)

    public var letter: Character {
        switch self {
        case .listMessages, .listMessagesAfter: "A"
        case .listGroups: "B"
        }
    }

    /// What the engine is asked.
    public var query: Query {
        switch self {
        case .listMessages(let group, let year, let limit, let before):
            return newest(MessageItem.partition(group: group), year, limit, before: before)
        case .listMessagesAfter(let time, let group, let limit):
            let partition = MessageItem.partition(group: group)
            return Query(partition: partition, limit: limit, after: ItemKey(partition: partition, sort: time))
        case .listGroups(let user, let year, let limit):
            return newest(GroupItem.partition(user: user), year, limit)
        }
    }

    func query(isConsistent: Bool) -> Query {
        var query = query
        query.isConsistent = isConsistent
        return query
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
}
