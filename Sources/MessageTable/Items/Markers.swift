import Timestamps

/// That a group was merged into another: `pk = MOVED#{old group}`, `sk = MOVED`. Who still writes to the old one is led
/// to the other. It carries no `message_group_uuid`, so the index does not hold it.
public struct MovedItem: Hashable, Sendable {
    public static let prefix = "MOVED#"

    public let group: String
    /// Where its messages are now.
    public let successor: String

    public init(group: String, successor: String) {
        self.group = group
        self.successor = successor
    }

    /// - Throws: `ItemError` when the item is of another kind or lacks an attribute.
    public init(_ item: Item) throws {
        group = try item.partitionSuffix(after: Self.prefix)
        successor = try item.required("group_uuid")
    }

    public static func key(group: String) -> ItemKey { ItemKey(partition: prefix + group, sort: "MOVED") }

    public var item: Item { Item(key: Self.key(group: group), attributes: ["group_uuid": .string(successor)]) }
}

/// That a user is gone: `pk = GONE#{user}`, `sk = GONE`. What others have of their conversations stays; nothing is missing
/// where the user's own rows are not.
public struct GoneItem: Hashable, Sendable {
    public static let prefix = "GONE#"

    public let user: String
    public let since: String

    public init(user: String, since: Timestamp) {
        self.user = user
        self.since = since.description
    }

    /// - Throws: `ItemError` when the item is of another kind or lacks an attribute.
    public init(_ item: Item) throws {
        user = try item.partitionSuffix(after: Self.prefix)
        since = try item.required("gone_since")
    }

    public static func key(user: String) -> ItemKey { ItemKey(partition: prefix + user, sort: "GONE") }

    public var item: Item { Item(key: Self.key(user: user), attributes: ["gone_since": .string(since)]) }
}

/// The user whom what is left of a conversation names in place of one who was erased.
extension Person {
    public static func erased(_ uuid: String) -> Person {
        Person(uuid: uuid, displayName: "Erased user", handle: "erased-" + uuid.prefix(8))
    }

    /// What an erased message says.
    public static let erasedText = "(erased)"
}
