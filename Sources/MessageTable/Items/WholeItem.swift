/// An item with its key among its attributes, in DynamoDB's own JSON: `{"pk": {"S": "MSG#..."}, "sk": ...}`. For files.
public struct WholeItem: Codable, Hashable, Sendable {
    public let item: Item

    public init(_ item: Item) { self.item = item }

    /// - Throws: `DecodingError`; `TableError.unavailable` without a key.
    public init(from decoder: any Decoder) throws {
        item = try Item(try decoder.singleValueContainer().decode(Item.Attributes.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(item.attributeValues)
    }
}
