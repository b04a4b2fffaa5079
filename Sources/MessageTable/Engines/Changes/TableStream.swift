import Logging
import Timestamps

/// The changes of a table, whatever stores it, to be followed.
public protocol TableStream: Sendable {
    /// A worker that hands each change to the consumer, in order for each item, from where the consumer has stopped, for
    /// as long as its task lives. A change may come twice.
    ///
    /// - Throws: `TableError.unavailable`; what `checkpoints` throws.
    func following(as consumer: StreamReader) throws -> @Sendable () async throws -> Void

    /// While this runs, `TableEngine.changes(of:)` tells what other programs have changed too. Returns at once where the
    /// table hears of them anyway.
    ///
    /// - Throws: `CancellationError`.
    func announceChanges(now: @escaping @Sendable () -> Timestamp, logger: Logger) async throws
}

/// Who follows a stream.
public struct StreamReader: Sendable {
    let name: String
    let checkpoints: @Sendable () throws -> String
    let now: @Sendable () -> Timestamp
    let logger: Logger
    let onProgress: @Sendable (StreamProgress) -> Void
    let handle: @Sendable (StreamRecord) async throws -> Void

    /// - Parameters:
    ///   - name: under which it is remembered how far it has come.
    ///   - checkpoints: the file in which, asked for where the table itself has no place for that.
    ///   - onProgress: told after each batch.
    public init(
        name: String, checkpoints: @escaping @Sendable () throws -> String,
        now: @escaping @Sendable () -> Timestamp, logger: Logger,
        onProgress: @escaping @Sendable (StreamProgress) -> Void = { _ in },
        handle: @escaping @Sendable (StreamRecord) async throws -> Void
    ) {
        self.name = name
        self.checkpoints = checkpoints
        self.now = now
        self.logger = logger
        self.onProgress = onProgress
        self.handle = handle
    }
}

/// A batch of records that was handled.
public struct StreamProgress: Sendable {
    public let shard: String
    public let records: Int
    /// Seconds from the oldest change of the batch until it was handled.
    public let lag: Double
}
