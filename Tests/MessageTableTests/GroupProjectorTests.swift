import MessageTable
import TestSupport
import Testing
import Timestamps

/// Pattern E on the embedded engine.
struct GroupProjectorTests {
    private let folder: TemporaryFolder
    private let engine: EmbeddedEngine
    private let ada = Person(uuid: "ada", displayName: "Ada", handle: "ada")
    private let bob = Person(uuid: "bob", displayName: "Bob", handle: "bob")
    private let eve = Person(uuid: "eve", displayName: "Eve", handle: "eve")

    init() throws {
        folder = try TemporaryFolder()
        engine = try EmbeddedEngine(path: folder.path + "/table.sqlite") { Timestamp(microseconds: 0) }
    }

    private func message(_ number: Int, in group: String = "g", text: String? = nil) -> MessageItem {
        MessageItem(
            group: group, createdAt: Timestamp(microseconds: Int64(number)).description, uuid: "m\(number)",
            text: text ?? "message \(number)", sender: ada)
    }

    private func groupItems(_ group: String = "g") async throws -> [GroupItem] {
        try await engine.all(ReadPattern.members(group: group)).map(GroupItem.init)
    }

    @Test func aMessageMovesBothMembersRows() async throws {
        try await engine.run(.startGroup(message(1), recipient: bob))
        try await engine.run(.addMessage(message(2)))
        for record in try await engine.records(after: nil, limit: 100) {
            try await GroupProjector(engine: engine).project(record)
        }
        let items = try await groupItems()
        #expect(items.map(\.owner).sorted() == ["ada", "bob"])
        #expect(items.allSatisfy { $0.text == "message 2" && $0.lastMessageAt == message(2).createdAt })
        #expect(Set(items.map(\.other.handle)) == ["ada", "bob"])
    }

    @Test(arguments: 0..<40)
    func recordsThatComeTwiceLateOrInAnyOrderLeaveTheGroupAtTheNewestMessage(seed: Int) async throws {
        var random = Seeded(UInt64(seed))
        try await engine.run(.startGroup(message(1), recipient: bob))
        for number in 2...12 { try await engine.run(.addMessage(message(number))) }
        let records = try await engine.records(after: nil, limit: 100)
        var delivered = records.shuffled(using: &random) + records.shuffled(using: &random).prefix(5)
        // Every record comes at least once, in some order.
        delivered.shuffle(using: &random)
        let projector = GroupProjector(engine: engine)
        for record in delivered { try await projector.project(record) }
        let items = try await groupItems()
        #expect(items.count == 2)
        #expect(items.allSatisfy { $0.text == "message 12" && $0.lastMessageAt == message(12).createdAt })
        // And once more changes nothing at all.
        let writes = try await engine.records(after: nil, limit: 1000).count
        for record in records { #expect(try await projector.project(record) == false) }
        #expect(try await engine.records(after: nil, limit: 1000).count == writes)
    }

    @Test func concurrentProjectorsLeaveOneRowForEachMember() async throws {
        try await engine.run(.startGroup(message(1), recipient: bob))
        for number in 2...20 { try await engine.run(.addMessage(message(number))) }
        let records = try await engine.records(after: nil, limit: 100)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for record in records + records {
                group.addTask { try await GroupProjector(engine: engine).project(record) }
            }
            try await group.waitForAll()
        }
        let items = try await groupItems()
        #expect(items.count == 2)
        #expect(items.allSatisfy { $0.text == "message 20" })
    }

    @Test func aRowOfAnotherGroupInTheSameMicrosecondIsNotOverwritten() async throws {
        try await engine.run(.startGroup(message(1), recipient: bob))
        let other = MessageItem(
            group: "h", createdAt: Timestamp(microseconds: 5).description, uuid: "h5", text: "to eve", sender: ada)
        try await engine.run(.startGroup(other, recipient: eve))
        try await engine.run(.addMessage(message(5)))
        for record in try await engine.records(after: nil, limit: 100) {
            try await GroupProjector(engine: engine).project(record)
        }
        #expect(try await groupItems("g").count == 2)
        #expect(try await groupItems("h").count == 2)
        #expect(try await groupItems("g").allSatisfy { $0.text == "message 5" })
    }

    @Test func naiveAndAwareTimesAreComparedAsInstants() async throws {
        try await engine.run(.startGroup(message(1), recipient: bob))
        // "…000002" without an offset sorts before "…000001+00:00" as text, but is later.
        let naive = MessageItem(
            group: "g", createdAt: "1970-01-01T00:00:00.000002", uuid: "n", text: "naive", sender: bob)
        try await engine.put(naive.item, if: .none)
        for record in try await engine.records(after: nil, limit: 100) {
            try await GroupProjector(engine: engine).project(record)
        }
        #expect(try await groupItems().allSatisfy { $0.text == "naive" })
    }
}
