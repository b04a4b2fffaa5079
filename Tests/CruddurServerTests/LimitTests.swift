import HTTPTypes
import NIOCore
import NIOHTTP1
import TestSupport
import Testing
import Users

@testable import CruddurServer

/// Who is made to wait, and for whom each request counts.
struct LimitTests {
    private static func options(burst: Int = 3, waiters: Int = 64, concurrent: Int = 16) -> ServerOptions {
        var options = ServerOptions()
        options.limits.requestsPerSecond = 1
        options.limits.burst = burst
        options.limits.waitersPerCaller = waiters
        options.limits.concurrentPerCaller = concurrent
        return options
    }

    private func statuses(_ count: Int, _ request: () async throws -> ServerFixture.Answer) async throws -> [Int] {
        var statuses: [Int] = []
        for _ in 0..<count { statuses.append(try await request().status) }
        return statuses
    }

    // The time stands still: what is taken is not filled up again.

    @Test func whoIsLetInCountsForThemselvesHoweverManyShareAnAddress() async throws {
        try await ServerFixture.run(Self.options(burst: 30), time: HeldTime()) { server in
            // Three users, 29 each, and then an address that is used up.
            for user in [ServerFixture.ada, ServerFixture.bob, ServerFixture.eve] {
                let own = try await statuses(29) { try await server.get("/api/message_groups", as: user) }
                #expect(Set(own) == [200])
            }
            let garbage = try await statuses(130) {
                try await server.call(.GET, "/api/message_groups", authorization: "Bearer x")
            }
            #expect(garbage == Array(repeating: 401, count: 120) + Array(repeating: 429, count: 10))
            let last = try await statuses(2) { try await server.get("/api/message_groups", as: ServerFixture.ada) }
            #expect(last == [200, 429])
            let others = try await statuses(1) { try await server.get("/api/message_groups", as: ServerFixture.bob) }
            #expect(others == [200])
        }
    }

    @Test(arguments: ["/api/users/@bob/short", "/nowhere", "/api/messages/x"])
    func whoHasNotSaidWhoTheyAreCountsForTheirAddress(_ path: String) async throws {
        try await ServerFixture.run(Self.options(), time: HeldTime()) { server in
            let statuses = try await statuses(14) { try await server.call(.GET, path) }
            #expect(!statuses[..<12].contains(429))
            #expect(statuses[12...] == [429, 429])
        }
    }

    @Test func aRefusalSaysWhenToComeAgainAndThenItGoesOn() async throws {
        let time = HeldTime()
        try await ServerFixture.run(Self.options(burst: 1), time: time) { server in
            let first = try await server.get("/api/message_groups", as: ServerFixture.ada)
            #expect(first.status == 200)
            let refused = try await server.get("/api/message_groups", as: ServerFixture.ada)
            #expect(refused.headers.first(name: "retry-after") == "1")
            // The wall clock is nobody's measure here.
            time.step(bySeconds: -3600)
            time.advance(by: .seconds(1))
            let later = try await server.get("/api/message_groups", as: ServerFixture.ada)
            #expect(later.status == 200)
        }
    }

    @Test(arguments: ["/health", "/ready", "/api/health-check"])
    func whoWatchesOverTheServerIsNeverRefused(_ path: String) async throws {
        try await ServerFixture.run(Self.options(burst: 1), time: HeldTime()) { server in
            _ = try await statuses(10) { try await server.call(.GET, "/nowhere") }
            let watching = try await statuses(50) { try await server.call(.GET, path) }
            #expect(Set(watching) == [200])
        }
    }

    @Test func behindABalancerTheAddressCountsAndNotItsPort() async throws {
        var options = Self.options(burst: 1)
        options.trustsForwardedFor = true
        try await ServerFixture.run(options, time: HeldTime()) { server in
            let forwarded = [
                "198.51.100.7, 192.0.2.1:1", "192.0.2.1:2", " 192.0.2.1 ", "192.0.2.3, 192.0.2.1", "192.0.2.1:5",
                "192.0.2.2:1", "[2001:db8:0:1::1]:80", "[2001:db8:0:1::2]:80", "2001:db8:0:1::3", "[2001:db8:0:1::4]",
                "2001:db8:0:1:ffff::9", "2001:db8:0:2::1",
            ]
            var statuses: [Int] = []
            for address in forwarded {
                statuses.append(
                    try await server.call(.GET, "/nowhere", headers: ["X-Forwarded-For": address]).status)
            }
            #expect(statuses == [404, 404, 404, 404, 429, 404, 404, 404, 404, 404, 429, 404])
        }
    }

