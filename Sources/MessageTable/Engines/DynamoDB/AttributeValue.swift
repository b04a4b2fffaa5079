import Foundation

/// One attribute in DynamoDB's JSON: `{"S": "text"}`.
///
/// The table's own attributes are all strings, but for the time of their end. Others, which a person may have put there, are read
/// as text where they have one, so that nothing is hidden.
struct AttributeValue: Codable, Sendable {
    /// `nil` for a kind that has no text: a set, a list, a map, binary or null.
    let text: String?
    private let kind: Kind

    init(_ text: String, isNumber: Bool = false) {
        self.text = text
        kind = isNumber ? .number : .string
    }

    private enum Kind: String, CodingKey {
        case string = "S"
        case number = "N"
        case boolean = "BOOL"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Kind.self)
        if let string = try values.decodeIfPresent(String.self, forKey: .string) {
            (text, kind) = (string, .string)
        } else if let number = try values.decodeIfPresent(String.self, forKey: .number) {
            (text, kind) = (number, .number)
        } else {
            text = try values.decodeIfPresent(Bool.self, forKey: .boolean).map { $0 ? "true" : "false" }
            kind = .string
        }
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Kind.self)
        try values.encode(text ?? "", forKey: kind)
    }
}

extension Item {
    typealias Attributes = [String: AttributeValue]

    /// With its key among the attributes, as DynamoDB has it.
    var attributeValues: Attributes {
        var values: Attributes = [:]
        for (name, value) in attributes { values[name] = AttributeValue(value, isNumber: name == Self.endAttribute) }
        for (name, value) in key.attributeValues { values[name] = value }
        return values
    }

    /// - Throws: `TableError.unavailable` when it has no key.
    init(_ values: Attributes) throws {
        var texts = values.compactMapValues(\.text)
        guard let partition = texts.removeValue(forKey: "pk"), let sort = texts.removeValue(forKey: "sk") else {
            throw TableError.unavailable("an item has no pk and sk of type S; this is another kind of table")
        }
        self.init(key: ItemKey(partition: partition, sort: sort), attributes: texts)
    }
}

extension ItemKey {
    var attributeValues: Item.Attributes {
        ["pk": AttributeValue(partition), "sk": AttributeValue(sort)]
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
