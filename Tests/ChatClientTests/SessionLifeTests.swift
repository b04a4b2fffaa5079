import Foundation
import Hummingbird
import TestSupport
import Testing
import Timestamps

@testable import ChatClient

/// When `run()` has returned, nothing of a session is alive.
@Suite(.timeLimit(.minutes(30)))
struct SessionLifeTests {
    /// Who is let go of, and whether it is gone.
    private struct Remains: Sendable {
        private struct Weak: Sendable { weak var actor: (any Actor)? }

        private let all: [Weak]

        /// The session, and the rooms behind it.
        init(of session: ChatSession) {
            let rooms = Mirror(reflecting: session).children.compactMap { $0.value as? any Actor }
            all = ([session] + rooms).map { Weak(actor: $0) }
        }

        var count: Int { all.count }
        var areGone: Bool { all.allSatisfy { $0.actor == nil } }
    }

    private func serve(
        prepare: @Sendable (isolated ScriptedBackend) -> Void, _ body: (ScriptedBackend, String) async throws -> Void
    ) async throws {
        let backend = ScriptedBackend()
        await backend.set(prepare)
        let router = Router()
        router.add(middleware: Script(backend: backend))
        try await LoopbackServer.run(router) { url in
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(backend, url))
            } catch {
                result = .failure(error)
            }
            await backend.releaseAll()
            try result.get()
        }
    }

    private func session(
        _ url: String, _ clock: HeldTime, _ folder: TemporaryFolder? = nil, _ purpose: ChatSession.Purpose = .chat
    ) throws -> ChatSession {
        ChatSession(
            configuration: try Rooms.configuration(url), dataFolder: folder?.path, for: purpose, clock: clock,
            wakes: AsyncStream { _ in }, exchangeLimit: .seconds(3600), random: { 1 })
    }

    @Test func afterTheEndNothingIsAskedNothingSleepsAndNobodyIsThere() async throws {
        try await serve(prepare: {
            $0.holdsForNews = true
            $0.say("hi", as: "bob")
        }) { backend, url in
            let (clock, folder) = (HeldTime(), try TemporaryFolder())
            let remains = try await live(try session(url, clock, folder), backend)
            #expect(remains.count >= 6)
            #expect(clock.nextAlarm == nil)
            let asked = await backend.asks.count
            await backend.releaseAll()
            clock.advance(by: .seconds(86_400))
            try await until { remains.areGone }
            #expect(await backend.asks.count == asked)
            #expect(clock.nextAlarm == nil)
        }
    }

    /// Ends it with a message on its way, one in line, a draft that is not on disk, and polls that are held.
    private func live(_ session: ChatSession, _ backend: ScriptedBackend) async throws -> Remains {
        let running = Task { await session.run() }
        for await snapshot in session.updates where snapshot.hasGroups { break }
        await session.show(Rooms.bob)
        for await snapshot in session.updates where snapshot.transcript?.isFresh == true { break }
        await backend.keepBack(ScriptedBackend.post)
        await session.send("on its way", to: Rooms.bob)
        await session.send("in line", to: Rooms.bob)
        await session.keep(draft: "not said", of: Rooms.bob)
        try await until { await backend.waiting(ScriptedBackend.post) == 1 }
        running.cancel()
        await running.value
        #expect(await session.drafts() == [Rooms.bob: "not said"])
        #expect(
            await session.outbox().map(\.outgoing.state) == [.unsure(reason: History.endedWhileSending), .queued])
        return Remains(of: session)
    }

    /// A law: whatever was asked and whenever it is cancelled, it ends, leaves nothing behind, and what was accepted is
    /// in the history.
    @Test func itEndsAtWhateverMomentItIsCancelled() async throws {
        try await serve(prepare: {
            $0.holdsForNews = true
            $0.say("hi", as: "bob")
            $0.say("hi", as: "hana", in: "h", with: "hana")
        }) { backend, url in
            for seed in 0..<UInt64(40) {
                let (clock, folder) = (HeldTime(), try TemporaryFolder())
                let kept = seed % 3 == 0 ? folder : nil
                let remains = try await wander(try session(url, clock, kept), backend, clock, seed)
                #expect(clock.nextAlarm == nil, "seed \(seed)")
                let asked = await backend.asks.count
                clock.advance(by: .seconds(86_400))
                try await until { remains.areGone }
                #expect(await backend.asks.count == asked, "seed \(seed)")
            }
        }
    }

    private func wander(
        _ session: ChatSession, _ backend: ScriptedBackend, _ clock: HeldTime, _ seed: UInt64
    ) async throws -> Remains {
        var random = Seeded(seed)
        let running = Task { await session.run() }
        let end = Int.random(in: 0..<25, using: &random)
        var accepted: [String] = []
        for step in 0..<25 {
            if step == end { running.cancel() }
            accepted += await act(session, clock, "\(seed) \(step)", &random)
            for _ in 0..<Int.random(in: 0..<30, using: &random) { await Task.yield() }
        }
        await running.value
        let (kept, posted) = (await session.outbox().map(\.outgoing), await backend.posted)
        for text in accepted {
            #expect(posted.contains(text) || kept.contains { $0.text == text }, "\(text) is lost")
            #expect(posted.count { $0 == text } <= 1, "\(text) was sent twice")
        }
        #expect(!kept.contains { $0.state == .sending }, "seed \(seed)")
        return Remains(of: session)
    }

    /// - Returns: what was accepted.
    private func act(
        _ session: ChatSession, _ clock: HeldTime, _ text: String, _ random: inout Seeded
    ) async -> [String] {
        let id = Bool.random(using: &random) ? Rooms.bob : Rooms.hana
        switch Int.random(in: 0..<9, using: &random) {
        case 0: await session.show(id)
        case 1: await session.show(id, at: .oldest)
        case 2: return await session.send(text, to: id) == nil ? [] : [text]
        case 3: await session.keep(draft: "draft", of: id)
        case 4: await session.refresh()
        case 5: await session.loadOlder(id)
        case 6: clock.advance(by: .seconds(Int.random(in: 1..<40, using: &random)))
        case 7: await session.noteActivity()
        default: await session.markRead(id, told: 1)
        }
        return []
    }
}
