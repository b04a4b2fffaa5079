import Logging
import Timestamps

/// Follows a sharded stream and hands each record to `handle`: in order within a line of shards,
/// parents before their children, separate lines at once. A restart goes on where the last run
/// stopped; the last records may then come twice.
public struct StreamFollower: Sendable {
    /// Where a shard without a checkpoint is begun when the follower starts.
    public enum Start: Sendable {
        case oldest
        /// For who wants to know what happens from now on.
        case newest
    }

    /// Waits between reads.
    public struct Pace: Sendable {
        /// After a read that brought nothing; a shard allows five reads a second.
        public var empty = Duration.milliseconds(250)
        /// Between two looks for new shards.
        public var shards = Duration.seconds(10)
        /// After a failure; each later one is twice as long, up to a minute.
        public var fault = Duration.seconds(1)

        public init() {}
    }

    private let stream: any ShardedStream
    private let checkpoints: any ShardCheckpoints
    private let start: Start
    private let pace: Pace
    private let now: @Sendable () -> Timestamp
    private let sleep: @Sendable (Duration) async throws -> Void
    private let logger: Logger
    private let rule: RecordRule
    private let onProgress: @Sendable (StreamProgress) -> Void
    private let handle: @Sendable (StreamRecord) async throws -> Void

    public init(
        stream: any ShardedStream, checkpoints: any ShardCheckpoints, start: Start = .oldest, pace: Pace = Pace(),
        now: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await SystemTime().sleep(for: $0) },
        logger: Logger, onProgress: @escaping @Sendable (StreamProgress) -> Void = { _ in },
        handle: @escaping @Sendable (StreamRecord) async throws -> Void
    ) {
        self.stream = stream
        self.checkpoints = checkpoints
        self.start = start
        self.pace = pace
        self.now = now
        self.sleep = sleep
        self.logger = logger
        rule = RecordRule(logger)
        self.onProgress = onProgress
        self.handle = handle
    }

    private enum Happening: Sendable {
        case shardFinished(String)
        case timeToLook
    }

    /// - Throws: `CancellationError`; what `handle` throws beside `TableError` and `ItemError`.
    public func run() async throws {
        var known = try await persistent { try await checkpoints.all() }
        var running: Set<String> = []
        var isFirstLook = true
        try await withThrowingTaskGroup(of: Happening.self) { group in
            defer { group.cancelAll() }
            group.addTask { .timeToLook }
            for try await happening in group {
                if case .shardFinished(let shard) = happening {
                    running.remove(shard)
                    known[shard] = .finished
                }
                let shards = try await persistent { try await stream.shards() }
                for shard in shards where isReady(shard, among: shards, known) && running.insert(shard.id).inserted {
                    let begin = position(of: shard, known, isFirstLook: isFirstLook)
                    group.addTask {
                        try await follow(shard.id, from: begin)
                        return .shardFinished(shard.id)
                    }
                }
                let gone = known.keys.filter { id in !running.contains(id) && !shards.contains { $0.id == id } }
                if !gone.isEmpty { try await persistent { try await checkpoints.remove(gone) } }
                for shard in gone { known[shard] = nil }
                isFirstLook = false
                if case .timeToLook = happening {
                    group.addTask {
                        try await sleep(pace.shards)
                        return .timeToLook
                    }
                }
            }
        }
    }

    /// What came before it has been handled.
    private func isReady(
        _ shard: StreamShard, among shards: [StreamShard], _ known: [String: ShardCheckpoint]
    ) -> Bool {
        guard known[shard.id] != .finished else { return false }
        guard let parent = shard.parent, shards.contains(where: { $0.id == parent }) else { return true }
        return known[parent] == .finished || start == .newest && known[parent] == nil
    }

    private func position(
        of shard: StreamShard, _ known: [String: ShardCheckpoint], isFirstLook: Bool
    ) -> StreamPosition {
        if case .after(let sequence) = known[shard.id] { return .after(sequence: sequence) }
        return start == .newest && isFirstLook ? .newest : .oldest
    }

    // MARK: One shard

    private func follow(_ shard: String, from begin: StreamPosition) async throws {
        var position = begin
        var iterator: String?
        while true {
            do {
                let current: String
                if let iterator { current = iterator } else { current = try await self.iterator(shard, &position) }
                let batch = try await persistent { try await stream.records(from: current) }
                try await take(batch, of: shard, &position)
                guard let next = batch.next else {
                    return try await persistent { try await checkpoints.save(.finished, of: shard) }
                }
                iterator = next
                if batch.records.isEmpty { try await sleep(pace.empty) }
            } catch StreamReadError.expired {
                iterator = nil
            } catch StreamReadError.trimmed {
                // What it was at is gone.
                logger.warning(
                    "stream: records older than a day are lost; cruddur-ops check finds groups that did not move",
                    metadata: ["shard": "\(shard)"])
                (iterator, position) = (nil, .oldest)
            }
        }
    }

    private func iterator(_ shard: String, _ position: inout StreamPosition) async throws -> String {
        let wanted = position
        return try await persistent { try await stream.iterator(in: shard, at: wanted) }
    }

    private func take(_ batch: StreamBatch, of shard: String, _ position: inout StreamPosition) async throws {
        guard let first = batch.records.first, let last = batch.records.last else { return }
        for record in batch.records {
            try await rule.take(record) { record in try await persistent { try await handle(record) } }
        }
        try await persistent { try await checkpoints.save(.after(sequence: last.sequence), of: shard) }
        position = .after(sequence: last.sequence)
        onProgress(StreamProgress(shard: shard, records: batch.records.count, lag: now().seconds(since: first.at)))
    }

    /// Again and again, until it goes.
    private func persistent<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        try await rule.persistent(pause: pace.fault, sleep, body)
    }
}
