import Foundation
import TestSupport
import Testing
import Timestamps

@testable import ChatClient

/// What may have arrived at a server that keeps keys is sent again by itself, and is there once.
@Suite(.timeLimit(.minutes(30)))
struct RepeatingTests {
    private static let post = ScriptedBackend.post

    private func posts(_ rooms: Rooms) async -> [ScriptedBackend.Ask] {
        await rooms.backend.asks.filter { $0.key == Self.post }
    }

    /// What can become of a POST whose answer is none.
    private static let lost: [ScriptedBackend.Reply] = [
        .init(status: 200, stores: true, drops: true), .init(status: 200, drops: true),
        .init(status: 502, stores: true), .init(status: 504), .init(status: 500, stores: true), .init(status: 503),
    ]

    @Test(arguments: lost)
    func whatWasLostIsSentAgainWithItsKeyAndIsThereOnce(_ reply: ScriptedBackend.Reply) async throws {
        try await Rooms.run(prepare: {
            $0.keepsKeys = true
            $0.replies[Self.post] = [reply, reply]
        }) { rooms in
            await rooms.know()
            try await rooms.during(rooms.sending.run) {
                try await write("once", to: Rooms.bob, rooms)
                try await write("behind", to: Rooms.bob, rooms)
                try await rooms.letTimePass { await rooms.backend.posted.last == "behind" }
                try await rest(rooms)
                #expect(await rooms.backend.messages["g"]?.map { $0["message"] } == ["once", "behind"])
                let keys = await posts(rooms).filter { $0.fields["message"] == "once" }.map(\.idempotencyKey)
                #expect(Set(keys).count == 1)
                #expect(await rooms.outbox().allSatisfy { !$0.isUnsure })
                #expect(Set(await posts(rooms).map(\.idempotencyKey)).count == 2)
            }
        }
    }

    @Test func aKeyIsAQuotedStringThatNobodyCanGuess() async throws {
        try await Rooms.run { rooms in
            await rooms.know()
            try await rooms.during(rooms.sending.run) {
                for text in ["same", "same"] { try await write(text, to: Rooms.bob, rooms) }
                try await until { await rooms.backend.posted.count == 2 }
                let keys = await posts(rooms).map(\.idempotencyKey)
                for key in keys {
                    let key = try #require(key)
                    #expect(key.first == "\"" && key.last == "\"")
                    #expect(UUID(uuidString: String(key.dropFirst().dropLast())) != nil)
                }
                #expect(Set(keys).count == 2)
            }
        }
    }

    @Test func aServerThatKeepsNoKeysAnyMoreIsNotSentTheMessageAgain() async throws {
        try await Rooms.run(prepare: {
            $0.keepsKeys = true
            $0.replies[Self.post] = [.init(status: 200, drops: true)]
        }) { rooms in
            await rooms.know()
            try await rooms.during(rooms.sending.run) {
                try await write("maybe", to: Rooms.bob, rooms)
                try await until { await rooms.outbox().first?.isRepeating == true }
                // Another deployment behind the same URL.
                await rooms.backend.set { $0.keepsKeys = false }
                try await rooms.letTimePass { await rooms.outbox().first?.isUnsure == true }
                await rooms.sending.workOn()
                await rooms.sending.tryNow()
                try await rest(rooms)
                #expect(await rooms.backend.posted == ["maybe"])
            }
        }
    }

    @Test func aServerThatKeptNoKeysWhenItWasSentIsNotSentItAgainWhenItDoes() async throws {
        try await Rooms.run(prepare: { $0.replies[Self.post] = [.init(status: 502, stores: true)] }) { rooms in
            await rooms.know()
            try await rooms.during(rooms.sending.run) {
                await rooms.backend.keepBack(Self.post)
                try await write("maybe", to: Rooms.bob, rooms)
                try await until { await rooms.backend.waiting(Self.post) == 1 }
                await rooms.backend.set { $0.keepsKeys = true }
                await rooms.backend.release(Self.post)
                try await until { await rooms.outbox().first?.isUnsure == true }
                await rooms.sending.workOn()
                try await rest(rooms)
                #expect(await rooms.backend.posted == ["maybe"])
            }
        }
    }

    /// The POST itself was answered by one that knows nothing of keys.
    @Test(arguments: [500, 200])
    func thePostsOwnAnswerDecides(_ status: Int) async throws {
        try await Rooms.run(prepare: { $0.keepsKeys = true }) { rooms in
            await rooms.know()
            try await rooms.during(rooms.sending.run) {
                await rooms.backend.keepBack(Self.post)
                try await write("maybe", to: Rooms.bob, rooms)
                try await until { await rooms.backend.waiting(Self.post) == 1 }
                await rooms.backend.set {
                    $0.keepsKeys = false
                    $0.replies[Self.post] = [.init(status: status, stores: true)]
                }
                await rooms.backend.release(Self.post)
                try await until { await rooms.outbox().first?.isUnsure == true }
                await rooms.backend.set { $0.keepsKeys = true }
                await rooms.sending.workOn()
                try await rest(rooms)
                #expect(await rooms.backend.posted == ["maybe"])
            }
        }
    }

