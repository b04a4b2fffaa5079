import Foundation
import MessageTable
import TestSupport
import Testing
import Timestamps

/// What every engine must do. Each engine's tests call all of it with an empty table.
struct EngineSuite {
    let engine: any TableEngine

    func all() async throws {
        try await queryReadsOnePartitionInOrder()
        try await queryKeepsToPrefixDirectionAndLimit()
        try await queryGoesOnWhereItStopped()
        try await indexHoldsGroupItemsOnly()
        try await conditionsAreKept()
        try await aTransactionIsDoneWholeOrNotAtAll()
        try await scanReadsEverythingOnce()
        try await textComesBackAsItWasWritten()
        try await aRequestIsCarriedOutOnce()
    }

    private func item(_ partition: String, _ sort: String, _ attributes: [String: String] = ["message": "m"]) -> Item {
        Item(key: ItemKey(partition: partition, sort: sort), attributes: attributes)
    }

    private func sorts(_ page: Page) -> [String] { page.items.map(\.key.sort) }

    private func queryReadsOnePartitionInOrder() async throws {
        for sort in ["2026-03", "2026-01", "2026-02"] { try await engine.put(item("MSG#order", sort), if: .none) }
        try await engine.put(item("MSG#order2", "2026-01"), if: .none)
        #expect(sorts(try await engine.query(Query(partition: "MSG#order"))) == ["2026-01", "2026-02", "2026-03"])
        #expect(sorts(try await engine.query(Query(partition: "MSG#nothing"))).isEmpty)
    }

    private func queryKeepsToPrefixDirectionAndLimit() async throws {
        for sort in ["2025-12", "2026-01", "2026-02", "2026-03", "2027-01"] {
            try await engine.put(item("MSG#prefix", sort), if: .none)
        }
        let query = Query(partition: "MSG#prefix", sortKeyPrefix: "2026", direction: .descending, limit: 2)
        let page = try await engine.query(query)
        #expect(sorts(page) == ["2026-03", "2026-02"])
        #expect(page.next?.sort == "2026-02")
    }

    private func queryGoesOnWhereItStopped() async throws {
        for number in 10..<33 { try await engine.put(item("MSG#pages", "\(number)"), if: .none) }
        var seen: [String] = []
        var after: ItemKey?
        repeat {
            let page = try await engine.query(
                Query(partition: "MSG#pages", direction: .descending, limit: 5, after: after))
            seen += sorts(page)
            after = page.next
        } while after != nil
        #expect(seen == (10..<33).reversed().map(String.init))
        let rest = try await engine.all(
            Query(partition: "MSG#pages", after: ItemKey(partition: "MSG#pages", sort: "29")))
        #expect(rest.map(\.key.sort) == ["30", "31", "32"])
    }

    private func indexHoldsGroupItemsOnly() async throws {
        let ada = Person(uuid: "ada", displayName: "Ada", handle: "ada")
        let bob = Person(uuid: "bob", displayName: "Bob", handle: "bob")
        let message = MessageItem(group: "indexed", createdAt: "2026-01", uuid: "m", text: "hello", sender: ada)
        try await engine.run(.startGroup(message, recipient: bob))
        let members = try await engine.all(AccessPattern.members(group: "indexed"))
        #expect(members.map(\.key.partition).sorted() == ["GRP#ada", "GRP#bob"])
    }

