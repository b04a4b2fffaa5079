import ExactText
import Timestamps

/// One message of the right pane.
public struct TranscriptEntry: Hashable, Sendable, Identifiable {
    public enum ID: Hashable, Sendable {
        case message(Message.ID)
        case outgoing(Outgoing.ID)
    }

    public let id: ID
    public let text: String
    public let handle: String
    public let displayName: String
    public let at: Timestamp
    public let isOwn: Bool
    /// `nil` for a listed message.
    public let delivery: Outgoing.State?
    /// Nobody has looked at it here.
    public let isUnread: Bool
    /// Messages between this and the next were missed.
    public let isBeforeGap: Bool

    /// - Parameters:
    ///   - me: your own handle; where it is not known, whoever is not the `other` is you.
    public init(
        _ message: Message, me: String?, other: String? = nil, isUnread: Bool = false, isBeforeGap: Bool = false
    ) {
        id = .message(message.id)
        text = message.text
        handle = message.handle
        displayName = message.displayName
        at = message.at
        isOwn = me.map { message.handle.isExactly($0) } ?? (other.map { !message.handle.isExactly($0) } ?? false)
        delivery = nil
        self.isUnread = isUnread
        self.isBeforeGap = isBeforeGap
    }

    public init(_ outgoing: Outgoing, me: String?) {
        id = .outgoing(outgoing.id)
        text = outgoing.text
        handle = me ?? ""
        displayName = me ?? "you"
        at = outgoing.sentAt ?? outgoing.queuedAt
        isOwn = true
        delivery = outgoing.state
        isUnread = false
        isBeforeGap = false
    }
}
