/// Whom a message is sent to.
public enum MessageAddress: Hashable, Sendable {
    /// A group that exists, by its uuid.
    case group(String)
    /// A person; a group with them is made if there is none.
    case handle(String)
}
