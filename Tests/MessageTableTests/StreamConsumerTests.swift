import Logging
import Synchronization
import TestSupport
import Testing
import Timestamps
import Traces

@testable import MessageTable

struct StreamConsumerTests {
    private let folder: TemporaryFolder
    private let engine: EmbeddedEngine

    init() throws {
        folder = try TemporaryFolder()
        engine = try EmbeddedEngine(path: folder.path + "/table.sqlite") { Timestamp(microseconds: 0) }
    }

    private func put(_ number: Int) async throws {
        let key = ItemKey(partition: "MSG#g", sort: "\(number)")
        try await engine.put(Item(key: key, attributes: [:]), if: .none)
    }

    /// Runs a consumer until it has handled `count` records.
    private func run(until count: Int, handle: @escaping @Sendable (StreamRecord) async throws -> Void) async throws
        -> [String]
    {
        let seen = Mutex<[String]>([])
        let (done, finish) = AsyncStream.makeStream(of: Void.self)
        let consumer = StreamConsumer(
            name: "test", source: engine, now: { Timestamp(microseconds: 0) }, logger: Logger(label: "test")
        ) { record in
            let handled = seen.withLock {
                $0.append(record.key.sort)
                return $0.count
            }
            if handled == count { finish.yield() }
            try await handle(record)
        }
        let task = Task { try await consumer.run() }
        for await _ in done { break }
        task.cancel()
        _ = try? await task.value
        return seen.withLock { $0 }
    }

    @Test func aRestartGoesOnBehindWhatWasDone() async throws {
        for number in 1...3 { try await put(number) }
        _ = try await run(until: 3) { _ in }
        // The last one may come again: its checkpoint was cut off with the task.
        let checkpoint = Int(try await engine.checkpoint(of: "test") ?? "") ?? 0
        #expect(checkpoint >= 2)
        for number in 4...5 { try await put(number) }
        let seen = try await run(until: 5 - checkpoint) { _ in }
        #expect(seen == (checkpoint + 1...5).map(String.init))
    }

    @Test func oneCheckpointIsWrittenForManyRecordsAndOneForWhatWasDoneBeforeAFault() async throws {
        struct Fault: Error {}
        for number in 1...150 { try await put(number) }
        let counting = CountingSource(engine)
        let seen = Mutex(0)
        let consumer = StreamConsumer(
            name: "test", source: counting, now: { Timestamp(microseconds: 0) }, logger: Logger(label: "test")
        ) { record in
            guard
                seen.withLock({
                    $0 += 1; return $0 != 121
                })
            else { throw Fault() }
        }
        #expect(try await consumer.handleBatch())
        #expect(counting.checkpoints == ["100"])
        await #expect(throws: Fault.self) { try await consumer.handleBatch() }
        #expect(counting.checkpoints == ["100", "120"])
        while try await consumer.handleBatch() {}
        #expect(counting.checkpoints.last == "150")
        // The one that failed came again, and no other.
        #expect(seen.withLock { $0 } == 151)
    }

    @Test func aRecordThatCanNeverBeReadDoesNotStopTheOthers() async throws {
        for number in 1...3 { try await put(number) }
        let seen = try await run(until: 3) { record in
            if record.key.sort == "2" { throw ItemError.missing(attribute: "message", key: record.key) }
        }
        #expect(seen == ["1", "2", "3"])
    }

    /// The next write may be days away.
    @Test func whatFailedIsTriedAgainThoughNothingElseIsWritten() async throws {
        try await put(1)
        let time = HeldTime()
        let tries = Mutex(0)
        let (done, finish) = AsyncStream.makeStream(of: Void.self)
        let consumer = StreamConsumer(
            name: "test", source: engine, time: time, now: { Timestamp(microseconds: 0) }, logger: Logger(label: "test")
        ) { _ in
            let count = tries.withLock {
                $0 += 1
                return $0
            }
            if count < 4 { throw TableError.unavailable("busy") }
            finish.yield()
        }
        let task = Task { try await consumer.run() }
        let clock = Task {
            while !Task.isCancelled {
                time.advance(by: .seconds(1))
                await Task.yield()
            }
        }
        for await _ in done { break }
        clock.cancel()
        task.cancel()
        _ = try? await task.value
        #expect(tries.withLock { $0 } == 4)
    }

    @Test func whatIsWrittenWhileItWaitsIsSeenWithoutAPoll() async throws {
        async let seen = run(until: 1) { _ in }
        try await put(1)
        #expect(try await seen == ["1"])
    }
}

/// A source that notes its checkpoints.
private final class CountingSource: StreamSource {
    private let engine: EmbeddedEngine
    private let noted = Mutex<[String]>([])

    init(_ engine: EmbeddedEngine) {
        self.engine = engine
    }

    var checkpoints: [String] { noted.withLock(\.self) }

    func records(after sequence: String?, limit: Int) async throws -> [StreamRecord] {
        try await engine.records(after: sequence, limit: limit)
    }

    func checkpoint(of consumer: String) async throws -> String? { try await engine.checkpoint(of: consumer) }

    func setCheckpoint(_ sequence: String, of consumer: String) async throws {
        noted.withLock { $0.append(sequence) }
        try await engine.setCheckpoint(sequence, of: consumer)
    }

    func newRecords() -> Changes { engine.newRecords() }
}
