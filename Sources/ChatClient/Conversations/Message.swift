import Timestamps

/// A message that a server has listed. Names are those of the moment of writing.
public struct Message: Hashable, Sendable {
    /// What makes two listed rows the same message. The text is part of it, because
    /// some servers give the sender's uuid where the message's should be.
    public struct ID: Hashable, Sendable, Comparable {
        public let uuid: String
        public let text: String

        public static func < (lhs: ID, rhs: ID) -> Bool {
            (lhs.uuid, lhs.text) < (rhs.uuid, rhs.text)
        }
    }

    public let uuid: String
    public let text: String
    public let handle: String
    public let displayName: String
    public let at: Timestamp

    public init(uuid: String, text: String, handle: String, displayName: String, at: Timestamp) {
        self.uuid = uuid
        self.text = text
        self.handle = handle
        self.displayName = displayName
        self.at = at
    }

    init(_ row: WireRow) {
        self.init(
            uuid: row.uuid ?? "\(row.handle) \(row.createdAt.text)", text: row.message, handle: row.handle,
            displayName: row.displayName,
            at: row.createdAt.instant)
    }

    public var id: ID { ID(uuid: uuid, text: text) }

    /// A message may have at most so many Unicode code points.
    public static let maximumScalars = MessageLimit.scalars
}