    private func conditionsAreKept() async throws {
        let first = item("MSG#condition", "1", ["message": "first"])
        try await engine.put(first, if: .itemDoesNotExist)
        await #expect(throws: TableError.conditionFailed([0])) {
            try await engine.put(item("MSG#condition", "1", ["message": "second"]), if: .itemDoesNotExist)
        }
        await #expect(throws: TableError.conditionFailed([0])) {
            try await engine.put(item("MSG#condition", "2"), if: .itemExists)
        }
        #expect(try await engine.item(at: first.key) == first)
    }

    private func aTransactionIsDoneWholeOrNotAtAll() async throws {
        try await engine.put(item("MSG#whole", "taken"), if: .none)
        await #expect(throws: TableError.conditionFailed([1])) {
            try await engine.transact([
                .put(item("MSG#whole", "new"), .itemDoesNotExist), .put(item("MSG#whole", "taken"), .itemDoesNotExist),
                .delete(ItemKey(partition: "MSG#whole", sort: "other"), .none),
            ])
        }
        #expect(sorts(try await engine.query(Query(partition: "MSG#whole"))) == ["taken"])
        try await engine.transact([
            .delete(ItemKey(partition: "MSG#whole", sort: "taken"), .itemExists), .put(item("MSG#whole", "new"), .none),
        ])
        #expect(sorts(try await engine.query(Query(partition: "MSG#whole"))) == ["new"])
    }

    private func scanReadsEverythingOnce() async throws {
        var seen: [ItemKey] = []
        var after: ItemKey?
        repeat {
            let page = try await engine.scan(limit: 7, after: after)
            #expect(page.items.count <= 7)
            seen += page.items.map(\.key)
            after = page.next
        } while after != nil
        #expect(Set(seen).count == seen.count)
        #expect(seen.count > 30)
    }

    private func aRequestIsCarriedOutOnce() async throws {
        let ada = Person(uuid: "once-ada", displayName: "Ada", handle: "ada")
        let bob = Person(uuid: "once-bob", displayName: "Bob", handle: "bob")
        func message(_ sort: String, _ group: String) -> MessageItem {
            MessageItem(group: group, createdAt: sort, uuid: "m", text: "hello", sender: ada)
        }
        func key(_ message: MessageItem) -> KeyItem {
            KeyItem("k", request: "r", of: message, now: Timestamp(microseconds: 1_790_000_000_000_000))
        }
        let first = AccessPattern.addMessage(message("2026-01", "once"), once: key(message("2026-01", "once")))
        try await engine.run(first)
        for again in [
            AccessPattern.addMessage(message("2026-02", "once"), once: key(message("2026-02", "once"))),
            .startGroup(message("2026-03", "twice"), recipient: bob, once: key(message("2026-03", "twice"))),
        ] {
            do {
                try await engine.run(again)
                Issue.record("a second message of one key")
            } catch TableError.conditionFailed(let positions) {
                #expect(again.failedForKey(positions) && !again.failedForPair(positions))
            }
        }
        #expect(sorts(try await engine.query(Query(partition: "MSG#once"))) == ["2026-01"])
        #expect(sorts(try await engine.query(Query(partition: "MSG#twice"))).isEmpty)
        let kept = try #require(try await engine.item(at: KeyItem.key("k", of: ada.uuid)))
        #expect(try KeyItem(kept).message("hello") == message("2026-01", "once"))
    }

    private func textComesBackAsItWasWritten() async throws {
        let text = "tab\t, NUL\u{0}, \u{1B}[31m, 你好, 👩‍💻, \"quoted\", e\u{301}"
        try await engine.put(item("MSG#text", "1", ["message": text]), if: .none)
        let read = try await engine.item(at: ItemKey(partition: "MSG#text", sort: "1"))
        #expect(read?.attributes["message"]?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
    }
}

struct EmbeddedEngineTests {
    @Test func passesTheEngineSuite() async throws {
        let folder = try TemporaryFolder()
        let engine = try EmbeddedEngine(path: folder.path + "/table.sqlite") { Timestamp(microseconds: 0) }
        try await EngineSuite(engine: engine).all()
    }

    @Test func everyWriteIsInTheStreamInItsOrder() async throws {
        let folder = try TemporaryFolder()
        let engine = try EmbeddedEngine(path: folder.path + "/table.sqlite") { Timestamp(microseconds: 7) }
        let key = ItemKey(partition: "MSG#g", sort: "1")
        let item = Item(key: key, attributes: ["message": "a"])
        try await engine.put(item, if: .none)
        try await engine.put(item, if: .none)
        try await engine.transact([.delete(key, .none)])
        try await engine.transact([.delete(key, .none)])
        try? await engine.put(item, if: .itemExists)
        let records = try await engine.records(after: nil, limit: 10)
        #expect(records.map(\.event) == [.insert, .modify, .remove])
        #expect(records.map(\.newImage) == [item, item, nil])
        #expect(records.allSatisfy { $0.at == Timestamp(microseconds: 7) })
    }

    @Test func theTableIsThereAfterReopening() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/table.sqlite"
        let item = Item(key: ItemKey(partition: "MSG#g", sort: "1"), attributes: ["message": "kept"])
        try await EmbeddedEngine(path: path) { Timestamp(microseconds: 0) }.put(item, if: .none)
        let reopened = try EmbeddedEngine(path: path) { Timestamp(microseconds: 0) }
        #expect(try await reopened.item(at: item.key) == item)
    }

    @Test func aFileThatIsNoDatabaseIsRefusedWithItsName() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/table.sqlite"
        try String(repeating: "no database ", count: 100).write(toFile: path, atomically: true, encoding: .utf8)
        let error = #expect(throws: TableError.self) { try EmbeddedEngine(path: path) { Timestamp(microseconds: 0) } }
        #expect(error?.description.contains(path) == true)
    }
}
