import TestSupport
import Testing
import Timestamps

@testable import ChatClient

/// The outbox's machine alone: what is sent when, and what never is.
@Suite(.timeLimit(.minutes(30)))
struct SendingTests {
    private let post = ScriptedBackend.post
    private let page = ScriptedBackend.page("g")

    private func retry(_ outgoing: Outgoing.ID, in id: ConversationID, _ rooms: Rooms) async {
        let owner = rooms.keeper.owner
        await rooms.keeper.use { try await $0.requeue(outgoing, by: owner) }
        await rooms.sending.workAnew(in: id)
    }

    // MARK: In order

    @Test func messagesOfAConversationGoOneAtATimeAndOthersDoNotWaitForThem() async throws {
        try await Rooms.run { rooms in
            await rooms.know()
            await rooms.backend.keepBack(post)
            try await rooms.during(rooms.sending.run) {
                for text in ["1", "2", "3"] { try await write(text, to: Rooms.bob, rooms) }
                try await until { await rooms.backend.posted == ["1"] }
                try await write("to hana", to: Rooms.hana, rooms)
                try await until { await rooms.backend.posted == ["1", "to hana"] }
                for text in ["2", "3"] {
                    await rooms.backend.letGo(post)
                    try await until { await rooms.backend.waiting(post) == 1 }
                    #expect(await rooms.backend.posted.last == text)
                }
                await rooms.backend.release(post)
                try await rest(rooms)
                #expect(await rooms.backend.posted == ["1", "to hana", "2", "3"])
            }
        }
    }

    // MARK: What certainly did not arrive

