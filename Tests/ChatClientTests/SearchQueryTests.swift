import Testing
import Timestamps

@testable import ChatClient

/// `from:mei noon`: whose messages, from when, and what is in them.
struct SearchQueryTests {
    private let fixture: HistoryFixture

    init() throws { fixture = try HistoryFixture() }

    /// @me with two others.
    private func history() async throws -> History {
        let history = try fixture.open()
        for (group, handle) in [("g1", "mei"), ("g2", "meier")] {
            try await history.save(
                [
                    Group(
                        uuid: group, handle: handle, displayName: handle, preview: "",
                        at: Timestamp("2026-11-20T12:00:00Z")!)
                ],
                readUntil: nil)
            guard let row = try await history.conversation(ofGroup: group)?.id.row else { continue }
            let texts = [
                (handle, "noon at https://a.example", "2026-11-20T12:00:00Z"),
                ("me", "noon it is", "2026-11-22T12:00:00Z"),
                (handle, "later", "2026-11-24T12:00:00Z"),
            ]
            try await history.merge(
                texts.enumerated().map { number, said in
                    Message(
                        uuid: "\(group) \(number)", text: said.1, handle: said.0, displayName: said.0,
                        at: Timestamp(said.2)!)
                }, in: row, me: "me")
        }
        return history
    }

    @Test(arguments: [
        ("noon from:mei", ["noon at https://a.example", "noon at https://a.example"]),
        ("noon from:me", ["noon it is", "noon it is"]), ("noon from:@meier", ["noon at https://a.example"]),
        ("in:meier later", ["later"]), ("has:link in:meier", ["noon at https://a.example"]),
        ("in:meier before:2026-11-23", ["noon it is", "noon at https://a.example"]),
        ("in:meier after:2026-11-23", ["later"]), ("after:2026-11-21 before:2026-11-23 in:meier", ["noon it is"]),
        // What is no filter is a word, and one that is not written to its end is none yet.
        ("has:words", []), ("noon in:meier from:", ["noon it is", "noon at https://a.example"]), ("in:%", []),
    ])
    func filtersSayWhichMessagesAreMeant(typed: String, texts: [String]) async throws {
        #expect(try await history().search(typed, limit: 9).map(\.message.text) == texts)
    }

    @Test func theNewestOfThoseThatAreMeantCountAndNotOfAll() async throws {
        #expect(try await history().search("noon from:mei", limit: 1).count == 1)
    }

    @Test func whatIsUnreadAgainCountsAgainAndOwnMessagesNever() async throws {
        let history = try await history()
        guard let row = try await history.conversation(ofGroup: "g1")?.id.row else { return #expect(Bool(false)) }
        try await history.markRead(row, told: .max)
        try await history.markUnread(row, from: Timestamp("2026-11-22T12:00:00Z")!)
        #expect(try await history.conversation(row)?.unread == 1)
        try await history.markUnread(row, from: Timestamp("2026-11-20T12:00:00Z")!)
        #expect(try await history.conversation(row)?.unread == 2)
        try await history.markRead(row, told: .max)
        #expect(try await history.conversation(row)?.unread == 0)
    }
}
