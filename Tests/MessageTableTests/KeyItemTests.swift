import GRDB
import Synchronization
import TestSupport
import Testing
import Timestamps

@testable import MessageTable

/// Idempotency keys as items of the table.
struct KeyItemTests {
    private static let sender = Person(uuid: "u", displayName: "Ada", handle: "ada")
    private static let begin = Timestamp("2026-11-24T12:00:00Z")!

    private static func message(_ number: Int) -> MessageItem {
        MessageItem(
            group: "g", createdAt: begin.advanced(bySeconds: Double(number)).description, uuid: "m\(number)",
            text: "text", sender: sender)
    }

    private static func item(_ number: Int, at now: Timestamp = begin) -> KeyItem {
        KeyItem("key \(number)", request: "digest", of: message(number), now: now)
    }

    @Test func itTellsItsMessageAgainAndIsNotInTheIndex() throws {
        let item = Self.item(1).item
        #expect(try KeyItem(item) == Self.item(1))
        #expect(try KeyItem(item).message("text") == Self.message(1))
        #expect(item.attributes[Index.messageGroup.partitionAttribute] == nil)
        #expect(item.attributes.values.allSatisfy { $0 != "text" })
        #expect(CapacityRule.size(item) < 1024)
        for name in item.attributes.keys {
            var attributes = item.attributes
            attributes[name] = nil
            #expect(throws: ItemError.missing(attribute: name, key: item.key)) {
                try KeyItem(Item(key: item.key, attributes: attributes))
            }
        }
        var attributes = item.attributes
        attributes[Item.endAttribute] = "1e300"
        #expect(throws: ItemError.self) { try KeyItem(Item(key: item.key, attributes: attributes)) }
    }

    /// DynamoDB drops by a number alone.
    @Test func itsEndIsANumberForDynamoDB() throws {
        let values = Self.item(1).item.attributeValues
        let json = try String(decoding: DynamoDBJSON.encode(["Item": values]), as: UTF8.self)
        #expect(json.contains(#""expires_at":{"N":"\#(Self.item(1).end)"}"#))
        #expect(json.contains(#""request":{"S":"digest"}"#))
        #expect(try Item(values) == Self.item(1).item)
    }

    @Test func whatHasEndedIsDroppedLittleByLittleAndTheStreamTells() async throws {
        let folder = try TemporaryFolder()
        let now = Mutex(Self.begin)
        let engine = try EmbeddedEngine(path: folder.path + "/table.sqlite") { now.withLock { $0 } }
        func write(_ number: Int) async throws {
            try await engine.run(
                .addMessage(Self.message(number), once: Self.item(number, at: now.withLock { $0 })))
        }
        func keys() async throws -> [String] {
            try await engine.all(Query(partition: "KEY#u")).map(\.key.sort).sorted()
        }
        for number in 0..<5 { try await write(number) }
        now.withLock { $0 = $0.advanced(bySeconds: 86_400) }
        try await write(5)
        #expect(try await keys().count == 6, "a day is not over")
        now.withLock { $0 = $0.advanced(bySeconds: 2) }
        try await write(6)
        #expect(try await keys().count == 5, "two are dropped for one that is written")
        for number in 7..<9 { try await write(number) }
        #expect(try await keys() == ["key 5", "key 6", "key 7", "key 8"])
        // Messages do not end.
        #expect(try await engine.all(Query(partition: "MSG#g")).count == 9)
        let removed = try await engine.records(after: nil, limit: 100).filter { $0.event == .remove }
        #expect(removed.map(\.key.sort).sorted() == (0..<5).map { "key \($0)" })
    }

    @Test func aTableOfAnEarlierVersionIsTakenOver() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/table.sqlite"
        let first = try DatabasePool(path: path)
        try EmbeddedSchema.migrator.migrate(first, upTo: "items and stream")
        try await first.write { database in
            try database.execute(
                sql: "INSERT INTO items VALUES ('MSG#g', '2025', NULL, ?)", arguments: [#"{"message": "old"}"#])
        }
        try first.close()
        let engine = try EmbeddedEngine(path: path) { Self.begin }
        try await engine.run(.addMessage(Self.message(1), once: Self.item(1)))
        #expect(try await engine.all(Query(partition: "MSG#g")).count == 2)
    }
}
