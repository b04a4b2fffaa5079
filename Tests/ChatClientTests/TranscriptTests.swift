import TestSupport
import Testing
import Timestamps

@testable import ChatClient

/// Merging polls into a transcript.
struct TranscriptTests {
    private func message(_ number: Int, at microseconds: Int64? = nil, text: String? = nil) -> Message {
        Message(
            uuid: "m\(number)", text: text ?? "text \(number)", handle: number % 3 == 0 ? "me" : "you",
            displayName: "Name", at: Timestamp(microseconds: microseconds ?? Int64(number)))
    }

    private func merged(_ polls: [[Message]]) async throws -> [Message] {
        let history = try History.inMemory()
        let id = try await history.begin(with: UserShort(handle: "you", displayName: "You"))
        for poll in polls { _ = try await history.merge(poll, in: id.row, me: "me") }
        return try await history.content(TranscriptWindow(from: Timestamp(microseconds: .min)), of: id.row)
            .messages.map(\.message)
    }

    @Test(arguments: 0..<200)
    func anyPollsInAnyOrderDoubledOrMissingGiveTheSameTranscript(seed: Int) async throws {
        var random = Seeded(UInt64(seed))
        // A server's own order; now and then several messages of one instant.
        var time = Int64(0)
        let all = (0..<60).map { number in
            if Int.random(in: 0..<4, using: &random) != 0 { time += 1 }
            return message(number, at: time)
        }
        // What polls saw of it while it grew: windows of up to 20, some polls missing.
        var polls: [[Message]] = []
        for end in 1...all.count where end == all.count || Int.random(in: 0..<3, using: &random) == 0 {
            polls.append(Array(all[max(0, end - 20)..<end]))
        }
        let inOrder = try await merged(polls)
        let anyOrder = try await merged((polls + polls.prefix(5)).shuffled(using: &random))
        #expect(anyOrder == inOrder)
        // Each message once, in the server's order.
        let seen = Set(polls.joined().map(\.id))
        let positions = inOrder.compactMap { listed in all.firstIndex { $0.id == listed.id } }
        #expect(positions.count == seen.count)
        let pairs = zip(inOrder, inOrder.dropFirst())
        #expect(pairs.allSatisfy { $0.at <= $1.at })
        for poll in polls {
            let here = inOrder.filter { listed in poll.contains { $0.id == listed.id } }
            #expect(here == poll)
        }
    }

    @Test func messagesAreSortedByInstantEvenIfTheServerSortsByText() async throws {
        let transcript = try await merged([[message(3, at: 30), message(1, at: 10), message(2, at: 20)]])
        #expect(transcript.map(\.uuid) == ["m1", "m2", "m3"])
    }

    @Test func messagesOfOneInstantKeepTheServersOrder() async throws {
        let page = [message(9, at: 5), message(1, at: 5), message(4, at: 5)]
        #expect(try await merged([page, page]).map(\.uuid) == ["m9", "m1", "m4"])
    }

    @Test func pagesThatContradictEachOtherStillGiveEachMessageOnce() async throws {
        let (one, two, three) = (message(1, at: 5), message(2, at: 5), message(3, at: 5))
        let transcript = try await merged([[one, two, three], [three, two, one]])
        #expect(Set(transcript.map(\.uuid)) == ["m1", "m2", "m3"])
        #expect(transcript.count == 3)
    }

    @Test func rowsThatShareAUUIDButNotATextAreDifferentMessages() async throws {
        // Some servers give the sender's uuid where the message's should be.
        let page = [message(1, at: 1, text: "a"), message(1, at: 2, text: "b")]
        #expect(try await merged([page]).count == 2)
    }

    @Test func aRowThatTheServerHasTwiceIsShownOnce() async throws {
        let page = [message(1, at: 1), message(1, at: 2)]
        #expect(try await merged([page]).map(\.at) == [Timestamp(microseconds: 1)])
    }

    @Test func twoThousandMessagesOfOneMillisecondAreAllKept() async throws {
        let page = (0..<2000).map { message($0, at: 5_000_000) }
        #expect(try await merged([page]).map(\.uuid) == page.map(\.uuid))
    }
}

/// The left pane's list, while the stream moves its rows about.
struct GroupListTests {
    private func group(_ uuid: String, at: Int64, preview: String = "p", handle: String = "bob") -> Group {
        Group(uuid: uuid, handle: handle, displayName: "Bob", preview: preview, at: Timestamp(microseconds: at))
    }

