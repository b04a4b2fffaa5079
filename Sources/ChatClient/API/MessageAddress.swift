/// Whom a message is sent to.
public enum MessageAddress: Hashable, Sendable {
    /// A group that exists, by its uuid.
    case group(String)
    /// A person; a group with them is made if there is none.
    case handle(String)
    /// The letter of the access pattern that a message to it is.
    var pattern: Character {
        switch self {
        case .group: "C"
        case .handle: "D"
        }
    }
}
