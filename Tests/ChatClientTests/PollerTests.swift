import Dispatch
import TestSupport
import Testing
import Timestamps

@testable import ChatClient

/// When what is asked, and that nothing which was told is lost.
@Suite(.timeLimit(.minutes(30)))
struct PollerTests {
    private let list = ScriptedBackend.groups
    private let page = ScriptedBackend.page("g")

    @Test func theGroupsAreAskedForAtOnceAndThenAtTheirPace() async throws {
        try await Rooms.run { rooms in
            try await rooms.during(rooms.polling.run) {
                #expect(try await rooms.alarm() == .seconds(20))
                #expect(await rooms.backend.count(list) == 1)
                rooms.clock.advance(by: .milliseconds(19_999))
                #expect(rooms.clock.nextAlarm == .milliseconds(1))
                rooms.clock.advance(by: .milliseconds(1))
                try await until { await rooms.backend.count(list) == 2 }
                #expect(try await rooms.alarm() == .seconds(20))
            }
        }
    }

    @Test func afterAFaultTheNextTryWaitsLongerAndNeverLessThanTheServerAsks() async throws {
        try await Rooms.run(prepare: {
            $0.replies[ScriptedBackend.groups] = [
                .init(status: 429, headers: ["Retry-After": "90"]), .init(status: 503), .init(status: 503),
                .init(status: 503, headers: ["Retry-After": "Tue, 24 Nov 2026 13:00:00 GMT"]),
            ]
        }) { rooms in
            try await rooms.during(rooms.polling.run) {
                #expect(try await rooms.alarm() == .seconds(90))
                let next = rooms.clock.now().advanced(bySeconds: 90)
                guard case .offline(_, _, next) = await rooms.polling.standing.connection.state else {
                    Issue.record("nobody is told when the next try is")
                    return
                }
                rooms.clock.advance(by: .seconds(90))
                #expect(try await rooms.alarm() == .seconds(60))
                rooms.clock.advance(by: .seconds(60))
                #expect(try await rooms.alarm() == .seconds(60))
                rooms.clock.advance(by: .seconds(60))
                // A date of the server's, by the server's own clock.
                try await until { await rooms.backend.count(list) == 4 }
                rooms.clock.advance(by: try await rooms.alarm())
                try await until { await rooms.backend.count(list) == 5 }
                #expect(try await rooms.alarm() == .seconds(20))
                #expect(await rooms.polling.standing.connection.state == .online)
            }
        }
    }

    // MARK: A conversation that is left

    @Test func aHeldPollIsGivenUpWhenItsConversationIsLeft() async throws {
        try await leaveHeldPoll(number: 2)
    }

    @Test
    func theVeryFirstPollThatIsHeldIsGivenUpAsWell() async throws {
        try await leaveHeldPoll(number: 1)
    }

    /// Whoever goes through many conversations leaves none of their polls at the server.
    private func leaveHeldPoll(number: Int) async throws {
        try await Rooms.run(prepare: {
            $0.holdsForNews = true
            $0.say("hi", as: "bob")
            $0.say("hi", as: "hana", in: "h", with: "hana")
        }) { rooms in
            await rooms.know()
            try await rooms.during(rooms.polling.run) {
                await rooms.polling.show(Rooms.bob, "g", turn: 1)
                for round in 1...number {
                    let before = await rooms.backend.count(page)
                    if round > 1 { await rooms.backend.say("news", as: "bob") }
                    try await rooms.letTimePass {
                        let (waiting, asked) = await (rooms.backend.waiting(page), rooms.backend.count(page))
                        return waiting == 1 && asked > before
                    }
                }
                let asked = await rooms.backend.count(page)
                await rooms.polling.show(Rooms.hana, "h", turn: 2)
                // Who comes back is answered at once: nothing of before is in the way.
                await rooms.polling.show(Rooms.bob, "g", turn: 3)
                try await until { await rooms.backend.count(page) > asked }
            }
        }
    }

    @Test func aPollThatNobodyHoldsIsNotGivenUpWhenItsConversationIsLeft() async throws {
        try await Rooms.run(prepare: {
            $0.say("hi", as: "bob")
            $0.say("hi", as: "hana", in: "h", with: "hana")
        }) { rooms in
            await rooms.know()
            await rooms.backend.keepBack(page)
            try await rooms.during(rooms.polling.run) {
                await rooms.polling.show(Rooms.bob, "g", turn: 1)
                try await until { await rooms.backend.waiting(page) == 1 }
                await rooms.polling.show(Rooms.hana, "h", turn: 2)
                try await until { await rooms.texts(Rooms.hana) == ["hi"] }
                await rooms.backend.release(page)
                try await until { await rooms.texts(Rooms.bob) == ["hi"] }
                #expect(await rooms.backend.count(page) == 1)
            }
        }
    }

