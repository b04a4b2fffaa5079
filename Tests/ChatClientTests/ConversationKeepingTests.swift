import TestSupport
import Testing
import Timestamps

@testable import ChatClient

/// What a person wants of a conversation, on this machine.
struct ConversationKeepingTests {
    private typealias Answer = TrapBackend.Answer

    private func summary(_ id: Int64, _ keeping: ConversationKeeping = [], minutesAgo: Double) -> ConversationSummary {
        let now = Timestamp(microseconds: 1_000_000_000_000_000)
        return ConversationSummary(
            id: .init(id), title: UserShort(handle: "h\(id)", displayName: "H"), preview: "",
            at: now.advanced(bySeconds: -minutesAgo * 60), keeping: keeping)
    }

    @Test func pinnedOnesStandBeforeTheOthersAndTheNewestBeforeTheOlder() {
        var list = ConversationList()
        for row in [
            summary(1, minutesAgo: 1), summary(2, .pinned, minutesAgo: 50), summary(3, minutesAgo: 2),
            summary(4, [.pinned, .muted], minutesAgo: 40),
        ] { list.put(row) }
        #expect(list.rows.map(\.id.row) == [4, 2, 1, 3])
        list.put(summary(2, minutesAgo: 50))
        #expect(list.rows.map(\.id.row) == [4, 1, 3, 2])
        list.remove(.init(4))
        #expect(list.rows.map(\.id.row) == [1, 3, 2])
    }

    @Test func whatIsPutAwayComesBackWithTheNextMessage() async throws {
        try await TrapBackend.run { backend, chat in
            _ = try await chat.until { !$0.conversations.isEmpty }
            await chat.session.set(.archived, true, of: Watched.bob)
            let away = try await chat.until { $0.conversations.isEmpty }
            #expect(away.archived.map(\.id) == [Watched.bob])
            // The same list again changes nothing.
            await chat.session.refresh()
            #expect(try await chat.until { $0.hasGroups }.conversations.isEmpty)
            await backend.answer(
                TrapBackend.groups, try Answer([TrapBackend.groupRow("new", at: "2026-11-24T07:00:00+00:00")]))
            await chat.session.refresh()
            #expect(try await chat.until { !$0.conversations.isEmpty }.archived.isEmpty)
        }
    }

    @Test func whoLooksAtItHasItInTheListAndWhatIsWrittenIsNotPutAway() async throws {
        try await TrapBackend.run { _, chat in
            _ = try await chat.until { !$0.conversations.isEmpty }
            await chat.session.set(.archived, true, of: Watched.bob)
            _ = try await chat.until { $0.conversations.isEmpty }
            await chat.session.show(Watched.bob)
            _ = try await chat.until { $0.conversations.map(\.id) == [Watched.bob] }
            await chat.session.keep(draft: "not yet", of: Watched.bob)
            await chat.session.show(.init(99))
            _ = try await chat.until { $0.transcript?.id != Watched.bob }
            _ = try await chat.until { $0.archived.isEmpty && $0.conversations.map(\.id) == [Watched.bob] }
        }
    }

    @Test func whatOneSaysOneselfBringsNothingBackAndWhatTheOtherSaysDoes() async throws {
        let folder = try TemporaryFolder()
        let now = Timestamp("2026-11-24T12:00:00Z")!
        let history = try HistoryFile(path: folder.path + "/me.sqlite").open(at: now).history
        try await history.save(
            [Group(uuid: "g", handle: "bob", displayName: "Bob", preview: "p", at: now)], readUntil: nil)
        let id = try #require(try await history.conversations().first).id
        try await history.set(.archived, true, of: id.row)
        func say(_ number: Int, by handle: String) async throws -> Bool {
            let message = Message(
                uuid: "00000000-0000-4000-8000-00000000000\(number)", text: "\(number)", handle: handle,
                displayName: handle, at: now.advanced(bySeconds: Double(number)))
            _ = try await history.merge([message], in: id.row, me: "me")
            return try #require(try await history.conversation(id.row)).isArchived
        }
        #expect(try await say(1, by: "me"))
        #expect(try await !say(2, by: "bob"))
    }

    @Test func whatIsWantedIsThereTheNextTimeAndGoesWithItsConversation() async throws {
        let folder = try TemporaryFolder()
        let file = HistoryFile(path: folder.path + "/me.sqlite")
        let now = Timestamp("2026-11-24T12:00:00Z")!
        let group = Group(uuid: "g", handle: "bob", displayName: "Bob", preview: "p", at: now)
        do {
            let history = try file.open(at: now).history
            try await history.save([group], readUntil: nil)
            let id = try #require(try await history.conversations().first).id
            #expect(try await history.conversation(id.row)?.keeping == [])
            try await history.set([.pinned, .muted, .archived], true, of: id.row)
            try await history.set(.muted, false, of: id.row)
        }
        let history = try file.open(at: now).history
        let kept = try #require(try await history.conversations().first)
        #expect(kept.keeping == [.pinned, .archived] && kept.isArchived)
        let later = Group(
            uuid: "g", handle: "bob", displayName: "Bob", preview: "q", at: now.advanced(bySeconds: 0.000_001))
        try await history.save([later], readUntil: nil)
        #expect(try await history.conversation(kept.id.row)?.keeping == .pinned)
    }
}
