import TestSupport
import Testing
import Timestamps

@testable import ChatClient

/// The transcript on screen: which part of it, and where the rest comes from.
@Suite(.timeLimit(.minutes(30)))
struct ReadingTests {
    private let page = ScriptedBackend.page("g")

    private func shown(_ rooms: Rooms) async -> [String] {
        await rooms.reading.transcript(isFresh: true)?.entries.map(\.text) ?? []
    }

    private func numbers(_ range: ClosedRange<Int>) -> [String] { range.map(String.init) }

    /// The backend has so many messages, and the history the newest 20, as a poll would bring them.
    private func know(newestOf count: Int, in group: String = "g", _ rooms: Rooms) async throws {
        await rooms.backend.set { backend in
            for number in 1...count { backend.say("\(number)", as: "bob", in: group) }
        }
        let rows = await rooms.backend.messages[group] ?? []
        let page = try rows.suffix(20).map { row in
            Message(
                uuid: try #require(row["uuid"]), text: try #require(row["message"]), handle: "bob", displayName: "bob",
                at: try #require(Timestamp(row["created_at"] ?? "")))
        }
        let id = ConversationID(History.localID("group \(group)"))
        await rooms.keeper.use { try await $0.merge(page, in: id.row, me: "me") }
    }

    // MARK: The window

    @Test func theNewestTheOldestAndThePlaceOfAHitAreShown() async throws {
        try await Rooms.run { rooms in
            await rooms.know()
            await rooms.merge(numbers(1...1000), in: Rooms.bob)
            await rooms.reading.show(Rooms.bob, at: .newest)
            #expect(await shown(rooms) == numbers(801...1000))
            await rooms.reading.loadOlder(Rooms.bob)
            #expect(await shown(rooms) == numbers(601...1000))
            await rooms.reading.show(Rooms.bob, at: .oldest)
            #expect(await shown(rooms).first == "1")
            #expect(await shown(rooms).count <= 201)
            #expect(await rooms.reading.transcript(isFresh: true)?.newer == 1000 - shown(rooms).count)
            await rooms.reading.loadNewer(Rooms.bob)
            #expect(await shown(rooms).starts(with: numbers(1...400)))
            let hit = Timestamp("2026-11-24T10:00:00Z")!.advanced(bySeconds: 499)
            await rooms.reading.show(Rooms.bob, at: .around(hit))
            let around = await shown(rooms)
            #expect(around.starts(with: numbers(400...600)))
            #expect(around.contains("500"))
        }
    }

    @Test func whoGoesOnAndOnHoldsABoundedPartAndMissesNothing() async throws {
        try await Rooms.run { rooms in
            await rooms.know()
            await rooms.merge(numbers(1...3000), in: Rooms.bob)
            await rooms.reading.show(Rooms.bob, at: .newest)
            var first = 2801
            while first > 1 {
                await rooms.reading.loadOlder(Rooms.bob)
                first = max(1, first - 200)
                let part = await shown(rooms)
                #expect(part.count <= 800)
                #expect(part == numbers(first...first + part.count - 1))
            }
        }
    }

    @Test func whatIsDatedBeforeAllThatIsKnownIsShown() async throws {
        try await Rooms.run { rooms in
            await rooms.know()
            await rooms.merge(["1", "2"], in: Rooms.bob)
            await rooms.reading.show(Rooms.bob, at: .newest)
            #expect(await shown(rooms) == ["1", "2"])
            await rooms.merge(["an hour slow"], from: 32_400, in: Rooms.bob)
            await rooms.reading.reload()
            #expect(await shown(rooms) == ["an hour slow", "1", "2"])
        }
    }

    @Test func theFarEndStaysWhereItIsWhateverArrives() async throws {
        try await Rooms.run { rooms in
            await rooms.know()
            await rooms.merge(numbers(1...300), in: Rooms.bob)
            await rooms.reading.show(Rooms.bob, at: .newest)
            await rooms.merge(numbers(301...310), from: 36_300, in: Rooms.bob)
            await rooms.reading.reload()
            #expect(await shown(rooms) == numbers(101...310))
        }
    }

    @Test func whoHasMovedOnReadsThatAndNothingOfBefore() async throws {
        try await Rooms.run { rooms in
            await rooms.know()
            await rooms.merge(numbers(1...300), in: Rooms.bob)
            await rooms.merge(["hana's"], in: Rooms.hana)
            for round in 0..<40 {
                async let before: Void = rooms.reading.show(Rooms.bob, at: round % 2 == 0 ? .oldest : .newest)
                for _ in 0..<round { await Task.yield() }
                async let reload: Void = rooms.reading.reload()
                await rooms.reading.show(Rooms.hana, at: .newest)
                // Whichever was asked for last; but never the one's messages under the other's name.
                if let either = await rooms.reading.transcript(isFresh: true) {
                    #expect((either.id == Rooms.hana) == (either.entries.map(\.text) == ["hana's"]))
                }
                _ = await (before, reload)
                await rooms.reading.show(Rooms.hana, at: .newest)
                #expect(await shown(rooms) == ["hana's"])
            }
        }
    }

    @Test func aReloadTellsAllThatWasThereBeforeItHoweverManyRunAtOnce() async throws {
        try await Rooms.run { rooms in
            await rooms.know()
            await rooms.reading.show(Rooms.bob, at: .newest)
            for round in 1...50 {
                async let one: Void = rooms.reading.reload()
                async let other: Void = rooms.reading.reload()
                await rooms.merge(["\(round)"], from: 36_000 + round, in: Rooms.bob)
                await rooms.reading.reload()
                #expect(await shown(rooms) == numbers(1...round))
                _ = await (one, other)
                #expect(await shown(rooms) == numbers(1...round))
            }
        }
    }

    // MARK: From the server

    @Test func olderPagesComeFromAServerThatReadsBackUntilThereAreNone() async throws {
        try await Rooms.run(prepare: { $0.readsBack = true }) { rooms in
            await rooms.know()
            try await know(newestOf: 50, rooms)
            await rooms.reading.show(Rooms.bob, at: .newest)
            #expect(await shown(rooms) == numbers(31...50))
            for first in [11, 1, 1] {
                await rooms.reading.loadOlder(Rooms.bob)
                #expect(await shown(rooms) == numbers(first...50))
            }
            let asked = await rooms.backend.count(page)
            await rooms.reading.loadOlder(Rooms.bob)
            #expect(await rooms.backend.count(page) == asked)
        }
    }

    @Test func aServerThatCannotReadBackIsAskedOnceAndChangesNothing() async throws {
        try await Rooms.run { rooms in
            await rooms.know()
            try await know(newestOf: 50, rooms)
            await rooms.reading.show(Rooms.bob, at: .newest)
            for _ in 1...3 { await rooms.reading.loadOlder(Rooms.bob) }
            #expect(await shown(rooms) == numbers(31...50))
            #expect(await rooms.backend.count(page) == 1)
        }
    }

    @Test func aServerThatWasInTroubleIsAskedAgainByWhoScrollsAgain() async throws {
        try await Rooms.run(prepare: {
            $0.readsBack = true
            $0.replies[ScriptedBackend.page("g")] = [.init(status: 502)]
        }) { rooms in
            await rooms.know()
            try await know(newestOf: 30, rooms)
            await rooms.reading.show(Rooms.bob, at: .newest)
            await rooms.reading.loadOlder(Rooms.bob)
            #expect(await shown(rooms) == numbers(11...30))
            await rooms.reading.loadOlder(Rooms.bob)
            #expect(await shown(rooms) == numbers(1...30))
        }
    }

    @Test func aGapIsFilledUntilItMeetsWhatWasKnown() async throws {
        try await Rooms.run(prepare: { $0.readsBack = true }) { rooms in
            await rooms.know()
            try await know(newestOf: 20, rooms)
            await rooms.reading.show(Rooms.bob, at: .newest)
            await rooms.backend.set { backend in for number in 21...100 { backend.say("\(number)", as: "bob") } }
            let rows = await rooms.backend.messages["g"] ?? []
            let newest = rows.suffix(20).map { row in
                Message(
                    uuid: row["uuid"] ?? "", text: row["message"] ?? "", handle: "bob", displayName: "bob",
                    at: Timestamp(row["created_at"] ?? "")!)
            }
            let merged = await rooms.keeper.use { try await $0.merge(newest, in: Rooms.bob.row, me: "me") }
            #expect(merged?.hasGap == true)
            await rooms.reading.reload()
            #expect(await rooms.reading.transcript(isFresh: true)?.entries.contains(where: \.isBeforeGap) == true)
            try await rooms.during(rooms.reading.run) {
                await rooms.reading.fillGap(in: Rooms.bob)
                try await until {
                    await rooms.reading.transcript(isFresh: true)?.entries.contains(where: \.isBeforeGap) == false
                }
                #expect(await shown(rooms) == numbers(1...100))
            }
        }
    }

    @Test func whoWantsToSeeTheFirstMessageIsReadBackToIt() async throws {
        try await Rooms.run(prepare: { $0.readsBack = true }) { rooms in
            await rooms.know()
            try await know(newestOf: 150, rooms)
            try await rooms.during(rooms.reading.run) {
                await rooms.reading.show(Rooms.bob, at: .oldest)
                try await until { await shown(rooms) == numbers(1...150) }
            }
        }
    }

    @Test func whoGoesElsewhereOnTheWayToTheFirstMessageStopsIt() async throws {
        try await Rooms.run(prepare: { $0.readsBack = true }) { rooms in
            await rooms.know()
            try await know(newestOf: 150, rooms)
            try await know(newestOf: 60, in: "h", rooms)
            await rooms.backend.keepBack(page)
            try await rooms.during(rooms.reading.run) {
                await rooms.reading.show(Rooms.bob, at: .oldest)
                try await until { await rooms.backend.waiting(page) == 1 }
                await rooms.reading.show(Rooms.hana, at: .oldest)
                await rooms.backend.release(page)
                // One way at a time: when this one has come to its end, the other's is over.
                try await until { await shown(rooms) == numbers(1...60) }
                #expect(await rooms.backend.count(page) == 1)
                // What had been asked for is not thrown away.
                #expect(await rooms.texts(Rooms.bob) == numbers(111...150))
            }
        }
    }
}
