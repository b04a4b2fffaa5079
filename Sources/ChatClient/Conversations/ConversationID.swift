/// A conversation: a group that the server knows, or one that the first message will make.
public enum ConversationID: Hashable, Sendable {
    /// By the group's uuid.
    case group(String)
    /// By the other's handle.
    case new(handle: String)
}

extension ConversationID {
    init(group: String?, handle: String) {
        self = group.map { .group($0) } ?? .new(handle: handle)
    }

    /// The group's uuid, once there is one.
    var group: String? {
        if case .group(let uuid) = self { return uuid }
        return nil
    }
}
