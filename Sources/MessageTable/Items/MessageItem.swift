import Timestamps

/// One message: `pk = MSG#{group uuid}`, `sk` = when it was sent. What else another server has written there stays
/// with it.
public struct MessageItem: Hashable, Sendable {
    static let prefix = "MSG#"

    public let group: String
    /// ISO 8601, the sort key.
    public let createdAt: String
    public let uuid: String
    public let text: String
    public let sender: Person
    /// What the item holds beside that, or holds in another type.
    private var kept: Item.Attributes

    public init(group: String, createdAt: String, uuid: String, text: String, sender: Person) {
        self.init(group: group, createdAt: createdAt, uuid: uuid, text: text, sender: sender, keeping: [:])
    }

    private init(
        group: String, createdAt: String, uuid: String, text: String, sender: Person, keeping kept: Item.Attributes
    ) {
        self.group = group
        self.createdAt = createdAt
        self.uuid = uuid
        self.text = text
        self.sender = sender
        self.kept = kept
    }

    /// - Throws: `ItemError` when the item is of another kind or lacks an attribute.
    public init(_ item: Item) throws {
        group = try item.partitionSuffix(after: Self.prefix)
        createdAt = item.key.sort
        uuid = try item.required("message_uuid")
        text = try item.required("message")
        sender = try Person(item)
        kept = [:]
        let own = self.item.attributes
        kept = item.attributes.filter { own[$0.key] != $0.value }
    }

    /// The partition that holds the messages of `group`.
    public static func partition(group: String) -> String { prefix + group }

    public var item: Item {
        var attributes = sender.attributes
        attributes["message_uuid"] = .string(uuid)
        attributes["message"] = .string(text)
        return Item(
            key: ItemKey(partition: Self.partition(group: group), sort: createdAt),
            attributes: attributes.merging(kept) { $1 })
    }

    /// The same message with another uuid.
    public func named(_ uuid: String) -> MessageItem {
        MessageItem(group: group, createdAt: createdAt, uuid: uuid, text: text, sender: sender, keeping: kept)
    }

    /// The same message with another sort key.
    public func at(_ sort: String) -> MessageItem {
        MessageItem(group: group, createdAt: sort, uuid: uuid, text: text, sender: sender, keeping: kept)
    }

    /// The same message at the next possible sort key; `nil` if its time cannot be read.
    public var oneMicrosecondLater: MessageItem? { after(createdAt) }

    /// The same message right behind `sort`, a time, if it does not stand behind it already; `nil` if nothing that
    /// is a time can.
    public func after(_ sort: String) -> MessageItem? {
        guard !SortKey.isBefore(sort, createdAt) else { return self }
        return SortKey.next(after: sort).map(at)
    }
}
