/// A message group as one of its members sees it: `pk = GRP#{owner uuid}`, `sk` = the
/// time of the last message. A group has one such item for each member. What else another server has
/// written there, and may need, stays with it.
public struct GroupItem: Hashable, Sendable {
    static let prefix = "GRP#"

    /// The uuid of the user in whose list this item stands.
    public let owner: String
    /// ISO 8601, the sort key.
    public let lastMessageAt: String
    public let group: String
    /// The last message's text.
    public let text: String
    public let other: Person
    /// What the item holds beside that, or holds in another type.
    private var kept: Item.Attributes

    public init(owner: String, lastMessageAt: String, group: String, text: String, other: Person) {
        self.init(owner: owner, lastMessageAt: lastMessageAt, group: group, text: text, other: other, keeping: [:])
    }

    private init(
        owner: String, lastMessageAt: String, group: String, text: String, other: Person, keeping kept: Item.Attributes
    ) {
        self.owner = owner
        self.lastMessageAt = lastMessageAt
        self.group = group
        self.text = text
        self.other = other
        self.kept = kept
    }

    /// - Throws: `ItemError` when the item is of another kind or lacks an attribute.
    public init(_ item: Item) throws {
        owner = try item.partitionSuffix(after: Self.prefix)
        lastMessageAt = item.key.sort
        group = try item.required(Index.messageGroup.partitionAttribute)
        text = try item.required("message")
        other = try Person(item)
        kept = [:]
        let own = self.item.attributes
        kept = item.attributes.filter { own[$0.key] != $0.value }
    }

    /// The partition that holds the message groups of `user`.
    public static func partition(user: String) -> String { prefix + user }
    public var item: Item {
        var attributes = other.attributes
        attributes[Index.messageGroup.partitionAttribute] = .string(group)
        attributes["message"] = .string(text)
        return Item(
            key: ItemKey(partition: Self.partition(user: owner), sort: lastMessageAt),
            attributes: attributes.merging(kept) { $1 })
    }

    /// What it holds that is nothing of ours, by name.
    public var foreignAttributes: Set<String> { Set(kept.keys) }

    /// With what an older row of the same group held, and this one lacks: whoever moved it did not know of that.
    public func keeping(what older: GroupItem) -> GroupItem {
        var whole = self
        whole.kept = older.kept.merging(kept) { $1 }
        for name in ownNames where kept[name] == nil { whole.kept[name] = nil }
        return whole
    }

    private var ownNames: [String] {
        Array(other.attributes.keys) + ["message", Index.messageGroup.partitionAttribute]
    }

    /// The same row, of a later message.
    public func moved(to message: MessageItem) -> GroupItem {
        GroupItem(
            owner: owner, lastMessageAt: message.createdAt, group: group, text: message.text, other: other,
            keeping: kept.filter { $0.key != "message" })
    }
}
