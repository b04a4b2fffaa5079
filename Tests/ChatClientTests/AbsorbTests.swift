import Foundation
import GRDB
import TestSupport
import Testing
import Timestamps

@testable import ChatClient

/// What a history in memory has taken meanwhile comes to the disk, beside what others have written there.
struct AbsorbTests {
    private typealias Fixture = HistoryFixture
    private let fixture: HistoryFixture
    private let disk: History
    private let memory: History
    private let row: Int64

    init() async throws {
        fixture = try HistoryFixture()
        disk = try fixture.open()
        memory = try History.inMemory()
        row = try await Fixture.row(disk)
    }

    private func copy() async -> HistoryCopy { await HistoryCopy(of: disk, into: memory) }

    private func absorb(_ copied: HistoryCopy) async throws {
        _ = try await disk.absorb(memory, copied, owner: "p", me: "me")
    }

    private func message(_ number: Int, _ text: String? = nil, handle: String = "bob") -> Message {
        Fixture.message(number, text, handle: handle)
    }

    private func merge(_ history: History, _ messages: [Message], in row: Int64? = nil) async throws {
        try await history.merge(messages, in: row ?? self.row, me: "me")
    }

    // MARK: What is read

    @Test func whatIsReadInOneOfThemIsReadInBoth() async throws {
        try await merge(disk, [message(1), message(2)])
        let copied = await copy()
        try await merge(memory, [message(1), message(2), message(3)])
        try await disk.markRead(row, told: .max)
        try await absorb(copied)
        #expect(try await disk.content(TranscriptWindow(), of: row).messages.map(\.isUnread) == [false, false, true])
        #expect(try await disk.conversation(row)?.unread == 1)
        let again = await copy()
        try await memory.markRead(row, told: .max)
        try await merge(disk, [message(3), message(4)])
        try await absorb(again)
        #expect(
            try await disk.content(TranscriptWindow(), of: row).messages.map(\.isUnread).suffix(2) == [false, true])
        #expect(try await disk.conversation(row)?.unread == 1)
    }

    @Test func whatWasNotTouchedInMemoryIsNotTouchedOnTheDisk() async throws {
        let other = try await Fixture.row(disk, "h", handle: "eve")
        try await merge(disk, [message(9)], in: other)
        let copied = await copy()
        try await merge(memory, [message(1)])
        try await disk.save(draft: "of another program", of: other)
        try await disk.markRead(other, told: .max)
        let before = try await disk.conversation(other)?.changed
        try await absorb(copied)
        #expect(try await disk.conversation(other)?.changed == before)
        #expect(try await disk.conversation(other)?.unread == 0)
        #expect(try await disk.drafts() == [ConversationID(other): "of another program"])
        #expect(try await disk.texts(row) == ["text 1"])
    }

    @Test func whatAnotherProgramHasForgottenStaysForgotten() async throws {
        try await merge(disk, [message(1, "secret")])
        let copied = await copy()
        try await merge(memory, [message(1, "secret"), message(2)])
        try await disk.forget(row)
        try await absorb(copied)
        #expect(try await disk.texts(row) == ["text 2"])
    }

    @Test func aGapThatWasFilledIsNone() async throws {
        try await merge(disk, [message(1)])
        try await merge(disk, (20...39).map { message($0) })
        let copied = await copy()
        try await memory.merge((1...19).map { message($0) }, in: row, .before(message(20)), me: "me")
        try await absorb(copied)
        #expect(try await disk.messageAfterLastGap(in: row) == nil)
        #expect(try await disk.texts(row).count == 39)
        let again = await copy()
        try await merge(memory, (60...79).map { message($0) })
        try await absorb(again)
        #expect(try await disk.messageAfterLastGap(in: row) == message(60))
    }

    // MARK: What is ours

    /// So many pages another program has merged meanwhile.
    @Test(arguments: [0, 1, 7])
    func aTextThatWasLostIsNotTakenForOneThatHadBeenTold(pages: Int) async throws {
        let other = try await Fixture.row(disk, "h", handle: "eve")
        let copied = await copy()
        try await merge(memory, [message(1, handle: "eve")], in: other)
        try await merge(memory, [message(2, "hi", handle: "me")])
        let sent = try await memory.queue("hi", row)
        _ = try await memory.begin(sent, in: row, by: "p")
        try await memory.setState(.unsure(reason: "cut"), of: sent, me: "me")
        for page in 0..<pages { try await merge(disk, [message(100 + page, handle: "eve")], in: other) }
        try await absorb(copied)
        #expect(try await disk.waiting() == ["hi"])
        #expect(try await disk.content(TranscriptWindow(), of: row, me: "me").outgoing.map(\.text) == ["hi"])
        // And the one that arrives is it.
        try await merge(disk, [message(2, "hi", handle: "me"), message(3, "hi", handle: "me")])
        #expect(try await disk.waiting().isEmpty)
    }

    @Test(arguments: [true, false])
    func whatHasArrivedIsNotShownTwice(wasToldInMemory: Bool) async throws {
        let sent = try await disk.queue("hi", row)
        _ = try await disk.begin(sent, in: row, by: "p")
        let copied = await copy()
        try await memory.setState(.unsure(reason: "cut"), of: sent, me: "me")
        try await merge(disk, [message(1)])
        try await merge(wasToldInMemory ? memory : disk, [message(1), message(2, "hi", handle: "me")])
        try await absorb(copied)
        #expect(try await disk.waiting().isEmpty)
        #expect(try await disk.texts(row) == ["text 1", "hi"])
        // It is nobody else's.
        let second = try await disk.queue("hi", row)
        _ = try await disk.begin(second, in: row, by: "p")
        try await disk.setState(.unsure(reason: "cut"), of: second, me: "me")
        #expect(try await disk.waiting() == ["hi"])
    }

    @Test func twoTextsOfOneNumberAreBothKeptAndInTheirOrder() async throws {
        let copied = await copy()
        let first = try await memory.queue("a", row)
        try await memory.queue("b", row)
        #expect(try await disk.queue("theirs", row, by: "another") == first)
        try await absorb(copied)
        let entries = try await disk.outbox().map(\.outgoing)
        #expect(entries.filter { $0.owner == "p" }.map(\.text) == ["a", "b"])
        #expect(entries.filter { $0.owner == "another" }.map(\.text) == ["theirs"])
        #expect(entries.first?.id == first)
    }

    @Test func whatWasSentDiscardedOrTriedAgainMeanwhileIsSo() async throws {
        let ids = [try await disk.queue("a", row), try await disk.queue("b", row), try await disk.queue("c", row)]
        let copied = await copy()
        _ = try await memory.remove(ids[0])
        try await memory.setState(.failed(reason: "no"), of: ids[1], me: "me")
        try await absorb(copied)
        #expect(try await disk.outbox().map(\.outgoing.state) == [.failed(reason: "no"), .queued])
        #expect(try await disk.outbox().map(\.id) == Array(ids[1...]))
    }

    /// What stands there at first, then on the disk and in memory; and afterwards.
    @Test(
        arguments: [
            (nil, nil, "m", "m"), ("a", "a", nil, nil), ("a", "a", "am", "am"), ("a", "d", "a", "d"),
            ("a", nil, "a", nil),
            ("a", "d", nil, "d"), ("a", "d", "m", "d\nm"), (nil, "d", "d more", "d more"),
            (nil, "d more", "d", "d more"),
        ] as [(String?, String?, String?, String?)])
    func ofADraftNothingIsLost(first: String?, disk: String?, memory: String?, then: String?) async throws {
        try await self.disk.save(draft: first, of: row)
        let copied = await copy()
        try await self.disk.save(draft: disk, of: row)
        try await self.memory.save(draft: memory, of: row)
        try await absorb(copied)
        #expect(try await self.disk.drafts()[ConversationID(row)] == then)
    }

    // MARK: Which conversation

    @Test func aConversationIsNotTakenForAnotherOfTheSameNumber() async throws {
        let begun = try await disk.begin(with: UserShort(handle: "eve", displayName: "Eve"))
        let copied = await copy()
        _ = try await memory.become("in memory", begun)
        try await merge(memory, [message(1, "to the first")], in: begun.row)
        _ = try await disk.become("on disk", begun)
        try await absorb(copied)
        #expect(try await disk.conversation(begun.row)?.group == "on disk")
        #expect(try await disk.texts(begun.row).isEmpty)
        let other = try #require(try await disk.conversation(ofGroup: "in memory"))
        #expect(try await disk.texts(other.id.row) == ["to the first"])
    }

    @Test func aConversationThatWentIntoAnotherDoesNotComeBack() async throws {
        let begun = try await disk.begin(with: UserShort(handle: "eve", displayName: "Eve"))
        try await disk.queue("hello", begun.row)
        try await disk.save(draft: "and", of: begun.row)
        let copied = await copy()
        _ = try await memory.become("g", begun)
        try await absorb(copied)
        #expect(try await disk.conversation(begun.row) == nil)
        #expect(try await disk.outbox().map(\.conversation.row) == [row])
        #expect(try await disk.drafts() == [ConversationID(row): "and"])
    }
}
