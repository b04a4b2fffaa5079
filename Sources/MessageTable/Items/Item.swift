import BoundedNumbers

/// Where an item lives: partition key and sort key. Items of one partition are
/// ordered by their sort keys' UTF-8 bytes.
public struct ItemKey: Hashable, Sendable {
    public let partition: String
    public let sort: String

    public init(partition: String, sort: String) {
        self.partition = partition
        self.sort = sort
    }
}

/// One row of the table: its key and its other attributes.
public struct Item: Hashable, Sendable {
    public typealias Attributes = [String: AttributeValue]

    /// When the table may drop an item by itself, in whole seconds since 1970: what DynamoDB calls its time to live,
    /// of type N.
    public static let endAttribute = "expires_at"

    public let key: ItemKey
    public let attributes: Attributes

    public init(key: ItemKey, attributes: Attributes) {
        self.key = key
        self.attributes = attributes
    }

    /// When it may be dropped, in seconds since 1970; `nil`: it stays.
    var end: Int64? {
        guard case .number(let digits) = attributes[Self.endAttribute] else { return nil }
        return Int64(decimal: digits, in: 0 ... .max)
    }

    /// The text of `name`; `nil` if the item lacks it, or has no text there.
    public func text(_ name: String) -> String? { attributes[name]?.text }

    /// The text of `name`.
    ///
    /// - Throws: `ItemError.missing` when the item lacks it.
    func required(_ name: String) throws -> String {
        guard let value = text(name) else { throw ItemError.missing(attribute: name, key: key) }
        return value
    }

    /// What follows `prefix` in the partition key.
    ///
    /// - Throws: `ItemError.otherKind` when the key starts differently.
    func partitionSuffix(after prefix: String) throws -> String {
        guard key.partition.hasPrefix(prefix) else { throw ItemError.otherKind(key: key, expected: prefix) }
        return String(key.partition.dropFirst(prefix.count))
    }
}

/// Why an item is not what it should be.
public enum ItemError: Error, Equatable, CustomStringConvertible {
    case missing(attribute: String, key: ItemKey)
    case otherKind(key: ItemKey, expected: String)
    /// Its sort key is not when it was sent.
    case noTime(key: ItemKey)

    public var description: String {
        switch self {
        case .missing(let attribute, let key):
            "item \(key.partition) / \(key.sort) has no attribute \(attribute)"
        case .otherKind(let key, let expected):
            "item \(key.partition) / \(key.sort) is not one of \(expected)"
        case .noTime(let key):
            "item \(key.partition) / \(key.sort) stands at a sort key that is no time"
        }
    }
}

/// A user as the items carry it: the names are those of the moment of writing.
public struct Person: Hashable, Sendable {
    public let uuid: String
    public let displayName: String
    public let handle: String

    public init(uuid: String, displayName: String, handle: String) {
        self.uuid = uuid
        self.displayName = displayName
        self.handle = handle
    }

    init(_ item: Item) throws {
        uuid = try item.required("user_uuid")
        displayName = try item.required("user_display_name")
        handle = try item.required("user_handle")
    }

    var attributes: Item.Attributes {
        ["user_uuid": .string(uuid), "user_display_name": .string(displayName), "user_handle": .string(handle)]
    }
}
