import Logging
import Synchronization
import TestSupport
import Testing
import Timestamps

@testable import MessageTable

/// A stream whose shards split, whose iterators expire, which tells things twice and out of order.
/// All that goes wrong follows from the seed.
private final class StormyStream: ShardedStream {
    private struct Shard {
        let id: String
        let parent: String?
        var records: [StreamRecord]
    }

    private struct State {
        var random: Seeded
        var expired = 0
    }

    private let lineage: [Shard]
    private let state: Mutex<State>

    init(_ records: [StreamRecord], seed: UInt64) {
        var random = Seeded(seed)
        // Three generations: a parent, two children that share what follows, a grandchild of each.
        let first = records.count / 3
        var shards = [Shard(id: "s0", parent: nil, records: Array(records.prefix(first)))]
        for side in ["a", "b"] {
            shards.append(Shard(id: "s1\(side)", parent: "s0", records: []))
            shards.append(Shard(id: "s2\(side)", parent: "s1\(side)", records: []))
        }
        for (number, record) in records.enumerated().dropFirst(first) {
            // As DynamoDB: one partition key is in one line of shards.
            let side = record.key.partition.utf8.reduce(0) { $0 &* 31 &+ Int($1) } % 2 == 0 ? 1 : 3
            shards[side + (number > records.count * 2 / 3 ? 1 : 0)].records.append(record)
        }
        for index in shards.indices where Int.random(in: 0..<3, using: &random) == 0 {
            // The emulator's own trouble: some come twice, and not in order.
            let again = shards[index].records.shuffled(using: &random).prefix(5)
            shards[index].records = (shards[index].records + again).shuffled(using: &random)
        }
        lineage = shards
        state = Mutex(State(random: random))
    }

    func shards() async throws -> [StreamShard] {
        if chance(10) { throw TableError.unavailable("busy") }
        return lineage.map { StreamShard(id: $0.id, parent: $0.parent, isClosed: true) }
    }

    func iterator(in shard: String, at position: StreamPosition) async throws -> String {
        let records = lineage.first { $0.id == shard }?.records ?? []
        switch position {
        case .oldest: return "\(shard)/0"
        case .newest: return "\(shard)/\(records.count)"
        case .after(let sequence):
            if chance(20) { throw StreamReadError.trimmed }
            return "\(shard)/\((records.firstIndex { $0.sequence == sequence } ?? -1) + 1)"
        }
    }

    func records(from iterator: String) async throws -> StreamBatch {
        if chance(10) { throw StreamReadError.expired }
        if chance(10) { throw TableError.unavailable("connection lost") }
        let parts = iterator.split(separator: "/")
        let records = lineage.first { $0.id == parts[0] }?.records ?? []
        let start = Int(parts[1]) ?? 0
        let end = min(records.count, start + Int(state.withLock { $0.random.next() % 7 }))
        return StreamBatch(
            records: Array(records[start..<end]), next: end < records.count ? "\(parts[0])/\(end)" : nil)
    }

    private func chance(_ oneIn: UInt64) -> Bool { state.withLock { $0.random.next() % oneIn == 0 } }
}

/// Tells when `count` shards have been read to their ends.
private struct WatchedCheckpoints: ShardCheckpoints {
    let checkpoints: CheckpointFile
    let count: Int
    let finished: AsyncStream<Void>.Continuation

    func all() async throws -> [String: ShardCheckpoint] { try await checkpoints.all() }

    func save(_ checkpoint: ShardCheckpoint, of shard: String) async throws {
        try await checkpoints.save(checkpoint, of: shard)
        if try await checkpoints.all().count(where: { $0.value == .finished }) == count { finished.yield() }
    }

    func remove(_ shards: [String]) async throws { try await checkpoints.remove(shards) }
}

struct StreamFollowerTests {
    private struct Killed: Error {}

    private let ada = Person(uuid: "ada", displayName: "Ada", handle: "ada")
    private let others = (0..<3).map { Person(uuid: "u\($0)", displayName: "U\($0)", handle: "u\($0)") }