    @Test(
        arguments: [
            ("192.0.2.1", "192.0.2.1:4567", true), ("192.0.2.1", " 192.0.2.1 ", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true), ("2001:db8::1", "[2001:db8::2]:80", true),
            ("2001:db8::1", "[2001:db8::2]", true), ("2001:db8:0:1::1", "2001:db8:0:2::1", false),
            ("fe80::1%eth0", "fe80::2", true),
        ])
    func addresses(_ one: String, _ other: String, _ areOne: Bool) throws {
        let (one, other) = try (#require(CallerAddress(forwarded: one)), #require(CallerAddress(forwarded: other)))
        #expect((one == other) == areOne)
    }

    @Test(arguments: ["", "unknown", "_hidden", "1.2.3", "[::1", "999.1.1.1", "a:b:c", "\u{0}"])
    func whatIsNoAddressIsNone(_ text: String) {
        // "[::1" is read as far as it goes.
        #expect(CallerAddress(forwarded: text) == (text == "[::1" ? CallerAddress(forwarded: "::1") : nil))
    }

    // MARK: Those who wait

    private func poll(_ server: ServerFixture, _ tag: String?, as user: User) async throws -> ServerFixture.Answer {
        try await server.call(
            .GET, "/api/message_groups", authorization: "Bearer \(server.token(user))",
            headers: ["If-None-Match": tag ?? "", "Prefer": "wait=50"])
    }

    /// As soon as it is held: whoever has just gone is about to give back their place.
    private func heldPoll(_ server: ServerFixture, _ tag: String?, as user: User) async throws -> ServerFixture.Answer {
        while true {
            let answer = try await poll(server, tag, as: user)
            if answer.headers.contains(name: "preference-applied") { return answer }
            try Task.checkCancellation()
        }
    }

    @Test func whoWaitsTakesNoPlaceOfARequestAndHasABoundOfTheirOwn() async throws {
        let time = HeldTime()
        try await ServerFixture.run(Self.options(burst: 100, waiters: 3, concurrent: 1), time: time) { server in
            let tag = try await server.get("/api/message_groups", as: ServerFixture.ada).headers.first(name: "etag")
            try await withThrowingTaskGroup(of: ServerFixture.Answer.self) { tasks in
                for count in 1...3 {
                    tasks.addTask { try await poll(server, tag, as: ServerFixture.ada) }
                    while server.waiting < count { await Task.yield() }
                }
                // One more gets its answer at once, and it does not say that it was held.
                let fourth = try await poll(server, tag, as: ServerFixture.ada)
                #expect(fourth.status == 304)
                #expect(fourth.headers.first(name: "preference-applied") == nil)
                // There is one place, and none of those who wait has it.
                let request = try await server.get("/api/message_groups", as: ServerFixture.ada)
                #expect(request.status == 200)
                time.advance(by: .seconds(50))
                for try await answer in tasks {
                    #expect(answer.status == 304)
                    #expect(answer.headers.first(name: "preference-applied") == "wait=50")
                }
            }
        }
    }

    @Test func whoGoesAwayIsWaitedForNoLonger() async throws {
        let time = HeldTime()
        try await ServerFixture.run(Self.options(burst: 100, waiters: 2), time: time) { server in
            let tag = try await server.get("/api/message_groups", as: ServerFixture.ada).headers.first(name: "etag")
            for _ in 1...5 {
                let polls = (1...2).map { _ in Task { try await heldPoll(server, tag, as: ServerFixture.ada) } }
                while server.waiting < 2 { await Task.yield() }
                for poll in polls { poll.cancel() }
                // No time goes by: they are not waited for.
                while server.waiting > 0 { await Task.yield() }
            }
            // Their places were given back.
            async let held = heldPoll(server, tag, as: ServerFixture.ada)
            while server.waiting < 1 { await Task.yield() }
            time.advance(by: .seconds(50))
            let answer = try await held
            #expect(answer.headers.first(name: "preference-applied") == "wait=50")
        }
    }
}
