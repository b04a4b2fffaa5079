/// A conversation: a group that the server knows, or one that the first message will make.
public enum ConversationID: Hashable, Sendable {
    /// By the group's uuid.
    case group(String)
    /// By the other's handle.
    case new(handle: String)
}
