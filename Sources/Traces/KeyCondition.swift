/// Which keys a read asks for, as DynamoDB would have it, with its values: `pk = "MSG#g" AND begins_with(sk, "2026")`.
public struct KeyCondition: Hashable, Sendable, CustomStringConvertible {
    public struct Sort: Hashable, Sendable {
        public enum Comparison: Hashable, Sendable { case equals, beginsWith }

        public let attribute: String
        public let comparison: Comparison
        public let value: String

        public init(_ attribute: String, _ comparison: Comparison, _ value: String) {
            (self.attribute, self.comparison, self.value) = (attribute, comparison, value)
        }
    }

    /// The name of the partition key, in the table or in an index.
    public let attribute: String
    public let partition: String
    public let sort: Sort?

    public init(_ attribute: String, _ partition: String, sort: Sort? = nil) {
        (self.attribute, self.partition, self.sort) = (attribute, partition, sort)
    }

    /// `nil` for what is none.
    public init?(_ text: String) {
        guard
            let found = text.wholeMatch(
                of: /(\w+) = "(.*?)"(?: AND (?:begins_with\((\w+), "(.*)"\)|(\w+) = "(.*)"))?/)
        else { return nil }
        var sort: Sort?
        if let name = found.3, let prefix = found.4 { sort = Sort(String(name), .beginsWith, String(prefix)) }
        if let name = found.5, let value = found.6 { sort = Sort(String(name), .equals, String(value)) }
        self.init(String(found.1), String(found.2), sort: sort)
    }

    public var description: String {
        let begin = "\(attribute) = \"\(partition)\""
        guard let sort else { return begin }
        switch sort.comparison {
        case .equals: return "\(begin) AND \(sort.attribute) = \"\(sort.value)\""
        case .beginsWith: return "\(begin) AND begins_with(\(sort.attribute), \"\(sort.value)\")"
        }
    }
}

extension TraceSpan {
    /// Which keys it has read.
    public var keyCondition: KeyCondition? { attributes["cruddur.key_condition"]?.text.flatMap(KeyCondition.init) }
}
