import Timestamps

/// That a request with an idempotency key was carried out, and what came of it: `pk = KEY#{user uuid}`, `sk` = the
/// key. A key is a user's own.
///
/// Written in the transaction of its message, and only if there is none: so a request that is made again writes
/// nothing, and its answer can be told from this item alone. It has no text, because the request that is made again
/// brings it. It carries no `message_group_uuid`, so the index does not hold it.
public struct KeyItem: Hashable, Sendable {
    static let prefix = "KEY#"
    /// Seconds that it is kept at least; the draft leaves it to the server.
    public static let lifetime = 86_400

    public let user: String
    public let key: String
    /// What was asked: the same for requests that ask for the same.
    public let request: String
    public let group: String
    /// The message's sort key.
    public let createdAt: String
    public let messageUUID: String
    /// The sender's, when it was sent.
    public let displayName: String
    public let handle: String
    /// In seconds since 1970.
    public let end: Int64

    /// - Parameter now: of the server that writes it.
    public init(_ key: String, request: String, of message: MessageItem, now: Timestamp) {
        user = message.sender.uuid
        self.key = key
        self.request = request
        group = message.group
        createdAt = message.createdAt
        messageUUID = message.uuid
        displayName = message.sender.displayName
        handle = message.sender.handle
        end = now.microseconds / 1_000_000 + 1 + Int64(Self.lifetime)
    }

    /// - Throws: `ItemError` when the item is of another kind or lacks an attribute.
    public init(_ item: Item) throws {
        user = try item.partitionSuffix(after: Self.prefix)
        key = item.key.sort
        request = try item.required("request")
        group = try item.required("group_uuid")
        createdAt = try item.required("created_at")
        messageUUID = try item.required("message_uuid")
        displayName = try item.required("user_display_name")
        handle = try item.required("user_handle")
        guard let end = item.end else { throw ItemError.missing(attribute: Item.endAttribute, key: item.key) }
        self.end = end
    }

    /// Where it is.
    public static func key(_ key: String, of user: String) -> ItemKey {
        ItemKey(partition: prefix + user, sort: key)
    }

    /// The message that the request wrote, with the text that it asks for.
    public func message(_ text: String) -> MessageItem {
        MessageItem(
            group: group, createdAt: createdAt, uuid: messageUUID, text: text,
            sender: Person(uuid: user, displayName: displayName, handle: handle))
    }

    public var item: Item {
        Item(
            key: Self.key(key, of: user),
            attributes: [
                "request": .string(request), "group_uuid": .string(group), "created_at": .string(createdAt),
                "message_uuid": .string(messageUUID), "user_display_name": .string(displayName),
                "user_handle": .string(handle), Item.endAttribute: .number("\(end)"),
            ])
    }
}
