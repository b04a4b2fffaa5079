import Foundation
import MessageTable
import NIOCore
import TestSupport
import Testing
import Timestamps
import Users

@testable import CruddurServer

/// Lists that are encoded once and shared.
struct AnswerTests {
    /// As the API's lists were always written.
    private struct Reference: Encodable {
        let createdAt: String
        let displayName: String
        let handle: String
        let message: String
        let uuid: String

        enum CodingKeys: String, CodingKey {
            case handle, message, uuid
            case createdAt = "created_at"
            case displayName = "display_name"
        }
    }

    @Test func aListIsByteForByteWhatFoundationMakesOfIt() throws {
        var random = Seeded(7)
        let scalars = (0...0x7F).map { UnicodeScalar($0)! } + Array("/é日👩‍💻\u{202E}\u{2028}\u{FEFF}".unicodeScalars)
        func text() -> String {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                text.append(scalars.randomElement(using: &random)!)
            }
            return String(text)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for count in 0..<50 {
            let messages = (0..<count).map { _ in
                MessageItem(
                    group: "g", createdAt: text(), uuid: text(), text: text(),
                    sender: Person(uuid: "u", displayName: text(), handle: text()))
            }
            let expected = try encoder.encode(
                messages.map {
                    Reference(
                        createdAt: $0.createdAt, displayName: $0.sender.displayName, handle: $0.sender.handle,
                        message: $0.text, uuid: $0.uuid)
                })
            #expect(EncodedAnswer(messages.map { MessageAnswer($0) }).body == ByteBuffer(bytes: expected))
        }
    }

    @Test func aListThatIsKnownIsNotReadAgainUntilItChanged() async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup()
            let path = "/api/messages/\(group)"
            _ = try await server.get(path, as: ServerFixture.ada)
            // The group's rows are moved beside this.
            var texts: [String] = []
            for number in 0..<5 {
                _ = try await server.post(["message": "\(number)", "message_group_uuid": group], as: ServerFixture.bob)
                for reader in [ServerFixture.ada, ServerFixture.bob] {
                    let rows: [[String: String]] = try await server.get(path, as: reader).json()
                    texts = rows.compactMap { $0["message"] }
                    #expect(texts == ["first"] + (0...number).map(String.init))
                }
            }
            // Who is no member is told so, whatever is known of the list.
            for _ in 0..<2 { #expect(try await server.get(path, as: ServerFixture.eve).status == 403) }
            // A window of its own is a list of its own.
            let newest: [[String: String]] = try await server.get(path + "?limit=1", as: ServerFixture.ada).json()
            #expect(newest.compactMap { $0["message"] } == ["4"])
        }
    }

    @Test func whoIsNoMemberAnyMoreIsRefusedAtOnce() async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup()
            let path = "/api/messages/\(group)"
            for _ in 0..<2 { #expect(try await server.get(path, as: ServerFixture.bob).status == 200) }
            // Another program takes bob's row away.
            let rows = try await server.engine.all(ReadPattern.members(group: group))
            let row = try #require(rows.first { $0.key.partition.hasSuffix(ServerFixture.bob.uuid) })
            try await server.engine.transact([.delete(row.key, .itemExists)])
            #expect(try await server.get(path, as: ServerFixture.bob).status == 403)
            #expect(try await server.get(path, as: ServerFixture.ada).status == 200)
        }
    }

    @Test func whoReadsAGroupThatIsMergedMeanwhileReadsTheOneWhereItsMessagesAre() async throws {
        try await ServerFixture.run { server in
            let (ada, bob) = (ServerFixture.ada, ServerFixture.bob)
            let group = try await server.startGroup()
            func texts() async throws -> [String] {
                let rows: [[String: String]] = try await server.get("/api/messages/\(group)", as: ada).json()
                return rows.compactMap { $0["message"] }
            }
            for _ in 0..<2 { #expect(try await texts() == ["first"]) }
            // An operator merges it, in another program.
            let moved = MessageItem(
                group: "successor", createdAt: "2026-01-01T00:00:00.000001+00:00", uuid: "m", text: "moved",
                sender: ada.person)
            let rows = try await server.engine.all(ReadPattern.members(group: group))
            try await server.engine.transact(
                rows.map { .delete($0.key, .itemExists) } + [
                    .put(MovedItem(group: group, successor: "successor").item, .itemDoesNotExist),
                    .put(row(of: ada, with: bob, moved), .itemDoesNotExist),
                    .put(row(of: bob, with: ada, moved), .itemDoesNotExist), .put(moved.item, .itemDoesNotExist),
                ])
            for _ in 0..<2 { #expect(try await texts() == ["moved"]) }
            _ = try await server.post(["message": "later", "message_group_uuid": group], as: bob)
            #expect(try await texts() == ["moved", "later"])
            #expect(try await server.get("/api/messages/\(group)", as: ServerFixture.eve).status == 403)
        }
    }

    private func row(of owner: User, with other: User, _ message: MessageItem) -> Item {
        GroupItem(
            owner: owner.uuid, lastMessageAt: message.createdAt, group: message.group, text: message.text,
            other: other.person
        ).item
    }

    @Test func memoryIsBoundedAndKeepsWhatIsAskedFor() {
        let memory = Memory<Int, Int>(limit: 100)
        for number in 0..<10_000 {
            memory.remember(number, for: number)
            #expect(memory[0] == 0)
        }
        #expect((0..<10_000).filter { memory[$0] != nil }.count <= 102)
        memory.remember(1, size: 1000, for: -1)
        #expect(memory[-1] == 1)
    }
}