    @Test func whatCannotBeSentIsTriedAgainAfterASecondDoublingToAMinute() async throws {
        // Nobody listens there.
        try await Rooms.run(url: "http://127.0.0.1:1") { rooms in
            await rooms.know()
            try await rooms.during(rooms.sending.run) {
                try await write("patient", to: Rooms.bob, rooms)
                for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
                    #expect(try await rooms.alarm() == .seconds(seconds))
                    try await rest(rooms)
                    #expect(await rooms.outbox().map(\.state) == [.queued])
                    guard case .unreachable = await rooms.sending.fault(in: Rooms.bob) else {
                        Issue.record("nobody is told why it waits")
                        return
                    }
                    rooms.clock.advance(by: .seconds(seconds))
                }
            }
        }
    }

    @Test func aServerThatAsksToSlowDownIsNotAskedBeforeItsTime() async throws {
        try await Rooms.run(prepare: {
            $0.replies[ScriptedBackend.post] = [
                .init(status: 429, headers: ["Retry-After": "30"]), .init(status: 429),
            ]
        }) { rooms in
            await rooms.know()
            try await rooms.during(rooms.sending.run) {
                try await write("later", to: Rooms.bob, rooms)
                #expect(try await rooms.alarm() == .seconds(30))
                rooms.clock.advance(by: .milliseconds(29_999))
                #expect(rooms.clock.nextAlarm == .milliseconds(1))
                #expect(await rooms.backend.posted == ["later"])
                rooms.clock.advance(by: .milliseconds(1))
                #expect(try await rooms.alarm() == .seconds(2))
                rooms.clock.advance(by: .seconds(2))
                try await until { await rooms.backend.posted == ["later", "later", "later"] }
                try await rest(rooms)
                #expect(await rooms.backend.messages["g"]?.count == 1)
                // It is over: the next fault begins anew.
                await rooms.backend.set { $0.replies[ScriptedBackend.post] = [.init(status: 429)] }
                try await write("next", to: Rooms.bob, rooms)
                #expect(try await rooms.alarm() == .seconds(1))
            }
        }
    }

    @Test func aPollThatWorksEndsTheWaitWhereOnlyTheNetworkWasLackingAndThePersonEndsAll() async throws {
        try await Rooms.run(prepare: {
            $0.replies[ScriptedBackend.page("g")] = [.init(status: 200, drops: true)]
            $0.replies[ScriptedBackend.page("h")] = [.init(status: 429, headers: ["Retry-After": "30"])]
        }) { rooms in
            await rooms.know()
            try await rooms.during(rooms.sending.run) {
                try await write("to hana", to: Rooms.hana, rooms)
                #expect(try await rooms.alarm() == .seconds(30))
                try await write("to bob", to: Rooms.bob, rooms)
                try await until { rooms.clock.nextAlarm == .seconds(1) }
                #expect(await rooms.sending.fault(in: Rooms.bob)?.isOfTheNetwork == true)
                await rooms.sending.workOn()
                try await until { await rooms.backend.posted == ["to bob"] }
                try await rest(rooms)
                #expect(rooms.clock.nextAlarm == .seconds(30))
                #expect(await rooms.backend.posted == ["to bob"])
                await rooms.sending.tryNow()
                try await until { await rooms.backend.posted == ["to bob", "to hana"] }
                try await rest(rooms)
                #expect(rooms.clock.elapsed() == .zero)
            }
        }
    }

    @Test func whatIsRefusedHoldsUpNobodyElseAndIsNotTriedAgain() async throws {
        try await Rooms.run(prepare: { $0.replies[ScriptedBackend.post] = [.init(status: 403)] }) { rooms in
            await rooms.know()
            try await rooms.during(rooms.sending.run) {
                let refused = try await write("no", to: Rooms.bob, rooms)
                try await until {
                    await rooms.outbox().map(\.state) == [.failed(reason: "this conversation is not yours")]
                }
                try await write("to hana", to: Rooms.hana, rooms)
                try await until { await rooms.backend.posted == ["no", "to hana"] }
                try await rest(rooms)
                #expect(rooms.clock.nextAlarm == nil)
                await retry(refused.id, in: Rooms.bob, rooms)
                try await until { await rooms.backend.posted == ["no", "to hana", "no"] }
                try await rest(rooms)
            }
        }
    }

    // MARK: What may have arrived

    @Test func whatMayHaveArrivedHoldsUpItsOwnConversationAlone() async throws {
        try await Rooms.run(prepare: { $0.replies[ScriptedBackend.post] = [.init(status: 502)] }) { rooms in
            await rooms.know()
            try await rooms.during(rooms.sending.run) {
                try await write("maybe", to: Rooms.bob, rooms)
                try await write("behind", to: Rooms.bob, rooms)
                try await until { await rooms.outbox().first?.isUnsure == true }
                try await write("to hana", to: Rooms.hana, rooms)
                try await until { await rooms.backend.posted.count == 2 }
                await rooms.sending.workOn()
                await rooms.sending.tryNow()
                try await rest(rooms)
                #expect(await rooms.backend.posted == ["maybe", "to hana"])
                #expect(await rooms.outbox().map(\.isUnsure) == [true, false, false])
                #expect(await rooms.outbox()[1].state == .queued)
                #expect(rooms.clock.nextAlarm == nil)
            }
        }
    }

    @Test(arguments: [true, false])
    func whatIsRetriedIsLookedForFirstAndSentAgainOnlyIfItIsNotThere(_ arrived: Bool) async throws {
        try await Rooms.run(prepare: {
            $0.replies[ScriptedBackend.post] = [.init(status: 502, stores: arrived)]
        }) { rooms in
            await rooms.know()
            try await rooms.during(rooms.sending.run) {
                let once = try await write("once", to: Rooms.bob, rooms)
                try await until { await rooms.outbox().first?.isUnsure == true }
                try await rest(rooms)
                let read = await rooms.backend.count(page)
                await rooms.backend.keepBack(page)
                await retry(once.id, in: Rooms.bob, rooms)
                try await until { await rooms.backend.waiting(page) == 1 }
                #expect(await rooms.backend.posted == ["once"])
                await rooms.backend.release(page)
                try await rest(rooms)
                #expect(await rooms.backend.count(page) == read + 1)
                #expect(await rooms.backend.messages["g"]?.map { $0["message"] } == ["once"])
                #expect(await rooms.backend.posted.count == (arrived ? 1 : 2))
            }
        }
    }

    @Test func aProgramThatEndsInTheMiddleOfAPostLeavesTheMessageUnsureAndSaysWhy() async throws {
        try await Rooms.run { rooms in
            await rooms.know()
            await rooms.backend.keepBack(post)
            try await rooms.during(rooms.sending.run) {
                try await write("half", to: Rooms.bob, rooms)
                try await write("behind", to: Rooms.bob, rooms)
                try await until { await rooms.backend.waiting(post) == 1 }
            }
            #expect(
                await rooms.outbox().map(\.state) == [
                    .unsure(reason: "the program ended while it was being sent"), .queued,
                ])
            #expect(await rooms.sending.isAtRest)
            #expect(rooms.clock.nextAlarm == nil)
        }
    }

    @Test func aProgramThatEndsWhileAMessageWaitsLeavesItInLine() async throws {
        try await Rooms.run(prepare: { $0.replies[ScriptedBackend.post] = [.init(status: 429)] }) { rooms in
            await rooms.know()
            try await rooms.during(rooms.sending.run) {
                try await write("later", to: Rooms.bob, rooms)
                #expect(try await rooms.alarm() == .seconds(1))
            }
            #expect(await rooms.outbox().map(\.state) == [.queued])
            #expect(await rooms.sending.isAtRest)
            #expect(rooms.clock.nextAlarm == nil)
        }
    }

    // MARK: To whom

    @Test func theFirstMessageStartsAGroupAndTheNextGoesIntoIt() async throws {
        try await Rooms.run { rooms in
            let bob = try #require(
                await rooms.keeper.use { try await $0.begin(with: UserShort(handle: "bob", displayName: "Bob")) })
            try await rooms.during(rooms.sending.run) {
                try await write("first", to: bob, rooms)
                try await write("second", to: bob, rooms)
                try await until { await rooms.backend.posted.count == 2 }
                try await rest(rooms)
                let posts = await rooms.backend.asks.filter { $0.key == post }.map(\.fields)
                #expect(
                    posts == [
                        ["message": "first", "handle": "bob"],
                        ["message": "second", "message_group_uuid": "new-group"],
                    ])
            }
        }
    }

    @Test func whoHasAGroupMeanwhileGetsNoSecondOne() async throws {
        try await Rooms.run { rooms in
            let bob = try #require(
                await rooms.keeper.use { try await $0.begin(with: UserShort(handle: "bob", displayName: "Bob")) })
            await rooms.backend.say("I was faster", as: "bob")
            try await rooms.during(rooms.sending.run) {
                try await write("first", to: bob, rooms)
                try await until { await rooms.backend.posted == ["first"] }
                try await rest(rooms)
                #expect(await rooms.backend.asks.last { $0.key == post }?.fields["message_group_uuid"] == "g")
                #expect(await rooms.texts(bob) == ["I was faster"])
            }
        }
    }

    /// A poll has told the group under a row of its own before the first message was sent.
    @Test func whatIsWrittenGoesWhereItsConversationHasGone() async throws {
        try await Rooms.run { rooms in
            await rooms.backend.say("from the web", as: "bob", with: "robert")
            await rooms.know()
            let bob = try #require(
                await rooms.keeper.use { try await $0.begin(with: UserShort(handle: "robert", displayName: "Bob")) })
            #expect(bob != Rooms.bob)
            try await rooms.during(rooms.sending.run) {
                try await write("first", to: bob, rooms)
                try await write("second", to: bob, rooms)
                try await until { await rooms.backend.posted == ["first", "second"] }
                try await rest(rooms)
                #expect(await rooms.keeper.current(bob) == Rooms.bob)
                #expect(await rooms.backend.messages.keys.sorted() == ["g"])
            }
        }
    }

    // MARK: Whose

    @Test func aCommandSendsWhatItWasGivenAndAChatAlsoWhatOthersHaveLeft() async throws {
        let folder = try TemporaryFolder()
        let file = HistoryFile(path: folder.path + "/history.sqlite")
        try await Rooms.run(file: file, scope: .own) { rooms in
            await rooms.know()
            let now = rooms.clock.now()
            await rooms.keeper.use {
                _ = try await $0.enqueue("left behind", in: Rooms.bob.row, by: "gone", at: now, draft: nil)
            }
            try await rooms.during(rooms.sending.run) {
                try await write("behind it", to: Rooms.bob, rooms)
                try await write("mine", to: Rooms.hana, rooms)
                try await until { await rooms.backend.posted.count == 1 }
                await rooms.sending.tryNow()
                try await rest(rooms)
                #expect(await rooms.backend.posted == ["mine"])
            }
        }
        try await Rooms.run(file: file) { rooms in
            try await rooms.during(rooms.sending.run) {
                try await until { await rooms.backend.posted.count == 2 }
                try await rest(rooms)
                #expect(await rooms.backend.posted == ["left behind", "behind it"])
            }
        }
    }
}

extension Outgoing {
    var isUnsure: Bool {
        if case .unsure = state { return true }
        return false
    }
}
