/// What a step has written, or held to be so, at which key: `Put MSG#… 2026-11-24T…`.
public struct TracedWrite: Hashable, Sendable, CustomStringConvertible {
    /// `Put`, `Delete` or `ConditionCheck`.
    public let operation: String
    public let partition: String
    public let sort: String

    public init(_ operation: String, partition: String, sort: String) {
        (self.operation, self.partition, self.sort) = (operation, partition, sort)
    }

    /// `nil` for what is none. Partition keys of ours have no space; a sort key may.
    public init?(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count == 3 else { return nil }
        self.init(String(words[0]), partition: String(words[1]), sort: String(words[2]))
    }

    public var description: String { "\(operation) \(partition) \(sort)" }
}

extension TraceSpan {
    /// What it has written.
    public var writes: [TracedWrite] { (attributes["cruddur.writes"]?.texts ?? []).compactMap(TracedWrite.init) }
}
