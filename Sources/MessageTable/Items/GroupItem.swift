/// A message group as one of its members sees it: `pk = GRP#{owner uuid}`, `sk` = the
/// time of the last message. A group has one such item for each member.
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

    public init(owner: String, lastMessageAt: String, group: String, text: String, other: Person) {
        self.owner = owner
        self.lastMessageAt = lastMessageAt
        self.group = group
        self.text = text
        self.other = other
    }

    /// - Throws: `ItemError` when the item is of another kind or lacks an attribute.
    public init(_ item: Item) throws {
        owner = try item.partitionSuffix(after: Self.prefix)
        lastMessageAt = item.key.sort
        group = try item.required(Index.messageGroup.partitionAttribute)
        text = try item.required("message")
        other = try Person(item)
    }

    /// The partition that holds the message groups of `user`.
    public static func partition(user: String) -> String { prefix + user }

    public var item: Item {
        var attributes = other.attributes
        attributes[Index.messageGroup.partitionAttribute] = group
        attributes["message"] = text
        return Item(
            key: ItemKey(partition: Self.partition(user: owner), sort: lastMessageAt), attributes: attributes)
    }
}
