import Timestamps

/// One change of the table, as its stream tells it.
public struct StreamRecord: Hashable, Sendable {
    public enum Event: String, Sendable {
        case insert = "INSERT"
        case modify = "MODIFY"
        case remove = "REMOVE"
    }

    /// Grows with every change; not without gaps.
    public let sequence: Int64
    public let event: Event
    public let key: ItemKey
    /// The item after the change (stream view NEW_IMAGE); `nil` when it was removed.
    public let newImage: Item?
    /// When the change was made.
    public let at: Timestamp

    public init(sequence: Int64, event: Event, key: ItemKey, newImage: Item?, at: Timestamp) {
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
    func records(after sequence: Int64, limit: Int) async throws -> [StreamRecord]

    /// The sequence number of the last record that `consumer` is done with; 0 at first.
    ///
    /// - Throws: `TableError.unavailable`.
    func checkpoint(of consumer: String) async throws -> Int64

    /// - Throws: `TableError.unavailable`.
    func setCheckpoint(_ sequence: Int64, of consumer: String) async throws

    /// One element at once, then one whenever there may be new records.
    func newRecords() -> AsyncStream<Void>
}
