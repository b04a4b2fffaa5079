import Timestamps

/// One change of the table, as its stream tells it.
public struct StreamRecord: Hashable, Sendable {
    public enum Event: String, Sendable {
        case insert = "INSERT"
        case modify = "MODIFY"
        case remove = "REMOVE"
    }

    /// A number that grows with every change of its shard; not without gaps, and of up to 40 digits.
    public let sequence: String
    public let event: Event
    public let key: ItemKey
    /// The item after the change (stream view NEW_IMAGE); `nil` when it was removed.
    public let newImage: Item?
    /// When the change was made.
    public let at: Timestamp

    /// Whether it is a message that has come: what pattern E is about.
    public var isNewMessage: Bool { event == .insert && key.partition.hasPrefix(MessageItem.prefix) }

    public init(sequence: String, event: Event, key: ItemKey, newImage: Item?, at: Timestamp) {
        self.sequence = sequence
        self.event = event
        self.key = key
        self.newImage = newImage
        self.at = at
    }
}
