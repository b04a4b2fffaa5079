import Foundation
import Hummingbird
import Synchronization
import TestSupport
import Testing
import Timestamps

@testable import ChatClient

/// Another program keeps the history's file locked. Whatever is only looked at comes at once; whatever is written waits
/// and is not lost.
@Suite(.timeLimit(.minutes(30)))
struct LockedDatabaseTests {
    /// What has ended, in order.
    private final class Ends: Sendable {
        private let names = Mutex<[String]>([])

        func note(_ name: String) { names.withLock { $0.append(name) } }

        var all: [String] { names.withLock(\.self) }
    }

    @Test(arguments: ["IMMEDIATE", "EXCLUSIVE"])
    func whoOnlyLooksIsNotHeldUpAndWhoWritesLosesNothing(_ lock: String) async throws {
        try await chat { session, other, clock in
            let ends = Ends()
            let told = try await snapshot(session) { $0.transcript?.entries.count == 2 }.transcript?.told
            try other.lock(lock)
            async let sent: Void = {
                await session.send("hello", to: Rooms.bob); ends.note("sent")
            }()
            async let read: Void = {
                await session.markRead(Rooms.bob, told: told ?? 0)
                ends.note("read")
            }()
            // Both are on their way to the disk, as far as they get.
            for _ in 0..<50 { await Task.yield() }
            await session.keep(draft: "typed", of: Rooms.hana)
            await session.noteActivity()
            await session.setFocus(true)
            #expect(try await session.search("second").map(\.message.text) == ["second"])
            #expect(await session.outbox().isEmpty)
            #expect(await session.drafts().isEmpty)
            #expect(await session.group(of: Rooms.bob) == "g")
            await session.show(Rooms.hana)
            let shown = try await snapshot(session) { $0.transcript?.id == Rooms.hana }
            #expect(shown.transcript?.entries.map(\.text) == ["hi"])
            await session.loadOlder(Rooms.hana)
            await session.show(Rooms.bob, at: .oldest)
            try await snapshot(session) { $0.transcript?.id == Rooms.bob }
            // All of that while nobody could write.
            #expect(ends.all.isEmpty)
            try other.unlock()
            _ = await (sent, read)
            clock.advance(by: .milliseconds(500))
            try await until { await session.drafts() == [Rooms.hana: "typed"] }
            #expect(await session.outbox().map(\.outgoing.text).allSatisfy { $0 == "hello" })
            let last = try await snapshot(session) {
                $0.transcript?.entries.last?.text == "hello" && $0.conversations.allSatisfy { $0.unread == 0 }
            }
            #expect(last.keeping == .onDisk)
        }
    }

    @Test func whatAPollTellsWhileTheFileIsLockedIsThereAfterwards() async throws {
        try await chat { session, other, clock, backend in
            try await snapshot(session) { $0.transcript?.entries.count == 2 }
            try other.lock()
            await backend.say("third", as: "bob")
            try await until {
                if let next = clock.nextAlarm { clock.advance(by: next) }
                return await backend.count(ScriptedBackend.page("g")) > 2
            }
            await session.show(Rooms.hana)
            try await snapshot(session) { $0.transcript?.id == Rooms.hana }
            try other.unlock()
            await session.show(Rooms.bob)
            try await snapshot(session) { $0.transcript?.entries.map(\.text) == ["first", "second", "third"] }
        }
    }

    // MARK: A chat with @bob and @hana

    private func chat(_ body: (ChatSession, OtherProgram, HeldTime) async throws -> Void) async throws {
        try await chat { session, other, clock, _ in try await body(session, other, clock) }
    }

    /// @bob's first message is known from the time before, his second is unread.
    private func chat(
        _ body: (ChatSession, OtherProgram, HeldTime, ScriptedBackend) async throws -> Void
    ) async throws {
        let (folder, backend, clock) = (try TemporaryFolder(), ScriptedBackend(), HeldTime())
        await backend.set {
            $0.say("hi", as: "hana", in: "h", with: "hana")
            $0.say("first", as: "bob")
        }
        let router = Router()
        router.add(middleware: Script(backend: backend))
        try await LoopbackServer.run(router) { url in
            let configuration = try Rooms.configuration(url)
            let session = ChatSession(
                configuration: configuration, dataFolder: folder.path, clock: clock, wakes: AsyncStream { _ in },
                // However busy the machine is: longer than the test may take.
                exchangeLimit: .seconds(3600), lockPatience: 300, random: { 1 })
            let running = Task { await session.run() }
            let result: Result<Void, any Error>
            do {
                try await known(session, backend, clock)
                let other = try OtherProgram(HistoryFile(configuration, in: folder.path).path)
                result = .success(try await body(session, other, clock, backend))
            } catch {
                result = .failure(error)
            }
            running.cancel()
            await backend.releaseAll()
            await running.value
            try result.get()
        }
    }

    private func known(_ session: ChatSession, _ backend: ScriptedBackend, _ clock: HeldTime) async throws {
        try await snapshot(session) { $0.hasGroups }
        await session.show(Rooms.hana)
        try await snapshot(session) { $0.transcript?.entries.count == 1 }
        await session.show(Rooms.bob)
        try await snapshot(session) { $0.transcript?.entries.count == 1 }
        await backend.say("second", as: "bob")
        await session.refresh()
    }

    /// The first snapshot for which `condition` holds.
    @discardableResult
    private func snapshot(
        _ session: ChatSession, _ condition: (ChatSnapshot) -> Bool
    ) async throws -> ChatSnapshot {
        for await snapshot in session.updates where condition(snapshot) { return snapshot }
        throw CancellationError()
    }
}
