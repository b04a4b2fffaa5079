import Foundation
import Testing
import Timestamps

@testable import ChatClient

/// The session on backends that misbehave, through real HTTP.
struct ChatSessionTests {
    private let group = ConversationID(History.localID("group g"))

    /// The first snapshot for which `condition` holds.
    @discardableResult
    private func snapshot(
        _ session: ChatSession, _ condition: (ChatSnapshot) -> Bool
    ) async throws -> ChatSnapshot {
        for await snapshot in session.updates where condition(snapshot) { return snapshot }
        throw CancellationError()
    }

    /// The snapshot after `count` more answered polls.
    private func snapshot(_ session: ChatSession, afterPolls count: Int) async throws -> ChatSnapshot {
        var seen = 0
        var last: Timestamp?
        return try await snapshot(session) { snapshot in
            if snapshot.connection.lastRefresh != last {
                last = snapshot.connection.lastRefresh
                seen += 1
            }
            return seen > count
        }
    }

    private func open(_ session: ChatSession) async throws {
        try await snapshot(session) { $0.hasGroups }
        await session.show(group)
        try await snapshot(session) { $0.transcript?.isLoaded == true }
    }

    // MARK: Sending

    @Test func aSentMessageIsShownAtOnceAndOnceHoweverOftenItIsPolled() async throws {
        try await MisbehavingBackend.run(prepare: { $0.say("hi", as: "bob") }) { backend, session in
            try await open(session)
            await session.send("hello", to: group)
            let first = try await snapshot(session) { $0.transcript?.entries.count == 2 }
            #expect(first.transcript?.entries.last?.text == "hello")
            let later = try await snapshot(session, afterPolls: 10)
            #expect(later.transcript?.entries.map(\.text) == ["hi", "hello"])
            #expect(later.transcript?.entries.last?.delivery == nil)
            #expect(await backend.posts.count == 1)
        }
    }

    @Test func aMessageWhoseAnswerFailedButWhichArrivedIsFoundAndNotSentAgain() async throws {
        try await MisbehavingBackend.run(prepare: {
            $0.say("hi", as: "bob")
            $0.postFaults = [.failAfterStoring]
        }) { backend, session in
            try await open(session)
            await session.send("once", to: group)
            try await snapshot(session) {
                $0.transcript?.entries.last?.id != nil && $0.unsent == 0 && $0.transcript?.entries.count == 2
            }
            let later = try await snapshot(session, afterPolls: 5)
            #expect(later.transcript?.entries.map(\.text) == ["hi", "once"])
            #expect(await backend.posts.count == 1)
            #expect(await backend.messages.count == 2)
        }
    }

    @Test func aMessageThatMayNotHaveArrivedWaitsForThePersonsWord() async throws {
        try await MisbehavingBackend.run(prepare: {
            $0.say("hi", as: "bob")
            $0.postFaults = [.failBeforeStoring]
        }) { backend, session in
            try await open(session)
            let maybe = try #require(await session.send("maybe", to: group))
            try await snapshot(session) {
                if case .unsure = $0.transcript?.entries.last?.delivery { return true }
                return false
            }
            _ = try await snapshot(session, afterPolls: 5)
            #expect(await backend.posts.count == 1)
            await session.retry(maybe.id, in: group)
            try await snapshot(session) {
                $0.unsent == 0 && $0.transcript?.entries.last?.text == "maybe"
                    && $0.transcript?.entries.last?.delivery == nil
            }
            #expect(await backend.messages.map(\.text) == ["hi", "maybe"])
        }
    }

    @Test func messagesOfAConversationArriveInTheOrderWritten() async throws {
        try await MisbehavingBackend.run(prepare: { $0.say("hi", as: "bob") }) { backend, session in
            try await open(session)
            for number in 1...5 { await session.send("\(number)", to: group) }
            try await snapshot(session) {
                $0.transcript?.entries.count == 6 && $0.transcript?.entries.allSatisfy { $0.delivery == nil } == true
            }
            #expect(await backend.messages.map(\.text) == ["hi", "1", "2", "3", "4", "5"])
        }
    }

