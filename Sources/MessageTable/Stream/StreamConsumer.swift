import Logging
import Timestamps
import Traces

/// Reads a stream in order and hands each record to `handle`, for as long as its task
/// lives. A restart goes on where the last run stopped; a record may then come twice.
public struct StreamConsumer<Source: StreamSource>: Sendable {
    /// Records between two checkpoints; who waits for each one has the time to note it.
    private static var batch: Int { 100 }

    private let name: String
    private let source: Source
    private let lag: Duration
    private let time: any TimeSource
    private let now: @Sendable () -> Timestamp
    private let rule: RecordRule
    private let onProgress: @Sendable (StreamProgress) -> Void
    private let handle: @Sendable (StreamRecord) async throws -> Void

    /// - Parameters:
    ///   - name: under which its checkpoint is kept.
    ///   - lag: how old a record must be before it is handled; the real stream's is
    ///     a fraction of a second.
    public init(
        name: String, source: Source, lag: Duration = .zero, time: any TimeSource = SystemTime(),
        now: @escaping @Sendable () -> Timestamp, logger: Logger,
        onProgress: @escaping @Sendable (StreamProgress) -> Void = { _ in },
        handle: @escaping @Sendable (StreamRecord) async throws -> Void
    ) {
        self.name = name
        self.source = source
        self.lag = lag
        self.time = time
        self.now = now
        rule = RecordRule(logger)
        self.onProgress = onProgress
        self.handle = handle
    }

    /// - Throws: `CancellationError`.
    public func run() async throws {
        var signals = source.newRecords().makeAsyncIterator()
        while await signals.next() != nil {
            try await rule.persistent(time.sleep(for:)) { while try await handleBatch() {} }
        }
        try Task.checkCancellation()
    }

    /// Handles what is there now.
    ///
    /// - Returns: whether there was anything.
    func handleBatch() async throws -> Bool {
        let records = try await source.records(
            after: source.checkpoint(of: name), limit: lag > .zero ? 1 : Self.batch)
        var done: String?
        do {
            for record in records {
                try await handleOne(record)
                done = record.sequence
            }
        } catch {
            try? await note(done)
            throw error
        }
        try await note(done)
        if let first = records.first {
            onProgress(
                StreamProgress(shard: "embedded", records: records.count, lag: now().seconds(since: first.at)))
        }
        return done != nil
    }

    /// What was done is not done again, also when this task is cancelled.
    private func note(_ done: String?) async throws {
        guard let done else { return }
        try await Task { try await source.setCheckpoint(done, of: name) }.value
    }

    private func handleOne(_ record: StreamRecord) async throws {
        let age = Duration.seconds(now().seconds(since: record.at))
        // A record of a clock that has gone back since is not waited for until it comes there again.
        if age < lag { try await time.sleep(for: min(lag, lag - age)) }
        try await rule.take(record, handle)
    }
}
