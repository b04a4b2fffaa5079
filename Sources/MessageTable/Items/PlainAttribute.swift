/// An attribute as JSON for people and files: a text as it is, what has another type as DynamoDB writes it,
/// `{"N": "3"}`. Both can be read back.
public struct PlainAttribute: Codable, Sendable {
    public let value: AttributeValue

    public init(_ value: AttributeValue) { self.value = value }

    public init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            value = .string(text)
        } else {
            value = try AttributeValue(from: decoder)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        guard case .string(let text) = value else { return try value.encode(to: encoder) }
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
