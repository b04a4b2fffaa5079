import Foundation
import GRDB
import TestSupport
import Testing

@testable import ChatClient

/// Keeping a history through whatever befalls its file.
struct HistoryKeeperTests {
    private typealias Fixture = HistoryFixture
    private let fixture: HistoryFixture

    init() throws { fixture = try HistoryFixture() }

    private func keeper(me: String? = "me") -> HistoryKeeper {
        HistoryKeeper(fixture.file, me: me, clock: HeldTime(Fixture.now))
    }

    private func isInMemory(_ keeper: HistoryKeeper) async -> Bool {
        if case .inMemory = await keeper.keeping { return true }
        return false
    }

    private func queue(_ text: String, _ keeper: HistoryKeeper) async {
        await keeper.use { try await $0.queue(text, Fixture.row($0), by: keeper.owner) }
    }

    /// Something begun that ends when it is told to, with a write.
    private func slow(_ text: String, _ keeper: HistoryKeeper) async -> (
        end: @Sendable () -> Void, task: Task<Void, Never>
    ) {
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            _ = await keeper.use { history in
                begin.finish()
                for await _ in ended {}
                try await history.queue(text, Fixture.row(history), by: keeper.owner)
            }
        }
        for await _ in begun {}
        return ({ end.finish() }, task)
    }

    // MARK: Replacing

    @Test func whatIsWrittenWhileTheHistoryIsReplacedIsKeptOnce() async throws {
        let keeper = keeper()
        await keeper.use { _ = try await Fixture.row($0) }
        var expected: [String] = []
        for round in 0..<6 {
            let texts = (0..<12).map { "\(round)-\($0)" }
            expected += texts
            await withTaskGroup(of: Void.self) { group in
                for (number, text) in texts.enumerated() {
                    group.addTask { await queue(text, keeper) }
                    if number % 4 == 0 { group.addTask { _ = await keeper.use { try $0.refuseOnDisk() } } }
                    if number % 4 == 2 { group.addTask { await keeper.returnToDisk(force: true) } }
                }
            }
        }
        await keeper.returnToDisk(force: true)
        #expect(await keeper.keeping == .onDisk)
        #expect(try await fixture.open().waiting() == expected.sorted())
    }

    @Test func whatWasBegunBeforeIsWaitedFor() async throws {
        let keeper = keeper()
        let (end, begun) = await slow("slow", keeper)
        let failing = (0..<3).map { _ in Task { await keeper.use { try $0.refuseOnDisk() } } }
        for _ in 0..<1000 { await Task.yield() }
        end()
        await begun.value
        for task in failing { await task.value }
        #expect(await isInMemory(keeper))
        #expect(await keeper.use { try await $0.waiting() } == ["slow"])
    }

    @Test func whoIsCancelledWhileWaitingHoldsNobodyUp() async throws {
        let keeper = keeper()
        let (end, begun) = await slow("slow", keeper)
        let failing = Task { await keeper.use { try $0.refuseOnDisk() } }
        for _ in 0..<1000 { await Task.yield() }
        let waiting = (0..<5).map { _ in Task { _ = await keeper.use { try await $0.conversations() } } }
        for _ in 0..<1000 { await Task.yield() }
        for task in waiting + [begun] { task.cancel() }
        end()
        for task in waiting + [begun] { await task.value }
        await failing.value
        await keeper.returnToDisk(force: true)
        #expect(await keeper.keeping == .onDisk)
        await queue("after", keeper)
        #expect(await keeper.use { try await $0.waiting() } == ["after"])
    }

    @Test(arguments: [HistoryFault.full, .readOnly, .damaged, .locked, .unreadable("I/O")])
    func aDiskThatFailsIsNoReasonToLoseAnything(fault: HistoryFault) async throws {
        let keeper = keeper()
        await queue("before", keeper)
        await keeper.use { try $0.refuseOnDisk(fault) }
        #expect(await keeper.keeping == .inMemory(because: fault))
        await queue("meanwhile", keeper)
        await keeper.returnToDisk(force: true)
        #expect(try await fixture.open().waiting() == ["before", "meanwhile"])
    }

    @Test func aFileThatTakesNoMorePagesIsLeftForMemory() async throws {
        let keeper = keeper()
        await queue("before", keeper)
        await keeper.use { try await $0.write { try $0.execute(sql: "PRAGMA max_page_count = 1") } }
        await queue(String(repeating: "long ", count: 10_000), keeper)
        #expect(await keeper.keeping == .inMemory(because: .full))
        #expect(await keeper.use { try await $0.waiting().count } == 2)
    }

    @Test func aFileThatAnotherKeepsLockedIsWrittenWhenItIsFree() async throws {
        var file = fixture.file
        file.patience = 0
        let keeper = HistoryKeeper(file, me: "me", clock: HeldTime(Fixture.now))
        await queue("before", keeper)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: file.path, configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        await queue("meanwhile", keeper)
        await keeper.returnToDisk(force: true)
        #expect(await keeper.keeping == .inMemory(because: .locked))
        try await other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        await keeper.returnToDisk(force: true)
        #expect(try await fixture.open().waiting() == ["before", "meanwhile"])
    }

    @Test func whatCannotBeIsNoFaultOfTheDisk() async throws {
        let keeper = keeper()
        await queue("one", keeper)
        let refused: Void? = await keeper.use { history in
            try await history.write { try $0.execute(sql: "INSERT INTO draft VALUES (1, NULL)") }
        }
        #expect(refused == nil)
        #expect(await keeper.keeping == .onDisk)
        #expect(await keeper.state.notice?.contains("refused") == true)
    }

    @Test func whoListenedReadsAllAnewAfterEachReplacement() async throws {
        let keeper = keeper()
        await queue("one", keeper)
        var mark = try #require(await keeper.use { try await $0.conversations(changedSince: HistoryMark()).mark })
        await keeper.use { try $0.refuseOnDisk() }
        for _ in 0..<2 {
            let since = mark
            let news = try #require(await keeper.use { try await $0.conversations(changedSince: since) })
            #expect(news.isWhole)
            mark = news.mark
            await keeper.returnToDisk(force: true)
        }
    }

    // MARK: Files that are removed

    @Test func twoProgramsUnderWhichTheFilesAreRemovedMeetInOneNewFile() async throws {
        let (one, two) = (keeper(), keeper())
        await queue("one", one)
        await queue("two", two)
        try fixture.remove()
        await queue("three", one)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await one.look() }
            group.addTask { await two.look() }
        }
        await queue("four", two)
        let expected = ["four", "one", "three", "two"]
        #expect(try await fixture.open().waiting() == expected)
        for keeper in [one, two] {
            #expect(await keeper.keeping == .onDisk)
            #expect(await keeper.use { try await $0.waiting() } == expected)
            #expect(!HistoryOwner.isGone(keeper.owner, fixture.file.path))
        }
    }

    @Test(arguments: ["-wal", "-shm", ""])
    func oneOfTheFilesIsEnough(suffix: String) async throws {
        let keeper = keeper()
        await queue("one", keeper)
        try FileManager.default.removeItem(atPath: fixture.file.path + suffix)
        await keeper.look()
        await queue("two", keeper)
        #expect(await keeper.use { try await $0.waiting() } == ["one", "two"])
        #expect(try await fixture.open().waiting() == ["one", "two"])
    }

    /// As whoever keeps such files in a folder of their own has it.
    @Test func aHistoryBehindALinkIsKeptAtItsPlace() async throws {
        try FileManager.default.createDirectory(
            atPath: fixture.folder.path + "/elsewhere", withIntermediateDirectories: true)
        let link = fixture.folder.path + "/me.sqlite"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "elsewhere/mine.sqlite")
        for text in ["one", "two"] {
            let keeper = HistoryKeeper(HistoryFile(path: link), me: "me", clock: HeldTime(Fixture.now))
            await queue(text, keeper)
            await keeper.look()
            let state = await keeper.state
            #expect(state.keeping == .onDisk && state.notice == nil)
        }
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "elsewhere/mine.sqlite")
        let history = try HistoryFile(path: fixture.folder.path + "/elsewhere/mine.sqlite").open(at: Fixture.now)
            .history
        #expect(try await history.waiting() == ["one", "two"])
    }

    @Test func aProgramThatLooksLateKeepsWhatTheFirstHasWrittenAndLeft() async throws {
        let late = keeper()
        await queue("late", late)
        do {
            let first = keeper()
            await queue("first", first)
            try fixture.remove()
            await first.look()
            await queue("more", first)
            await first.close()
        }
        await late.look()
        #expect(try await fixture.open().waiting() == ["first", "late", "more"])
    }

    @Test func aConversationThatTheNewFileKnowsAsAnotherIsFoundThere() async throws {
        let keeper = keeper()
        let id = try #require(
            await keeper.use { try await $0.begin(with: UserShort(handle: "bob", displayName: "Bob")) })
        await keeper.use { try await $0.queue("hello", id.row, by: keeper.owner) }
        try fixture.remove()
        let other = try fixture.open()
        let row = try await Fixture.row(other)
        #expect(row != id.row)
        await keeper.use(in: id) { history, row in try await history.save(draft: "draft", of: row) }
        await keeper.look()
        #expect(await keeper.current(id).row == row)
        #expect(try await other.outbox().map(\.conversation.row) == [row])
        await keeper.use(in: id) { history, row in try await history.save(draft: "later", of: row) }
        #expect(try await other.drafts() == [ConversationID(row): "later"])
    }

    @Test func whatWasInAFileThatIsGoneWhileNothingCouldBeWrittenComesBack() async throws {
        let keeper = keeper()
        await keeper.use { history in
            try await history.merge((1...700).map { Fixture.message($0) }, in: Fixture.row(history), me: "me")
        }
        await queue("before", keeper)
        await keeper.use { try $0.refuseOnDisk() }
        await queue("meanwhile", keeper)
        try fixture.remove()
        await keeper.returnToDisk(force: true)
        let history = try fixture.open()
        #expect(try await history.waiting() == ["before", "meanwhile"])
        #expect(try await history.count(in: Fixture.row(history)) == 700)
    }

    // MARK: Owners

    @Test(arguments: ["removed", "another"])
    func aLockWhoseFileIsGoneIsHeldAnew(_ fate: String) async throws {
        let keeper = keeper()
        await queue("one", keeper)
        let lock = HistoryOwner.lockPath(keeper.owner, fixture.file.path)
        try FileManager.default.removeItem(atPath: lock)
        if fate == "another" { #expect(FileManager.default.createFile(atPath: lock, contents: nil)) }
        await queue("two", keeper)
        let other = self.keeper()
        await other.adoptOrphans()
        #expect(!HistoryOwner.isGone(keeper.owner, fixture.file.path))
        #expect(await other.use { try await $0.owners() } == [keeper.owner])
    }

    @Test func aLockThatCouldNotBeTakenIsTakenLater() async throws {
        let keeper = keeper()
        _ = try fixture.open()
        let lock = HistoryOwner.lockPath(keeper.owner, fixture.file.path)
        try FileManager.default.createDirectory(atPath: lock, withIntermediateDirectories: false)
        await keeper.open()
        try FileManager.default.removeItem(atPath: lock)
        await queue("one", keeper)
        #expect(!HistoryOwner.isGone(keeper.owner, fixture.file.path))
        await keeper.close()
        #expect(HistoryOwner.isGone(keeper.owner, fixture.file.path))
        #expect(!FileManager.default.fileExists(atPath: lock))
    }

    @Test func whatIsLeftBehindIsNotTakenWhileNothingCanBeWritten() async throws {
        let history = try fixture.open()
        try await history.queue("left", Fixture.row(history), by: "gone")
        let keeper = keeper()
        await keeper.use { try $0.refuseOnDisk() }
        await keeper.adoptOrphans()
        #expect(await keeper.use { try await $0.outbox().map(\.outgoing.owner) } == ["gone"])
        await keeper.returnToDisk(force: true)
        await keeper.adoptOrphans()
        #expect(try await history.outbox().map(\.outgoing.owner) == [keeper.owner])
    }
}
