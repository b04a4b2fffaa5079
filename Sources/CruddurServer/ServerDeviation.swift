import MessageTable

/// Where a server does not do what ours does: to show what others do.
public struct ServerDeviation: Sendable {
    /// The table as the API asks it.
    public var engine: @Sendable (any TableEngine) -> any TableEngine = { $0 }
    /// What the answer to a message in a group says of it.
    public var echo: @Sendable (MessageItem) -> MessageItem = { $0 }

    public init() {}
}
