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

    private func merged(_ polls: [[Message]]) throws -> [Message] {
        let history = try History.inMemory()
        for poll in polls { _ = try history.merge(poll, in: 1, me: "me") }
        return try history.content(TranscriptWindow(from: Timestamp(microseconds: .min)), of: 1).messages.map(\.message)
    }

    @Test(arguments: 0..<200)
    func anyPollsInAnyOrderDoubledOrMissingGiveTheSameTranscript(seed: Int) throws {
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
        let inOrder = try merged(polls)
        let anyOrder = try merged((polls + polls.prefix(5)).shuffled(using: &random))
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

    @Test func messagesAreSortedByInstantEvenIfTheServerSortsByText() throws {
        let transcript = try merged([[message(3, at: 30), message(1, at: 10), message(2, at: 20)]])
        #expect(transcript.map(\.uuid) == ["m1", "m2", "m3"])
    }

    @Test func messagesOfOneInstantKeepTheServersOrder() throws {
        let page = [message(9, at: 5), message(1, at: 5), message(4, at: 5)]
        #expect(try merged([page, page]).map(\.uuid) == ["m9", "m1", "m4"])
    }

    @Test func pagesThatContradictEachOtherStillGiveEachMessageOnce() throws {
        let (one, two, three) = (message(1, at: 5), message(2, at: 5), message(3, at: 5))
        let transcript = try merged([[one, two, three], [three, two, one]])
        #expect(Set(transcript.map(\.uuid)) == ["m1", "m2", "m3"])
        #expect(transcript.count == 3)
    }

    @Test func rowsThatShareAUUIDButNotATextAreDifferentMessages() throws {
        // Some servers give the sender's uuid where the message's should be.
        let page = [message(1, at: 1, text: "a"), message(1, at: 2, text: "b")]
        #expect(try merged([page]).count == 2)
    }

    @Test func aRowThatTheServerHasTwiceIsShownOnce() throws {
        let page = [message(1, at: 1), message(1, at: 2)]
        #expect(try merged([page]).map(\.at) == [Timestamp(microseconds: 1)])
    }

    @Test func twoThousandMessagesOfOneMillisecondAreAllKept() throws {
        let page = (0..<2000).map { message($0, at: 5_000_000) }
        #expect(try merged([page]).map(\.uuid) == page.map(\.uuid))
    }
}

/// The left pane's list, while the stream moves its rows about.
struct GroupListTests {
    private func group(_ uuid: String, at: Int64, preview: String = "p", handle: String = "bob") -> Group {
        Group(uuid: uuid, handle: handle, displayName: "Bob", preview: preview, at: Timestamp(microseconds: at))
    }

    @Test func aGroupThatAPollLacksStays() {
        var list = GroupList()
        list.merge([group("a", at: 1), group("b", at: 2)])
        list.merge([group("b", at: 2)])
        #expect(list.groups.keys.sorted() == ["a", "b"])
    }

    @Test func ofAGroupListedTwiceTheNewestRowCounts() {
        var list = GroupList()
        list.merge([group("a", at: 2, preview: "new"), group("a", at: 1, preview: "old")])
        #expect(list.groups["a"]?.preview == "new")
        list.merge([group("a", at: 1, preview: "old"), group("a", at: 2, preview: "new")])
        #expect(list.groups["a"]?.preview == "new")
    }

    @Test func aRowThatMovesBackIsNotBelieved() {
        var list = GroupList()
        list.merge([group("a", at: 5, preview: "new")])
        #expect(list.merge([group("a", at: 3, preview: "late record")]).isEmpty)
        #expect(list.groups["a"]?.preview == "new")
    }

    @Test func onlyNewAndMovedGroupsAreReported() {
        var list = GroupList()
        #expect(list.merge([group("a", at: 1), group("b", at: 1)]) == ["a", "b"])
        #expect(list.merge([group("a", at: 1), group("b", at: 2)]) == ["b"])
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
        for poll in polls { one.merge(poll) }
        for poll in polls.shuffled(using: &random) + polls { other.merge(poll) }
        #expect(one == other)
    }

    @Test func ofTwoGroupsForOnePairTheLastUsedIsTaken() {
        var list = GroupList()
        list.merge([group("old", at: 1), group("new", at: 9)])
        #expect(list.group(with: "bob")?.uuid == "new")
        #expect(list.group(with: "eve") == nil)
    }
}
