/// What a person wants of a conversation, here and on this machine: no server knows of it.
public struct ConversationKeeping: OptionSet, Hashable, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    /// At the top of the list.
    public static let pinned = ConversationKeeping(rawValue: 1)
    /// Out of the list, until somebody writes there.
    public static let archived = ConversationKeeping(rawValue: 2)
    /// Nothing is told of it while nobody looks.
    public static let muted = ConversationKeeping(rawValue: 4)
}