    @Test func aRefusedMessageIsKeptAsFailedWithTheReason() async throws {
        try await MisbehavingBackend.run(prepare: {
            $0.say("hi", as: "bob")
            $0.postFaults = [.status(403)]
        }) { _, session in
            try await open(session)
            let no = try #require(await session.send("no", to: group))
            let failed = try await snapshot(session) {
                $0.transcript?.entries.last?.delivery == .failed(reason: "this conversation is not yours")
            }
            #expect(failed.unsent == 1)
            #expect(await session.discard(no.id, in: group) == "no")
            try await snapshot(session) { $0.unsent == 0 && $0.transcript?.entries.count == 1 }
        }
    }

    @Test func aServerThatAsksToSlowDownGetsTheMessageLaterWithoutAnyonesHelp() async throws {
        try await MisbehavingBackend.run(prepare: {
            $0.say("hi", as: "bob")
            $0.postFaults = [.status(429)]
        }) { backend, session in
            try await open(session)
            await session.send("later", to: group)
            try await snapshot(session) {
                $0.transcript?.entries.last?.text == "later" && $0.transcript?.entries.last?.delivery == nil
            }
            #expect(await backend.posts.count == 2)
            #expect(await backend.messages.count == 2)
        }
    }

    // MARK: New conversations

    @Test func aNewConversationBecomesAGroupWithItsFirstMessage() async throws {
        try await MisbehavingBackend.run { backend, session in
            try await snapshot(session) { $0.hasGroups }
            let bob = try #require(try await session.conversation(with: "bob"))
            #expect(bob.title == UserShort(handle: "bob", displayName: "Bob"))
            await session.show(bob.id)
            try await snapshot(session) { $0.transcript?.id == bob.id && $0.transcript?.isGroup == false }
            #expect(await backend.posts.isEmpty)
            await session.send("first", to: bob.id)
            let open = try await snapshot(session) {
                $0.transcript?.isGroup == true && $0.conversations.first?.group == "new-group"
            }
            #expect(open.conversations.map(\.id) == [bob.id])
            let later = try await snapshot(session, afterPolls: 5)
            #expect(later.transcript?.id == bob.id)
            #expect(later.transcript?.entries.map(\.text) == ["first"])
            #expect(await backend.posts == [["message": "first", "handle": "bob"]])
        }
    }

    @Test func aPairThatTalksAlreadyGetsNoSecondGroup() async throws {
        try await MisbehavingBackend.run { backend, session in
            try await snapshot(session) { $0.hasGroups }
            let bob = try #require(try await session.conversation(with: "bob"))
            await session.show(bob.id)
            // Bob wrote meanwhile: between our last poll and our first message.
            await backend.say("I was faster", as: "bob")
            await session.send("hello", to: bob.id)
            try await snapshot(session) {
                $0.transcript?.id == bob.id && $0.transcript?.entries.map(\.text) == ["I was faster", "hello"]
                    && $0.transcript?.entries.last?.delivery == nil
            }
            #expect(await backend.posts == [["message": "hello", "message_group_uuid": "g"]])
        }
    }

    @Test func nobodyIsFoundAlsoWhereTheServerAnswersTwoHundred() async throws {
        try await MisbehavingBackend.run { _, session in
            let ghost = try await session.conversation(with: "ghost")
            #expect(ghost == nil)
        }
    }

    // MARK: Groups

