/// One attribute of an item, of any of DynamoDB's types. The table's own attributes are all texts; others, which
/// another server has put there and may need, are kept as they came.
///
/// Numbers stay the text that was written, and binary values their base64: nothing is computed with them.
public indirect enum AttributeValue: Hashable, Sendable {
    /// `S`
    case string(String)
    /// `N`
    case number(String)
    /// `B`, in base64.
    case binary(String)
    /// `BOOL`
    case boolean(Bool)
    /// `NULL`
    case null
    /// `M`
    case map([String: AttributeValue])
    /// `L`
    case list([AttributeValue])
    /// `SS`
    case stringSet(Set<String>)
    /// `NS`
    case numberSet(Set<String>)
    /// `BS`
    case binarySet(Set<String>)

    /// Of a value that is one; `nil` for a set, a list, a map, binary or null.
    public var text: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .boolean(let value): value ? "true" : "false"
        case .binary, .null, .map, .list, .stringSet, .numberSet, .binarySet: nil
        }
    }

    /// Of a value of type `S`.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }
}

extension AttributeValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    public init(stringLiteral text: String) { self = .string(text) }
}

/// As DynamoDB's JSON writes it: `{"S": "text"}`, `{"L": [{"N": "1"}, {"NULL": true}]}`.
extension AttributeValue: Codable {
    private enum Kind: String, CodingKey {
        case string = "S"
        case number = "N"
        case binary = "B"
        case boolean = "BOOL"
        case null = "NULL"
        case map = "M"
        case list = "L"
        case stringSet = "SS"
        case numberSet = "NS"
        case binarySet = "BS"
    }

    /// - Throws: `DecodingError` for a type that there is not: what cannot be kept is not read.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Kind.self)
        let kinds = values.allKeys
        guard let kind = kinds.first, kinds.count == 1 else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not an attribute of one known type"))
        }
        switch kind {
        case .string: self = .string(try values.decode(String.self, forKey: kind))
        case .number: self = .number(try values.decode(String.self, forKey: kind))
        case .binary: self = .binary(try values.decode(String.self, forKey: kind))
        case .boolean: self = .boolean(try values.decode(Bool.self, forKey: kind))
        case .null: self = .null
        case .map: self = .map(try values.decode([String: AttributeValue].self, forKey: kind))
        case .list: self = .list(try values.decode([AttributeValue].self, forKey: kind))
        case .stringSet: self = .stringSet(try values.decode(Set<String>.self, forKey: kind))
        case .numberSet: self = .numberSet(try values.decode(Set<String>.self, forKey: kind))
        case .binarySet: self = .binarySet(try values.decode(Set<String>.self, forKey: kind))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Kind.self)
        switch self {
        case .string(let text): try values.encode(text, forKey: .string)
        case .number(let text): try values.encode(text, forKey: .number)
        case .binary(let text): try values.encode(text, forKey: .binary)
        case .boolean(let value): try values.encode(value, forKey: .boolean)
        case .null: try values.encode(true, forKey: .null)
        case .map(let members): try values.encode(members, forKey: .map)
        case .list(let elements): try values.encode(elements, forKey: .list)
        // In an order of ours, so that one item is always the same bytes.
        case .stringSet(let elements): try values.encode(elements.sorted(), forKey: .stringSet)
        case .numberSet(let elements): try values.encode(elements.sorted(), forKey: .numberSet)
        case .binarySet(let elements): try values.encode(elements.sorted(), forKey: .binarySet)
        }
    }
}
