import GRDB
import Synchronization
import TestSupport
import Testing
import Timestamps

@testable import ChatClient

/// What is written and not sent: when it is on disk, and that nothing older is there instead.
@Suite(.timeLimit(.minutes(30)))
struct DraftsTests {
    private func onDisk(_ rooms: Rooms) async -> [ConversationID: String] { await rooms.drafts.all() }

    @Test func aDraftIsOnDiskHalfASecondAfterItIsTypedAndNotBefore() async throws {
        try await Rooms.run { rooms in
            await rooms.know()
            try await rooms.during(rooms.drafts.run) {
                await rooms.drafts.keep("h", of: Rooms.bob)
                #expect(try await rooms.alarm() == .milliseconds(500))
                rooms.clock.advance(by: .milliseconds(499))
                // Typing on does not put it off.
                await rooms.drafts.keep("hello", of: Rooms.bob)
                await rooms.drafts.keep("to hana", of: Rooms.hana)
                #expect(rooms.clock.nextAlarm == .milliseconds(1))
                #expect(await onDisk(rooms).isEmpty)
                rooms.clock.advance(by: .milliseconds(1))
                try await until { await onDisk(rooms) == [Rooms.bob: "hello", Rooms.hana: "to hana"] }
            }
        }
    }

    @Test func whatIsNotOnDiskAtTheEndIsWrittenThen() async throws {
        try await Rooms.run { rooms in
            await rooms.know()
            try await rooms.during(rooms.drafts.run) {
                await rooms.drafts.keep("first", of: Rooms.bob)
                await rooms.drafts.flush()
                await rooms.drafts.keep(nil, of: Rooms.bob)
                await rooms.drafts.keep("last words", of: Rooms.hana)
            }
            #expect(await onDisk(rooms) == [Rooms.hana: "last words"])
            #expect(rooms.clock.nextAlarm == nil)
        }
    }

    @Test func aTextIsInTheDraftOrInTheOutboxAtEveryMomentAndNeverInBoth() async throws {
        try await Rooms.run { rooms in
            await rooms.know()
            let watcher = Watcher(Rooms.bob.row)
            await rooms.keeper.use { history in
                history.database.add(transactionObserver: watcher, extent: .databaseLifetime)
            }
            let (owner, now) = (rooms.keeper.owner, rooms.clock.now())
            await rooms.drafts.keep("hello", of: Rooms.bob)
            await rooms.drafts.flush()
            // Typed on, and sent before that was written.
            await rooms.drafts.keep("hello!", of: Rooms.bob)
            await rooms.drafts.isKept(Rooms.bob)
            await rooms.keeper.use {
                _ = try await $0.enqueue("hello!", in: Rooms.bob.row, by: owner, at: now, draft: nil)
            }
            await rooms.drafts.flush()
            #expect(await onDisk(rooms).isEmpty)
            #expect(await rooms.outbox().map(\.text) == ["hello!"])
            #expect(watcher.seen == [.init(drafts: 1, outgoing: 0), .init(drafts: 0, outgoing: 1)])
        }
    }

    @Test func aDraftOnItsWayToTheDiskIsThereBeforeItsTextIsSentAndNeverAfter() async throws {
        let folder = try TemporaryFolder()
        let file = HistoryFile(path: folder.path + "/history.sqlite", patience: 300)
        try await Rooms.run(file: file) { rooms in
            await rooms.know()
            let (other, drafts) = (try OtherProgram(file.path), rooms.drafts)
            let (owner, now) = (rooms.keeper.owner, rooms.clock.now())
            try other.lock()
            await drafts.keep("hello", of: Rooms.bob)
            let flush = Task { await drafts.flush() }
            try await until { await drafts.changed.isEmpty }
            let mayBeSent = Mutex(false)
            let sending = Task {
                await drafts.isKept(Rooms.bob)
                mayBeSent.withLock { $0 = true }
            }
            for _ in 0..<200 { await Task.yield() }
            #expect(mayBeSent.withLock { $0 } == false)
            try other.unlock()
            await sending.value
            await rooms.keeper.use {
                _ = try await $0.enqueue("hello", in: Rooms.bob.row, by: owner, at: now, draft: nil)
            }
            await flush.value
            #expect(await onDisk(rooms).isEmpty)
        }
    }

    @Test func aDraftThatChangesWhileItIsWrittenIsWrittenAsItIsThen() async throws {
        let folder = try TemporaryFolder()
        // However busy the machine is: longer than the test may take.
        let file = HistoryFile(path: folder.path + "/history.sqlite", patience: 300)
        try await Rooms.run(file: file) { rooms in
            await rooms.know()
            let other = try OtherProgram(file.path)
            for round in 0..<20 {
                try other.lock()
                await rooms.drafts.keep("old \(round)", of: Rooms.bob)
                let (drafts, flushing) = (rooms.drafts, AsyncStream.makeStream(of: Void.self))
                let flush = Task {
                    flushing.continuation.yield()
                    await drafts.flush()
                }
                _ = await flushing.stream.first { _ in true }
                for _ in 0..<round { await Task.yield() }
                await rooms.drafts.keep("new \(round)", of: Rooms.bob)
                try other.unlock()
                await flush.value
                await rooms.drafts.flush()
                #expect(await onDisk(rooms) == [Rooms.bob: "new \(round)"])
            }
        }
    }
}

/// Sees after each commit where a conversation's text is.
private final class Watcher: TransactionObserver, Sendable {
    struct Place: Equatable, Sendable {
        let drafts: Int
        let outgoing: Int
    }

    private let conversation: Int64
    private let places = Mutex<[Place]>([])

    init(_ conversation: Int64) { self.conversation = conversation }

    /// Without what is like the last.
    var seen: [Place] { places.withLock(\.self) }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool {
        ["draft", "outgoing"].contains(eventKind.tableName)
    }

    func databaseDidChange(with event: DatabaseEvent) {}

    func databaseDidRollback(_ database: Database) {}

    func databaseDidCommit(_ database: Database) {
        let counts = ["draft", "outgoing"].map { table in
            (try? Int.fetchOne(
                database, sql: "SELECT count(*) FROM \(table) WHERE conversation = ?", arguments: [conversation])) ?? 0
        }
        let place = Place(drafts: counts[0], outgoing: counts[1])
        places.withLock { if $0.last != place { $0.append(place) } }
    }
}

/// Another program on the same history, which keeps it locked for as long as it likes.
struct OtherProgram {
    private let database: DatabaseQueue

    init(_ path: String) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .timeout(300)
        database = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// - Parameter kind: `IMMEDIATE`: nobody else writes; `EXCLUSIVE`.
    func lock(_ kind: String = "IMMEDIATE") throws {
        try database.writeWithoutTransaction { try $0.execute(sql: "BEGIN \(kind)") }
    }

    func unlock() throws {
        try database.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    }
}
