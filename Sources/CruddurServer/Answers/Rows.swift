import MessageTable

/// A message as the API shows it: its sender's names, its own uuid.
struct MessageAnswer: JSONRow {
    let members: [(name: StaticString, text: String)]

    /// - Parameter group: in the echo of a POST only.
    init(_ message: MessageItem, echoing group: String? = nil) {
        var members: [(name: StaticString, text: String)] = [
            ("created_at", message.createdAt), ("display_name", message.sender.displayName),
            ("handle", message.sender.handle), ("message", message.text),
        ]
        if let group { members.append(("message_group_uuid", group)) }
        members.append(("uuid", message.uuid))
        self.members = members
    }
}

/// A group as the API shows it: the other user's names, the last message.
struct GroupAnswer: JSONRow {
    let members: [(name: StaticString, text: String)]

    init(_ group: GroupItem) {
        members = [
            ("created_at", group.lastMessageAt), ("display_name", group.other.displayName),
            ("handle", group.other.handle), ("message", group.text), ("uuid", group.group),
        ]
    }
}
