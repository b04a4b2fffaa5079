import Foundation

/// The names of the attributes that are a table's key.
public struct KeyNames: Hashable, Sendable {
    public let partition: String
    public let sort: String

    public init(partition: String = "pk", sort: String = "sk") {
        (self.partition, self.sort) = (partition, sort)
    }
}

extension Item {
    /// With its key among the attributes, as DynamoDB has it.
    var attributeValues: Attributes {
        attributes.merging(key.attributeValues) { $1 }
    }

    /// - Throws: `TableError.unavailable` when it has no key.
    init(_ map: AttributeMap) throws { try self.init(map.attributes) }

    /// - Throws: `TableError.unavailable` when it has no key.
    init(_ values: Attributes, _ keys: KeyNames = KeyNames()) throws {
        var others = values
        guard let partition = others.removeValue(forKey: keys.partition)?.string,
            let sort = others.removeValue(forKey: keys.sort)?.string
        else {
            throw TableError.unavailable(
                "an item has no \(keys.partition) and \(keys.sort) of type S; this is another kind of table")
        }
        self.init(key: ItemKey(partition: partition, sort: sort), attributes: others)
    }
}

extension ItemKey {
    var attributeValues: Item.Attributes { attributeValues(KeyNames()) }

    func attributeValues(_ keys: KeyNames) -> Item.Attributes {
        [keys.partition: .string(partition), keys.sort: .string(sort)]
    }
}

/// An item as an answer has it. Nearly all hold nothing but texts and numbers, and those are read as what they look
/// like: an object of objects.
struct AttributeMap: Decodable {
    let attributes: Item.Attributes

    /// - Throws: `DecodingError` for a type that there is not.
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let texts = try? container.decode([String: [String: String]].self), let values = Self.values(texts) {
            attributes = values
        } else {
            attributes = try container.decode(Item.Attributes.self)
        }
    }

    /// `nil`: something has another type, or more than one.
    private static func values(_ texts: [String: [String: String]]) -> Item.Attributes? {
        var values = Item.Attributes(minimumCapacity: texts.count)
        for (name, typed) in texts {
            guard typed.count == 1, let (kind, text) = typed.first else { return nil }
            switch kind {
            case "S": values[name] = .string(text)
            case "N": values[name] = .number(text)
            default: return nil
            }
        }
        return values
    }
}

/// DynamoDB's names begin with a capital: `TableName`. The names of attributes are left alone.
enum DynamoDBJSON {
    static func encode(_ request: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .custom { Name($0.last, \.capitalizedFirst) }
        return try encoder.encode(request)
    }

    static func decode<Answer: Decodable>(_ type: Answer.Type = Answer.self, from body: Data) throws -> Answer {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .custom { Name($0.last, \.lowercasedFirst) }
        return try decoder.decode(type, from: body)
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ key: (any CodingKey)?, _ change: (String) -> String) {
            let name = key?.stringValue ?? ""
            // The kinds of attributes, such as S and BOOL.
            stringValue = name == name.uppercased() ? name : change(name)
        }

        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
