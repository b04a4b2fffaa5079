import MessageTable

/// Something in the table that is not as it should be, and what can be done about it.
struct Finding: Sendable {
    enum Kind: String, Codable, CaseIterable, Sendable {
        /// A group's row is older than the conversation's newest message.
        case stale = "stale_group"
        /// A group's row is newer than any message.
        case ahead = "ahead_group"
        /// A row shows another text than the newest message's.
        case preview = "wrong_preview"
        /// A member has more than one row of the group.
        case doubled = "doubled_group"
        /// A group has one row, or rows of three, or rows that do not name each other.
        case members = "wrong_members"
        /// Somebody with themselves.
        case selfConversation = "self_conversation"
        /// Rows of a conversation in which nothing was said.
        case empty = "empty_group"
        /// A row names a user who is not in the directory.
        case unknownUser = "unknown_user"
        /// Two groups of the same two people.
        case twoGroups = "two_groups"
        /// Messages that nobody can see: no group has them.
        case orphan = "orphaned_messages"
        /// What came into a group after it had been merged into another.
        case leftBehind = "left_behind"
        /// A pair's item leads to no group.
        case deadPair = "dead_pair"
        /// A pair's item leads into a conversation of others.
        case wrongPair = "wrong_pair"
        /// A message's or a row's sort key is no time.
        case noTime = "no_time"
        /// A message without a text.
        case emptyText = "empty_text"
        /// An item that is nothing of ours, or that lacks something.
        case unreadable = "unreadable_item"
    }

    let kind: Kind
    /// The group's uuid, or the item's key.
    let subject: String
    let explanation: String
    /// What can be done, one transaction after the other; empty: a person must decide what.
    var steps: [Step] = []
    /// Whether it may be done without somebody who decides that this is wanted.
    var isSafe = true
}

/// One transaction, and all that it was concluded from: it is done only while that is as it was read.
struct Step: Codable, Hashable, Sendable {
    /// As they were read.
    var holds: [WholeItem] = []
    /// The rows that a group has, all of them.
    var rows: [String: [Place]] = [:]
    var puts: [WholeItem] = []
    var deletes: [Place] = []
    /// The stream may have done this by itself in the meantime.
    var mayBeDone: Bool?

    /// A key, as it is written into a plan.
    struct Place: Codable, Hashable, Sendable {
        let pk: String
        let sk: String

        init(_ key: ItemKey) { (pk, sk) = (key.partition, key.sort) }

        var key: ItemKey { ItemKey(partition: pk, sort: sk) }
    }

    init(
        holding held: [Item], rowsOf group: String? = nil, areOnly rows: [ItemKey] = [], put: [Item] = [],
        delete: [ItemKey] = [], mayBeDone: Bool = false
    ) {
        holds = held.map(WholeItem.init)
        if let group { self.rows[group] = rows.map(Place.init) }
        puts = put.map(WholeItem.init)
        deletes = delete.map(Place.init)
        if mayBeDone { self.mayBeDone = true }
    }

    /// What was read is compared, item by item, with what is there when it is written; and what is put where nothing was
    /// read must not be there.
    var transaction: [Write] {
        var held = Dictionary(holds.map { ($0.item.key, $0.item) }) { $1 }
        var writes: [Write] = []
        for place in deletes {
            writes.append(.delete(place.key, held.removeValue(forKey: place.key).map(Condition.itemIs) ?? .itemExists))
        }
        for put in puts {
            let condition = held.removeValue(forKey: put.item.key).map(Condition.itemIs) ?? .itemDoesNotExist
            writes.append(.put(put.item, condition))
        }
        return writes + held.values.sorted { $0.key.partition < $1.key.partition }.map { .check($0.key, .itemIs($0)) }
    }

    /// - Returns: whether it was done; `false`: something has changed, and nothing was.
    /// - Throws: `TableError.unavailable`.
    func perform(on engine: any TableEngine) async throws -> Bool {
        for (group, places) in rows {
            let there = try await engine.all(AccessPattern.members(group: group)).map { Place($0.key) }
            guard Set(there) == Set(places) else { return false }
        }
        do {
            try await engine.transact(transaction)
            return true
        } catch TableError.conditionFailed {
            return false
        }
    }
}
