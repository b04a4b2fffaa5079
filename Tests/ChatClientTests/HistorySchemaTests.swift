import Foundation
import GRDB
import TestSupport
import Testing
import Timestamps

@testable import ChatClient

/// Files of version 1 are taken over, whole.
struct HistorySchemaTests {
    private typealias Fixture = HistoryFixture
    private let fixture: HistoryFixture
    private let begin = HistoryFixture.now.microseconds

    init() throws {
        fixture = try HistoryFixture()
        try FileManager.default.createDirectory(
            atPath: fixture.folder.path + "/history", withIntermediateDirectories: true)
        let database = try DatabasePool(path: fixture.file.path)
        try HistorySchema.migrator.migrate(database, upTo: "1 messages, groups, outbox, drafts, words")
        try database.write { try fill($0) }
        try database.close()
    }

    /// Two groups and a conversation without one; of the first, two of three messages are read.
    private func fill(_ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO conversation (id, group_uuid, handle, display_name, preview, moved_at, read_until) VALUES
                    (1, 'g', 'bob', 'Bob', 'third', \(begin) + 3000000, \(begin) + 2000000),
                    (2, 'h', 'eve', 'Eve', 'unseen', \(begin) + 9000000, \(begin)),
                    (3, NULL, 'new', 'New', '', NULL, -9223372036854775808);
                INSERT INTO person VALUES (1, 'bob', 'Bob'), (2, 'me', 'Me');
                INSERT INTO message (id, conversation, at, identity, uuid, text, person, merged) VALUES
                    (\(begin) / 1000 + 1000, 1, \(begin) + 1000000, 11, 'a', 'first 👍', 1, 1),
                    (\(begin) / 1000 + 2000, 1, \(begin) + 2000000, 12, 'b', 'second', 2, 1),
                    (\(begin) / 1000 + 3000, 1, \(begin) + 3000000, 13, 'c', 'third', 1, 2);
                INSERT INTO word (rowid, words) SELECT id, 'of version one' FROM message;
                INSERT INTO outgoing (id, conversation, text, queued_at, state, reason, after, merged_before, owner)
                VALUES (5, 1, 'perhaps', \(begin), 'unsure', 'cut', \(begin), 2, 'p'), (6, 3, 'hello', \(begin), 'queued', NULL, NULL, 0, 'p');
                INSERT INTO draft VALUES (1, 'draft');
                INSERT INTO fact VALUES ('pages', 2), ('beginning', \(begin));
                """)
    }

    private func check(_ history: History) async throws {
        let conversations = try await history.conversations().sorted { $0.id.row < $1.id.row }
        #expect(conversations.map(\.id.row) == [1, 2, 3])
        #expect(conversations.map(\.unread) == [1, 0, 0])
        #expect(conversations.map { $0.last?.text } == ["third", "unseen", nil])
        #expect(conversations.map(\.isBehind) == [false, true, false])
        let content = try await history.content(TranscriptWindow(), of: 1, me: "me")
        #expect(content.messages.map(\.message.text) == ["first 👍", "second", "third"])
        #expect(content.messages.map(\.isUnread) == [false, false, true])
        #expect(try await history.outbox().map(\.outgoing.state) == [.unsure(reason: "cut"), .queued])
        #expect(try await history.outbox().map(\.outgoing.wasUnsure) == [true, false])
        #expect(try await history.drafts() == [ConversationID(1): "draft"])
        #expect(try await history.beginning() == Fixture.now)
    }

    @Test func nothingIsLostAndAllIsFound() async throws {
        let history = try fixture.open()
        try await check(history)
        while try await history.indexWords() {}
        #expect(try await history.search("👍", limit: 9).map(\.message.text) == ["first 👍"])
        #expect(try await history.search("thi", limit: 9).map(\.message.text) == ["third"])
        #expect(try await history.search("version", limit: 9).isEmpty)
        // What was sent before is found by what comes now.
        try await history.merge([Fixture.message(4, "perhaps", handle: "me")], in: 1, me: "me")
        #expect(try await history.waiting() == ["hello"])
        try await history.forget(1)
        #expect(try await history.search("thi", limit: 9).isEmpty)
    }

    @Test func whereItCannotBeWrittenItIsReadAsItIs() async throws {
        let memory = try History.inMemory()
        let copied = await HistoryCopy(of: try fixture.file.openReadOnly(), into: memory)
        try await check(memory)
        #expect(try await memory.search("third", limit: 9).count == 1)
        // Later it can, and is of this version.
        try await memory.merge([Fixture.message(4)], in: 1, me: "me")
        let history = try fixture.open()
        _ = try await history.absorb(memory, copied, owner: "p", me: "me")
        #expect(try await history.conversation(1)?.unread == 2)
        #expect(try await history.texts(1) == ["first 👍", "second", "third", "text 4"])
        #expect(try await history.waiting() == ["hello", "perhaps"])
    }

    /// A server goes on listing what an earlier version has stored.
    @Test func whatWasStoredIsNotStoredAgain() async throws {
        let listed = [
            Fixture.message(10), Fixture.message(11, "the same words"), Fixture.message(12, "the same words"),
        ]
        let database = try DatabaseQueue(path: fixture.file.path)
        try await database.write { database in
            for message in listed {
                try database.execute(
                    sql:
                        "INSERT INTO message (conversation, at, identity, uuid, text, person, merged) VALUES (2, ?, ?, ?, ?, 1, 2)",
                    arguments: [
                        message.at.microseconds, message.identity, StoredUUID.encode(message.uuid), message.text,
                    ])
            }
        }
        try database.close()
        let history = try fixture.open()
        let again = try await history.merge(listed, in: 2, me: "me")
        #expect(again.new == 0)
        #expect(try await history.texts(2) == listed.map(\.text))
        // In another conversation it is another message.
        #expect(try await history.merge(listed, in: 3, me: "me").new == 3)
        #expect(try await history.content(TranscriptWindow(), of: 2).messages.map(\.message.uuid) == listed.map(\.uuid))
    }
}