    /// The conversation is left between the answer and its merge, or a little before or after.
    @Test func whateverWasAnsweredIsInTheHistoryHoweverTheConversationIsLeft() async throws {
        try await Rooms.run(prepare: {
            $0.holdsForNews = true
            $0.say("0", as: "bob")
            $0.say("hi", as: "hana", in: "h", with: "hana")
        }) { rooms in
            await rooms.know()
            var random = Seeded(7)
            try await rooms.during(rooms.polling.run) {
                await rooms.polling.show(Rooms.bob, "g", turn: 0)
                try await rooms.letTimePass { await rooms.backend.waiting(page) > 0 }
                for round in 1...30 {
                    // A poll is known to be held after one was.
                    let asked = await rooms.backend.count(page)
                    await rooms.backend.say("\(round) a", as: "bob")
                    try await rooms.letTimePass {
                        let (waiting, now) = await (rooms.backend.waiting(page), rooms.backend.count(page))
                        return waiting == 1 && now > asked
                    }
                    // While the history is busy, an answer waits for its merge.
                    let gate = DispatchSemaphore(value: 0)
                    let (begun, begin) = AsyncStream.makeStream(of: Void.self)
                    let keeper = rooms.keeper
                    let busy = Task {
                        await keeper.use {
                            try await $0.write { _ in
                                begin.yield(); gate.wait()
                            }
                        }
                    }
                    _ = await begun.first { _ in true }
                    await rooms.backend.say("\(round)", as: "bob")
                    for _ in 0..<Int.random(in: 0..<3000, using: &random) { await Task.yield() }
                    await rooms.polling.show(Rooms.hana, "h", turn: round * 2)
                    await rooms.polling.show(Rooms.bob, "g", turn: round * 2 + 1)
                    gate.signal()
                    await busy.value
                    // It is held again: the client says that it knows all there is.
                    try await rooms.letTimePass { await rooms.backend.waiting(page) > 0 }
                    #expect(await rooms.texts(Rooms.bob) == ["0"] + (1...round).flatMap { ["\($0) a", "\($0)"] })
                }
            }
        }
    }

    @Test func whatIsToldLateOfAnEarlierConversationChangesNothing() async throws {
        try await Rooms.run(prepare: {
            $0.say("hi", as: "bob")
            $0.say("hi", as: "hana", in: "h", with: "hana")
        }) { rooms in
            await rooms.know()
            try await rooms.during(rooms.polling.run) {
                await rooms.polling.show(Rooms.hana, "h", turn: 5)
                // At the start both are read.
                try await until { await rooms.texts(Rooms.bob) == ["hi"] }
                try await until { await rooms.texts(Rooms.hana) == ["hi"] }
                let before = await rooms.backend.count(page)
                await rooms.polling.show(Rooms.bob, "g", turn: 4)
                try await rooms.letTimePass { await rooms.backend.count(ScriptedBackend.page("h")) > 6 }
                #expect(await rooms.backend.count(page) == before)
            }
        }
    }

    // MARK: What an answer is worth

    @Test(arguments: ["\"1\"", "W/\"1\""])
    func aServerThatHoldsNothingAndTellsNothingNewIsAskedNoFaster(_ tag: String) async throws {
        try await Rooms.run(
            groupsPace: 3600,
            prepare: {
                $0.headers = ["ETag": tag, "Preference-Applied": "wait=50"]
                $0.say("hi", as: "bob")
            }
        ) { rooms in
            await rooms.know()
            try await rooms.during(rooms.polling.run) {
                // From then on the list has nothing to say for an hour.
                try await rooms.letTimePass { await rooms.backend.count(list) == 2 }
                await rooms.polling.show(Rooms.bob, "g", turn: 1)
                try await until { await rooms.texts(Rooms.bob) == ["hi"] }
                for _ in 1...12 {
                    let (asked, pause) = (await rooms.backend.count(page), try await rooms.alarm())
                    #expect(pause >= .seconds(2))
                    rooms.clock.advance(by: pause)
                    try await until { await rooms.backend.count(page) > asked }
                }
            }
        }
    }

    @Test func aListThatIsHeldByNobodyIsAskedForAtItsPace() async throws {
        try await Rooms.run(prepare: {
            $0.headers = ["ETag": "W/\"1\"", "Preference-Applied": "wait=50"]
            $0.say("hi", as: "bob")
        }) { rooms in
            try await rooms.during(rooms.polling.run) {
                // The first that may be held is tried at once.
                #expect(try await rooms.alarm() < .seconds(1))
                for asked in 1...6 {
                    rooms.clock.advance(by: try await rooms.alarm())
                    try await until { await rooms.backend.count(list) > asked }
                    #expect(try await rooms.alarm() == .seconds(20))
                }
            }
        }
    }

    @Test func afterAllWasForgottenAllIsAskedForAnew() async throws {
        try await Rooms.run(prepare: {
            $0.holdsForNews = true
            $0.say("hi", as: "bob")
            $0.say("hi", as: "hana", in: "h", with: "hana")
        }) { rooms in
            try await rooms.during(rooms.polling.run) {
                try await rooms.letTimePass { await rooms.backend.waiting(list) == 1 }
                #expect(await rooms.keeper.use { try await $0.conversations().count } == 2)
                await rooms.keeper.use { try await $0.forget(nil) }
                await rooms.polling.startAnew()
                try await until { await rooms.keeper.use { try await $0.conversations().count } == 2 }
            }
        }
    }

    /// What was asked before says nothing of what was known then.
    @Test func anAnswerThatWasAskedForBeforeAllWasForgottenHidesNothing() async throws {
        try await Rooms.run(prepare: { $0.say("hi", as: "bob") }) { rooms in
            var random = Seeded(11)
            try await rooms.during(rooms.polling.run) {
                for _ in 1...30 {
                    try await rooms.letTimePass { await rooms.keeper.use { try await $0.conversations().count } == 1 }
                    rooms.clock.advance(by: .seconds(20))
                    for _ in 0..<Int.random(in: 0..<100, using: &random) { await Task.yield() }
                    await rooms.keeper.use { try await $0.forget(nil) }
                    await rooms.polling.startAnew()
                }
                try await rooms.letTimePass { await rooms.keeper.use { try await $0.conversations().count } == 1 }
            }
        }
    }
}