    @Test func aGroupThatAPollLacksStays() {
        var list = GroupList()
        _ = list.take([group("a", at: 1), group("b", at: 2)])
        _ = list.take([group("b", at: 2)])
        #expect(list.groups.keys.sorted() == ["a", "b"])
    }

    @Test func ofAGroupListedTwiceTheNewestRowCounts() {
        for page in [["new": 2, "old": 1], ["old": 1, "new": 2]].map({ rows in
            rows.map { group("a", at: $1, preview: $0) }
        }) {
            var list = GroupList()
            #expect(list.take(page).changed.map(\.preview) == ["new"])
            #expect(list.groups["a"]?.preview == "new")
        }
    }

    @Test func aRowThatMovesBackIsNewsButNotBelieved() {
        var list = GroupList()
        _ = list.take([group("a", at: 5, preview: "new")])
        #expect(list.take([group("a", at: 3, preview: "late record")]).changed.count == 1)
        #expect(list.groups["a"]?.preview == "new")
        #expect(list.take([group("a", at: 3, preview: "late record")]).changed.isEmpty)
    }

    @Test func onlyNewAndMovedGroupsAreReported() {
        var list = GroupList()
        #expect(Set(list.take([group("a", at: 1), group("b", at: 1)]).changed.map(\.uuid)) == ["a", "b"])
        #expect(list.take([group("a", at: 1), group("b", at: 2)]).changed.map(\.uuid) == ["b"])
    }

    @Test(arguments: 0..<50)
    func anyOrderOfPollsGivesTheSameList(seed: Int) {
        var random = Seeded(UInt64(seed))
        let polls = (0..<20).map { _ in
            (0..<5).map { _ in
                group(
                    "\(Int.random(in: 0..<4, using: &random))", at: Int64.random(in: 0..<6, using: &random),
                    preview: "\(Int.random(in: 0..<3, using: &random))")
            }
        }
        var (one, other) = (GroupList(), GroupList())
        for poll in polls { _ = one.take(poll) }
        for poll in polls.shuffled(using: &random) + polls { _ = other.take(poll) }
        #expect(one.groups == other.groups)
    }

    // MARK: Which groups a list says anything about

    /// The groups that are believed to be gone after this page was told so often as it takes.
    private func gone(_ known: [Group], _ page: [Group], again: Bool = false) -> Set<String> {
        var list = GroupList(known)
        var gone: [String] = list.take(page).unlisted
        for _ in 0..<5 { gone += again ? list.takeAgain().unlisted : list.take(page).unlisted }
        return Set(gone)
    }

    private func day(_ text: String) -> Int64 { Timestamp(text + "T12:00:00Z")!.microseconds }

    @Test func aListThatCouldHaveShownAGroupAndDoesNotSaysThatItIsGone() {
        let known = [group("a", at: day("2026-11-01")), group("b", at: day("2026-11-02"))]
        #expect(gone(known, [known[1]]) == ["a"])
        // 304: it is that list again.
        #expect(gone(known, [known[1]], again: true) == ["a"])
    }

    @Test func aFullListSaysNothingOfOlderGroups() {
        let known = (1...45).map { group("g\($0)", at: day("2026-06-01") + Int64($0)) }
        #expect(gone(known, Array(known.suffix(20))).isEmpty)
        // But of those that it would have shown it does.
        let without = known.suffix(21).filter { $0.uuid != "g40" }
        #expect(gone(known, Array(without)) == ["g40"])
    }

    @Test(arguments: ["2025-12-31", "2025-03-01", "2024-02-29"])
    func aListOfTheNewYearSaysNothingOfGroupsOfTheOld(old: String) {
        let known = [group("old", at: day(old)), group("new", at: day("2026-01-01"))]
        #expect(gone(known, []).isEmpty)
        #expect(gone(known, [known[1]]).isEmpty)
    }

    @Test func aGroupThatIsMissingForAMomentIsNotGoneAndOneThatComesBackIsListedAgain() {
        let known = [group("a", at: day("2026-11-01")), group("b", at: day("2026-11-02"))]
        var list = GroupList(known)
        for _ in 0..<20 {
            #expect(list.take([known[1]]).unlisted.isEmpty)
            #expect(list.take([known[1]]).unlisted.isEmpty)
            #expect(list.take(known).listed.isEmpty)
        }
        for _ in 0..<3 { _ = list.take([known[1]]) }
        #expect(list.take(known).listed == ["a"])
    }
}