    @Test func whileTheFirstIsUnderWayItIsWaitedFor() async throws {
        try await Rooms.run(prepare: {
            $0.keepsKeys = true
            $0.replies[Self.post] = [.init(status: 200, stores: true, drops: true), .init(status: 409)]
        }) { rooms in
            await rooms.know()
            try await rooms.during(rooms.sending.run) {
                try await write("once", to: Rooms.bob, rooms)
                #expect(try await rooms.alarm() == .seconds(1))
                rooms.clock.advance(by: .seconds(1))
                // A page may list it meanwhile; then nothing more is asked.
                try await rooms.letTimePass { await !rooms.outbox().contains { $0.isRepeating } }
                try await rest(rooms)
                #expect(await rooms.backend.messages["g"]?.count == 1)
            }
        }
    }

    @Test func anotherMessageUnderItsKeyIsAFaultThatIsShown() async throws {
        try await Rooms.run(prepare: {
            $0.keepsKeys = true
            $0.replies[Self.post] = [.init(status: 422, body: #"["idempotency_key_reused"]"#)]
        }) { rooms in
            await rooms.know()
            try await rooms.during(rooms.sending.run) {
                try await write("no", to: Rooms.bob, rooms)
                let reason = "the server has another message under this one's key"
                try await until { await rooms.outbox().map(\.state) == [.failed(reason: reason)] }
            }
        }
    }

    @Test func theFirstMessageToSomebodyIsSentAgainAsItWas() async throws {
        try await Rooms.run(prepare: {
            $0.keepsKeys = true
            $0.replies[Self.post] = [.init(status: 200, drops: true)]
        }) { rooms in
            let id = try #require(
                await rooms.keeper.use { try await $0.begin(with: UserShort(handle: "eve", displayName: "Eve")) })
            try await rooms.during(rooms.sending.run) {
                try await write("hello", to: id, rooms)
                try await until { await rooms.outbox().first?.isRepeating == true }
                // Meanwhile she has begun a conversation.
                await rooms.backend.set { $0.say("hi", as: "eve", in: "e", with: "eve") }
                try await rooms.letTimePass { await rooms.backend.posted.count == 2 }
                try await rest(rooms)
                let posts = await posts(rooms)
                #expect(posts[0].fields == posts[1].fields)
                #expect(posts[0].idempotencyKey == posts[1].idempotencyKey)
                #expect(posts[0].fields["handle"] == "eve")
            }
        }
    }

    /// By then the server may have forgotten it.
    @Test func afterHalfOfTheTimeThatKeysAreKeptItIsForThePersonToDecide() async throws {
        try await Rooms.run(prepare: {
            $0.keepsKeys = true
            $0.replies[Self.post] = [.init(status: 200, drops: true)]
            $0.replies[ScriptedBackend.page("g")] = [.init(status: 200), .init(status: 200)]
        }) { rooms in
            await rooms.know()
            await rooms.backend.set { $0.replies[ScriptedBackend.page("g")] = [] }
            try await rooms.during(rooms.sending.run) {
                try await write("late", to: Rooms.bob, rooms)
                try await until { await rooms.outbox().first?.isRepeating == true }
                rooms.clock.advance(by: .seconds(43_201))
                try await rooms.letTimePass { await rooms.outbox().first?.isUnsure == true }
                try await rest(rooms)
                #expect(await rooms.backend.posted == ["late"])
            }
        }
    }

    @Test func whatAProgramWasSendingWhenItWasKilledIsSentAgainByTheNext() async throws {
        let fixture = try HistoryFixture()
        let history = try fixture.open()
        let known = Group(uuid: "g", handle: "bob", displayName: "bob", preview: "hi", at: HistoryFixture.now)
        _ = try await history.save([known], readUntil: nil)
        for (owner, text) in [("gone", "by a chat"), ("command-gone", "by a command")] {
            let outgoing = try #require(
                try await history.enqueue(
                    text, in: Rooms.bob.row, by: owner, at: HistoryFixture.now, draft: nil))
            _ = try await history.begin(outgoing.id, in: Rooms.bob.row, by: owner, keyed: HistoryFixture.now)
            try await history.adopt(from: owner, by: "next")
            let adopted = try #require(try await history.outbox().last?.outgoing)
            #expect(owner == "gone" ? adopted.isRepeating : adopted.isUnsure)
            #expect(adopted.key == outgoing.key && adopted.firstTry?.to == .group("g"))
            _ = try await history.remove(outgoing.id)
        }
    }

    @Test func whatIsRepeatedAndRefusedByAServerThatKeepsKeysDidNotArrive() async throws {
        try await Rooms.run(prepare: {
            $0.keepsKeys = true
            $0.replies[Self.post] = [.init(status: 200, drops: true), .init(status: 403)]
        }) { rooms in
            await rooms.know()
            try await rooms.during(rooms.sending.run) {
                try await write("no", to: Rooms.bob, rooms)
                try await rooms.letTimePass {
                    await rooms.outbox().map(\.state) == [.failed(reason: "this conversation is not yours")]
                }
            }
        }
    }
}

extension Outgoing {
    fileprivate var isRepeating: Bool {
        if case .repeating = state { true } else { false }
    }
}
