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

    public init(sequence: String, event: Event, key: ItemKey, newImage: Item?, at: Timestamp) {
        self.sequence = sequence
        self.event = event
        self.key = key
        self.newImage = newImage
        self.at = at
    }
}

/// Where stream records come from, and where a consumer remembers how far it has read.
public protocol StreamSource: Sendable {
    /// At most `limit` records behind `sequence`, oldest first.
    ///
    /// - Throws: `TableError.unavailable`.
    func records(after sequence: String?, limit: Int) async throws -> [StreamRecord]

    /// The sequence number of the last record that `consumer` is done with; `nil` at first.
    ///
    /// - Throws: `TableError.unavailable`.
    func checkpoint(of consumer: String) async throws -> String?

    /// - Throws: `TableError.unavailable`.
    func setCheckpoint(_ sequence: String, of consumer: String) async throws

    /// One element at once, then one whenever there may be new records.
    func newRecords() -> AsyncStream<Void>
}