    @Test func aGroupThatIsMissingOrDoubledWhileItMovesIsShownOnce() async throws {
        try await MisbehavingBackend.run(prepare: { $0.say("hi", as: "bob") }) { backend, session in
            try await snapshot(session) { $0.conversations.count == 1 }
            await backend.set { $0.groupRows = [] }
            #expect(try await snapshot(session, afterPolls: 3).conversations.count == 1)
            await backend.set {
                $0.groupRows = [
                    $0.group("newer", at: "2026-11-24T06:00:00"), $0.group("older", at: "2026-11-24T05:30:00"),
                ]
            }
            let doubled = try await snapshot(session) { $0.conversations.first?.preview == "newer" }
            #expect(doubled.conversations.count == 1)
        }
    }

    @Test func aGroupWhoseStreamHasFailedShowsTheNewestMessageAllTheSame() async throws {
        try await MisbehavingBackend.run(prepare: {
            $0.say("old", as: "bob")
            $0.say("new", as: "bob", movesGroup: false)
        }) { _, session in
            try await open(session)
            #expect(
                try await snapshot(session) { $0.transcript?.isLoaded == true }.conversations.first?.preview == "new")
        }
    }

    @Test func whatOthersWriteAfterTheStartIsUnreadUntilItIsSeen() async throws {
        try await MisbehavingBackend.run(prepare: { $0.say("old", as: "bob") }) { backend, session in
            let start = try await snapshot(session) { $0.hasGroups }
            #expect(start.conversations.first?.unread == 0)
            // At once: a poll between two of them would count one.
            await backend.set {
                $0.say("one", as: "bob")
                $0.say("two", as: "bob")
                $0.say("mine, from the web", as: "me")
            }
            let unread = try await snapshot(session) { ($0.conversations.first?.unread ?? 0) > 0 }
            #expect(unread.conversations.first?.unread == 2)
            await session.show(group)
            let shown = try await snapshot(session) { $0.transcript?.entries.count == 4 }
            #expect(shown.transcript?.entries.map(\.isUnread) == [false, true, true, false])
            await session.markRead(group, told: try #require(shown.transcript).told)
            try await snapshot(session) { $0.conversations.first?.unread == 0 }
        }
    }

    @Test func aPageWithNothingKnownInItLeavesAGapThatCanBeSeen() async throws {
        try await MisbehavingBackend.run(prepare: { $0.say("first", as: "bob") }) { backend, session in
            try await open(session)
            await backend.set { backend in for number in 1...30 { backend.say("\(number)", as: "bob") } }
            let gap = try await snapshot(session) { $0.transcript?.entries.count == 21 }
            #expect(gap.transcript?.entries.map(\.isBeforeGap) == [true] + Array(repeating: false, count: 20))
        }
    }

    @Test func aServerThatReadsBackFillsTheGapAlsoAfterTheStartWasReached() async throws {
        try await MisbehavingBackend.run(prepare: {
            $0.readsBack = true
            $0.say("first", as: "bob")
        }) { backend, session in
            try await open(session)
            await session.loadOlder(group)
            await backend.set { backend in for number in 1...70 { backend.say("\(number)", as: "bob") } }
            let full = try await snapshot(session) { $0.transcript?.entries.count == 71 }
            #expect(full.transcript?.entries.allSatisfy { !$0.isBeforeGap } == true)
            #expect(full.transcript?.entries.map(\.text) == ["first"] + (1...70).map(String.init))
        }
    }

    @Test func aRowThatCannotBeReadIsLeftOutAndCounted() async throws {
        try await MisbehavingBackend.run(prepare: {
            $0.groupRows = [
                $0.group("fine", at: "2026-11-24T05:00:00Z"), ["uuid": "broken"],
                $0.group("?", at: "yesterday", uuid: "h"),
            ]
        }) { _, session in
            let snapshot = try await snapshot(session) { $0.hasGroups }
            #expect(snapshot.conversations.map(\.preview) == ["fine"])
            #expect(snapshot.unreadableRows == 2)
        }
    }

    @Test func aConversationThatFailsIsSaidToFailAndTheGroupsGoOn() async throws {
        try await MisbehavingBackend.run(prepare: { $0.say("hi", as: "bob") }) { backend, session in
            try await open(session)
            await backend.set { $0.messagesStatus = 500 }
            try await snapshot(session) {
                if case .offline(let reason, _, _) = $0.connection.state {
                    return reason == "this conversation: the server has a problem (500)"
                }
                return false
            }
            await backend.set { $0.groupRows = [$0.group("still polled", at: "2026-11-24T07:00:00Z")] }
            try await snapshot(session) { $0.conversations.first?.preview == "still polled" }
            await backend.set { $0.messagesStatus = nil }
            try await snapshot(session) { $0.connection.state == .online }
        }
    }

    @Test func whenTheNetworkComesBackTheNextTryIsNotWaitedFor() async throws {
        let (wakes, system) = AsyncStream.makeStream(of: Wake.self)
        try await MisbehavingBackend.run(
            flags: ["polling.groups_seconds": "3600", "polling.open_conversation_seconds": "3600"], wakes: wakes,
            prepare: { $0.groupsStatus = 503 }
        ) { backend, session in
            try await snapshot(session) {
                if case .offline = $0.connection.state { return true }
                return false
            }
            await backend.set { $0.groupsStatus = nil }
            system.yield(.network)
            try await snapshot(session) { $0.connection.state == .online }
            // Who is connected is not disturbed by an address that changes; by a sleep it is.
            let asked = await backend.paths.count
            system.yield(.network)
            system.yield(.machine)
            while await backend.paths.count == asked { await Task.yield() }
            #expect(await backend.paths.count == asked + 1)
        }
    }

    // MARK: Tokens

    @Test func anAccessTokenThatIsRefusedIsRefreshedAndTheCallMadeAgain() async throws {
        try await MisbehavingBackend.run(
            access: "stale", refresh: "refresh",
            prepare: {
                $0.say("hi", as: "bob")
                $0.staleTokens = ["stale"]
            }
        ) { backend, session in
            try await snapshot(session) { $0.conversations.count == 1 }
            #expect(await backend.tokensSeen == ["stale", "fresh-token"])
        }
    }

    @Test func withoutARefreshTokenTheSessionSaysThatItIsSignedOutAndKeepsWhatIsWritten() async throws {
        try await MisbehavingBackend.run(prepare: { $0.say("hi", as: "bob") }) { backend, session in
            try await open(session)
            await backend.set { $0.staleTokens = ["token"] }
            try await snapshot(session) { $0.connection.state == .signedOut(expired: nil) }
            await session.send("kept", to: group)
            let kept = try await snapshot(session) { $0.unsent == 1 }
            #expect(kept.transcript?.entries.last?.text == "kept")
        }
    }

    @Test func theHandleComesFromCognitoWhereTheTokensDoNotTellIt() async throws {
        try await MisbehavingBackend.run(handle: nil) { _, session in
            try await snapshot(session) { $0.me == "me" }
        }
    }

    @Test func whileCognitoCannotBeAskedTheHandleIsNotGivenUp() async throws {
        try await MisbehavingBackend.run(handle: nil, prepare: { $0.cognitoFaults = 1 }) { _, session in
            let known = try await snapshot(session) { $0.me == "me" }
            #expect(known.notice == nil)
        }
    }

    @Test func aRedirectIsNotFollowedSoTheTokenGoesNowhereElse() async throws {
        try await MisbehavingBackend.run { other, _ in
            let elsewhere = await other.url
            let before = await other.tokensSeen
            try await MisbehavingBackend.run(
                access: "secret", prepare: { $0.redirect = elsewhere + "/api/message_groups" }
            ) { _, session in
                try await snapshot(session) {
                    if case .offline(let reason, _, _) = $0.connection.state { return reason.contains("elsewhere") }
                    return false
                }
            }
            #expect(await other.tokensSeen.subtracting(before).contains("secret") == false)
        }
    }
}