    private var logger: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    /// The worker is killed at random moments and started again, until it has read everything.
    @Test(arguments: 0..<200)
    func howeverTheStreamAndTheWorkerFailEveryGroupEndsAtItsNewestMessage(seed: Int) async throws {
        let folder = try TemporaryFolder()
        let engine = try EmbeddedEngine(path: folder.path + "/table.sqlite") { Timestamp(microseconds: 0) }
        var random = Seeded(UInt64(seed))
        var newest: [String: MessageItem] = [:]
        for number in 1...40 {
            let other = others[Int.random(in: 0..<others.count, using: &random)]
            let group = "g-" + other.uuid
            let message = MessageItem(
                group: group, createdAt: Timestamp(microseconds: Int64(number) * 1000).description, uuid: "m\(number)",
                text: "message \(number)", sender: Bool.random(using: &random) ? ada : other)
            try await engine.run(
                newest[group] == nil
                    ? .startGroup(
                        MessageItem(
                            group: group, createdAt: message.createdAt, uuid: message.uuid, text: message.text,
                            sender: ada),
                        recipient: other) : .addMessage(message))
            newest[group] = message
        }
        let stream = StormyStream(try await engine.records(after: nil, limit: 1000), seed: UInt64(seed))
        let checkpoints = try CheckpointFile(path: folder.path + "/checkpoints.sqlite", stream: "test")
        var runs = 0
        while try await checkpoints.all().count(where: { $0.value == .finished }) < 5 {
            runs += 1
            try #require(runs < 500)
            let killAt = Int.random(in: 1..<30, using: &random)
            await run(stream, checkpoints, engine, killAt: killAt)
        }
        for (group, message) in newest {
            let rows = try await engine.all(ReadPattern.members(group: group)).map(GroupItem.init)
            #expect(rows.count == 2)
            #expect(rows.allSatisfy { $0.text == message.text && $0.lastMessageAt == message.createdAt })
        }
    }

    private func run(
        _ stream: StormyStream, _ checkpoints: CheckpointFile, _ engine: EmbeddedEngine, killAt: Int
    ) async {
        let (done, finished) = AsyncStream.makeStream(of: Void.self)
        let checkpoints = WatchedCheckpoints(checkpoints: checkpoints, count: 5, finished: finished)
        let handled = Mutex(0)
        let projector = GroupProjector(engine: engine)
        let follower = StreamFollower(
            stream: stream, checkpoints: checkpoints, now: { Timestamp(microseconds: 0) },
            sleep: { wait in
                guard wait == StreamFollower.Pace().shards else { return await Task.yield() }
                // The next look for shards is far away: by then, all has been read.
                for await _ in done { break }
                throw Killed()
            }, logger: logger
        ) { record in
            // Before or after its work is done.
            let number = handled.withLock {
                $0 += 1
                return $0
            }
            if number == killAt, number % 2 == 0 { throw Killed() }
            try await projector.project(record)
            if number == killAt { throw Killed() }
        }
        do { try await follower.run() } catch {}
    }

    @Test func whoStartsAtTheNewestHearsNothingOld() async throws {
        let record = StreamRecord(
            sequence: "1", event: .insert, key: ItemKey(partition: "MSG#g", sort: "1"), newImage: nil,
            at: Timestamp(microseconds: 0))
        let stream = StormyStream(Array(repeating: record, count: 9), seed: 4)
        let folder = try TemporaryFolder()
        let (done, finished) = AsyncStream.makeStream(of: Void.self)
        let checkpoints = WatchedCheckpoints(
            checkpoints: try CheckpointFile(path: folder.path + "/checkpoints.sqlite", stream: "test"), count: 5,
            finished: finished)
        let seen = Mutex(0)
        let follower = StreamFollower(
            stream: stream, checkpoints: checkpoints, start: .newest, now: { Timestamp(microseconds: 0) },
            sleep: { wait in
                guard wait == StreamFollower.Pace().shards else { return await Task.yield() }
                for await _ in done { break }
                throw Killed()
            }, logger: logger
        ) { _ in seen.withLock { $0 += 1 } }
        await #expect(throws: Killed.self) { try await follower.run() }
        #expect(seen.withLock { $0 } == 0)
    }
}
