/// A part of a stream that is ordered in itself. When it is split or closed, its children go on
/// where it ends.
public struct StreamShard: Hashable, Sendable {
    public let id: String
    /// `nil` for the first of its line; the parent may be gone from the list already.
    public let parent: String?
    /// Nothing new comes to it any more.
    public let isClosed: Bool

    public init(id: String, parent: String?, isClosed: Bool) {
        self.id = id
        self.parent = parent
        self.isClosed = isClosed
    }
}

/// A stream in shards, as DynamoDB has it.
public protocol ShardedStream: Sendable {
    /// All that there are, of the last day.
    ///
    /// - Throws: `TableError.unavailable`.
    func shards() async throws -> [StreamShard]

    /// Where to read on.
    ///
    /// - Throws: `StreamReadError.trimmed`, `TableError.unavailable`.
    func iterator(in shard: String, at position: StreamPosition) async throws -> String

    /// - Throws: `StreamReadError`, `TableError.unavailable`.
    func records(from iterator: String) async throws -> StreamBatch
}

public enum StreamPosition: Hashable, Sendable {
    case oldest
    /// Only what comes from now on.
    case newest
    case after(sequence: String)
}

/// Some records of one shard, in order.
public struct StreamBatch: Sendable {
    public let records: [StreamRecord]
    /// `nil`: the shard has been read to its end.
    public let next: String?

    public init(records: [StreamRecord], next: String?) {
        self.records = records
        self.next = next
    }
}

public enum StreamReadError: Error, Sendable {
    /// The position is older than the day for which records are kept.
    case trimmed
    /// An iterator is good for a quarter of an hour.
    case expired
}

/// How far a follower has come in one shard.
public enum ShardCheckpoint: Hashable, Sendable {
    case after(sequence: String)
    case finished
}

/// Where a follower remembers how far it has come.
public protocol ShardCheckpoints: Sendable {
    /// By shard.
    ///
    /// - Throws: `TableError.unavailable`.
    func all() async throws -> [String: ShardCheckpoint]

    /// - Throws: `TableError.unavailable`.
    func save(_ checkpoint: ShardCheckpoint, of shard: String) async throws

    /// - Throws: `TableError.unavailable`.
    func remove(_ shards: [String]) async throws
}
