import Foundation
import MessageTable
import PrivateFiles
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
        try await attributesOfEveryTypeComeBackAsTheyWere()
        try await aGroupMovesWithAllThatItsRowsHold()
        try await keysWithNULAreWhole()
        try await theNewestIsKept()
        try await whetherAWriteWouldWorkIsAskedWithoutATrace()
        try await aRequestIsCarriedOutOnce()
        try await aTransactionHoldsWhatWasRead()
        try await segmentsAreTheWholeTable()
    }

    private func item(_ partition: String, _ sort: String, _ attributes: Item.Attributes = ["message": "m"]) -> Item {
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
        let members = try await engine.all(ReadPattern.members(group: "indexed"))
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

    private func theNewestIsKept() async throws {
        try await engine.put(item("MSG#newest", "2026-05"), if: .itemIsNewest)
        for sort in ["2026-05", "2026-04", ""] where !sort.isEmpty {
            await #expect(throws: TableError.conditionFailed([0])) {
                try await engine.put(item("MSG#newest", sort), if: .itemIsNewest)
            }
            await #expect(throws: TableError.conditionFailed([1])) {
                try await engine.transact([
                    .put(item("MSG#newest1", sort), .none), .put(item("MSG#newest", sort), .itemIsNewest),
                ])
            }
        }
        // What lies in other partitions does not matter.
        try await engine.put(item("MSG#newest0", "2027-01"), if: .itemIsNewest)
        try await engine.put(item("MSG#newest", "2026-06"), if: .itemIsNewest)
        #expect(sorts(try await engine.query(Query(partition: "MSG#newest"))) == ["2026-05", "2026-06"])
        #expect(sorts(try await engine.query(Query(partition: "MSG#newest1"))).isEmpty)
    }

    private func keysWithNULAreWhole() async throws {
        let keys = [
            ("MSG#nul", "1"), ("MSG#nul\0", "1"), ("MSG#nul\0a", "1"), ("MSG#nul\0a", "1\0"), ("MSG#nul\0a", "1\0b"),
        ]
        for (partition, sort) in keys {
            try await engine.put(item(partition, sort, ["message": .string(partition + sort)]), if: .itemDoesNotExist)
        }
        for (partition, sort) in keys {
            let key = ItemKey(partition: partition, sort: sort)
            let read = try await engine.item(at: key)
            #expect(read?.key == key)
            #expect(read?.attributes["message"] == .string(partition + sort))
        }
        let found = sorts(try await engine.query(Query(partition: "MSG#nul\0a", limit: 10)))
        #expect(found == ["1", "1\0", "1\0b"])
        try await engine.transact([.delete(ItemKey(partition: "MSG#nul\0", sort: "1"), .itemExists)])
        #expect(try await engine.item(at: ItemKey(partition: "MSG#nul", sort: "1")) != nil)
    }

    private func whetherAWriteWouldWorkIsAskedWithoutATrace() async throws {
        let before = try await engine.scan(limit: 100, after: nil).items
        try await engine.checkWritable()
        let after = try await engine.scan(limit: 100, after: nil).items
        #expect(before == after)
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
        let first = WritePattern.addMessage(message("2026-01", "once"), once: key(message("2026-01", "once")))
        try await engine.run(first)
        for again in [
            WritePattern.addMessage(message("2026-02", "once"), once: key(message("2026-02", "once"))),
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

    private func aTransactionHoldsWhatWasRead() async throws {
        let read = item("MSG#held", "1", Foreign.attributes)
        let other = item("MSG#held", "2")
        try await engine.putAll([read, other])
        try await engine.transact([.check(read.key, .itemIs(read)), .put(other, .itemIs(other))])
        let changed = item("MSG#held", "1", Foreign.attributes.merging(["isPinned": .boolean(false)]) { $1 })
        try await engine.put(changed, if: .itemIs(read))
        await #expect(throws: TableError.conditionFailed([1])) {
            try await engine.transact([.delete(other.key, .itemIs(other)), .check(read.key, .itemIs(read))])
        }
        await #expect(throws: TableError.conditionFailed([0])) {
            try await engine.transact([
                .delete(read.key, .itemIs(read)), .check(ItemKey(partition: "MSG#held", sort: "3"), .itemDoesNotExist),
            ])
        }
        #expect(sorts(try await engine.query(Query(partition: "MSG#held"))) == ["1", "2"])
    }

    private func segmentsAreTheWholeTable() async throws {
        var seen: [ItemKey] = []
        for number in 0..<3 {
            var after: ItemKey?
            repeat {
                let page = try await engine.scan(ScanSegment(number, of: 3), limit: 10, after: after)
                seen += page.items.map(\.key)
                after = page.next
            } while after != nil
        }
        #expect(Set(seen).count == seen.count)
        #expect(Set(seen) == Set(try await engine.scan(limit: 10_000, after: nil).items.map(\.key)))
    }

    private func textComesBackAsItWasWritten() async throws {
        let text = "tab\t, NUL\u{0}, \u{1B}[31m, 你好, 👩‍💻, \"quoted\", e\u{301}"
        try await engine.put(item("MSG#text", "1", ["message": .string(text)]), if: .none)
        let read = try await engine.item(at: ItemKey(partition: "MSG#text", sort: "1"))
        #expect(read?.text("message")?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
    }
}

/// Attributes that another server has put there, of every type that there is.
enum Foreign {
    static let attributes: Item.Attributes = [
        "cognito_user_id": "a-sub", "Likes": .number("12345678901234567890.5"), "Blob": .binary("AAEC/w=="),
        "isPinned": .boolean(true), "IsMuted": .boolean(false), "nothing": .null, "S": "a name like a type",
        "empty": "",
        "Nested": .map([
            "Deep": .list([.number("1"), .map(["N": .null]), "text", .list([])]), "tags": .stringSet(["b", "A"]),
        ]),
        "tags": .stringSet(["one", "two"]), "numbers": .numberSet(["1", "2.5"]), "blobs": .binarySet(["AA==", "/w=="]),
    ]
}

extension EngineSuite {
    private func attributesOfEveryTypeComeBackAsTheyWere() async throws {
        let item = item("MSG#types", "1", Foreign.attributes)
        try await engine.put(item, if: .none)
        #expect(try await engine.item(at: item.key) == item)
        #expect(try await engine.query(Query(partition: "MSG#types")).items == [item])
        // Written once more, by whoever has read it, it is the same.
        try await engine.transact([.put(try #require(await engine.item(at: item.key)), .itemExists)])
        #expect(try await engine.item(at: item.key) == item)
        try await engine.putAll([item])
        #expect(try await engine.item(at: item.key) == item)
    }

    private func aGroupMovesWithAllThatItsRowsHold() async throws {
        let cy = Person(uuid: "cy", displayName: "Cy", handle: "cy")
        let dee = Person(uuid: "dee", displayName: "Dee", handle: "dee")
        let first = MessageItem(group: "kept", createdAt: "2026-01-01T00:00:00Z", uuid: "1", text: "one", sender: cy)
        try await engine.run(.startGroup(first, recipient: dee))
        for row in try await engine.all(ReadPattern.members(group: "kept")) {
            let foreign = Foreign.attributes.merging(["cognito_user_id": "of \(row.key.partition)"]) { $1 }
            try await engine.put(
                Item(key: row.key, attributes: row.attributes.merging(foreign) { $1 }), if: .itemExists)
        }
        let second = MessageItem(group: "kept", createdAt: "2026-01-02T00:00:00Z", uuid: "2", text: "two", sender: dee)
        try await engine.run(.addMessage(second))
        let record = StreamRecord(
            sequence: "1", event: .insert, key: second.item.key, newImage: second.item, at: Timestamp(microseconds: 0))
        let projector = GroupProjector(engine: engine, time: HeldTime())
        #expect(try await projector.project(record))
        let moved = try await engine.all(ReadPattern.members(group: "kept"))
        #expect(moved.map(\.key.sort) == [second.createdAt, second.createdAt])
        for row in moved {
            #expect(row.text("message") == "two")
            #expect(row.text("cognito_user_id") == "of \(row.key.partition)")
            let foreign = Foreign.attributes.filter { $0.key != "cognito_user_id" }
            for (name, value) in foreign { #expect(row.attributes[name] == value, "\(name)") }
            #expect(row.attributes.count == Foreign.attributes.count + 5)
        }
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

    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test(arguments: [false, true])
    func itsFilesAreForTheirOwnerAlsoThoseThatWereNot(_ areThere: Bool) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/table.sqlite"
        let files = [path, path + "-wal", path + "-shm"]
        let item = Item(key: ItemKey(partition: "MSG#g", sort: "1"), attributes: [:])
        if areThere {
            let engine = try EmbeddedEngine(path: path) { Timestamp(microseconds: 0) }
            try await engine.put(item, if: .none)
            for file in files { chmod(file, 0o644) }
        }
        let engine = try EmbeddedEngine(path: path) { Timestamp(microseconds: 0) }
        try await engine.put(item, if: .none)
        for file in files { #expect(try mode(file) == 0o600, "\(file)") }
        let checkpoints = folder.path + "/stream.sqlite"
        _ = try CheckpointFile(path: checkpoints, stream: "s")
        #expect(try mode(checkpoints) == 0o600)
    }

    @Test(arguments: [("file", true), ("folder", false), ("link", false), ("pipe", false)])
    func aFolderThatIsNotOnlyOursKeepsItsRights(holding: String, isOurs: Bool) throws {
        let folder = try TemporaryFolder()
        let place = folder.path + "/etc"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        switch holding {
        case "folder": mkdir(place + "/systemd", 0o755)
        case "link": symlink("/nowhere", place + "/mtab")
        case "pipe": mkfifo(place + "/initctl", 0o600)
        default: _ = FileManager.default.createFile(atPath: place + "/table.sqlite", contents: nil)
        }
        chmod(place, 0o755)
        try PrivateFile.prepareFolder(place)
        #expect(try mode(place) == (isOurs ? 0o700 : 0o755))
    }

    /// Where root is meant to watch, `/dev/null` is a name that is at hand, and everybody else's too.
    @Test func whatIsNoFileKeepsItsRights() throws {
        let folder = try TemporaryFolder()
        let pipe = folder.path + "/pipe"
        mkfifo(pipe, 0o644)
        #expect(throws: NoFile.self) { try EmbeddedEngine(path: pipe) { Timestamp(microseconds: 0) } }
        let fault = #expect(throws: TableError.self) { try CheckpointFile(path: pipe, stream: "s") }
        #expect(fault.map { "\($0)" }?.contains("\(pipe) is a pipe") == true)
        #expect(try mode(pipe) == 0o644)
    }

    @Test func writersOfTwoProgramsWaitForEachOther() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/table.sqlite"
        // Two engines know as little of each other as two programs.
        let engines = try [0, 1].map { _ in try EmbeddedEngine(path: path) { Timestamp(microseconds: 0) } }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for number in 0..<600 {
                tasks.addTask {
                    let item = Item(key: ItemKey(partition: "MSG#\(number % 2)", sort: "\(number)"), attributes: [:])
                    try await engines[number % 2].put(item, if: .itemDoesNotExist)
                }
            }
            try await tasks.waitForAll()
        }
        #expect(try await engines[0].scan(limit: 1000, after: nil).items.count == 600)
    }

    @Test func oldRecordsOfTheStreamGoAndThoseThatNobodyHasSeenStay() async throws {
        let folder = try TemporaryFolder()
        let time = HeldTime()
        let engine = try EmbeddedEngine(path: folder.path + "/table.sqlite") { time.now() }
        func write(_ count: Int) async throws {
            let item = Item(key: ItemKey(partition: "MSG#g", sort: "1"), attributes: [:])
            try await engine.putAll(Array(repeating: item, count: count))
        }
        func oldest() async throws -> Int {
            try #require(try await engine.records(after: nil, limit: 1).first.flatMap { Int($0.sequence) })
        }
        try await write(1500)
        try await engine.setCheckpoint("700", of: "groups")
        time.advance(by: .seconds(86_399))
        try await write(1000)
        #expect(try await oldest() == 1)
        time.advance(by: .seconds(2))
        try await write(1000)
        #expect(try await oldest() == 701)
        try await engine.setCheckpoint("3500", of: "groups")
        try await write(1000)
        #expect(try await oldest() == 1501)
    }

    @Test func aPartitionHasAnotherVersionOnceItChangedWhoeverChangedIt() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/table.sqlite"
        // Two engines know as little of each other as two programs.
        let (own, other) = (
            try EmbeddedEngine(path: path) { Timestamp(microseconds: 0) },
            try EmbeddedEngine(path: path) { Timestamp(microseconds: 0) }
        )
        func item(_ partition: String, _ sort: String) -> Item {
            Item(key: ItemKey(partition: partition, sort: sort), attributes: [:])
        }
        func versions() async throws -> [Int64] { try #require(try await own.versions(of: ["a", "b\0"])) }
        var last = try await versions()
        for engine in [own, other] {
            try await engine.put(item("a", "1"), if: .none)
            let afterPut = try await versions()
            #expect(afterPut[0] != last[0] && afterPut[1] == last[1])
            try await engine.transact([.delete(ItemKey(partition: "a", sort: "1"), .itemExists)])
            let afterDelete = try await versions()
            #expect(afterDelete[0] != afterPut[0] && afterDelete[1] == last[1])
            try await engine.putAll([item("b\0", "1")])
            last = try await versions()
            #expect(last[0] == afterDelete[0] && last[1] != afterDelete[1])
            #expect(try await versions() == last)
            // More than anybody catches up with: then everything counts as changed.
            try await engine.putAll((0..<1200).map { item("c", "\($0)") })
            let afterMany = try await versions()
            #expect(afterMany[0] != last[0] && afterMany[1] != last[1])
            last = afterMany
        }
        await #expect(throws: TableError.self) { try await own.put(item("a", "1"), if: .itemExists) }
        #expect(try await versions() == last)
    }

    @Test func aFileThatIsNoDatabaseIsRefusedWithItsName() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/table.sqlite"
        try String(repeating: "no database ", count: 100).write(toFile: path, atomically: true, encoding: .utf8)
        let error = #expect(throws: TableError.self) { try EmbeddedEngine(path: path) { Timestamp(microseconds: 0) } }
        #expect(error?.description.contains(path) == true)
    }
}
