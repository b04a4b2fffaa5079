import MessageTable
import Testing
import Timestamps

@testable import CruddurOps

/// What an operator who looks at somebody's conversations sees.
struct BrowsedEngineTests {
    private func newest(_ engine: any TableEngine, _ partition: String, limit: Int) async throws -> Page {
        try await engine.query(Query(partition: partition, direction: .descending, limit: limit))
    }

    @Test func textsAreMaskedAndNothingCanBeWritten() async throws {
        let checked = try await Checked()
        try await checked.talk("g", 0, 1, minutes: 0...5)
        let engine = BrowsedEngine(base: checked.table, time: nil, showsTexts: false)
        for partition in ["MSG#g", "GRP#p0"] {
            let items = try await newest(engine, partition, limit: 3).items
            #expect(!items.isEmpty && items.allSatisfy { $0.text("message") == BrowsedEngine.mask })
        }
        await #expect(throws: TableError.self) { try await engine.put(checked.message(9, in: "g").item, if: .none) }
        #expect(try await checked.table.item(at: checked.message(9, in: "g").item.key) == nil)
    }

    @Test func thePastIsAsItWas() async throws {
        let checked = try await Checked()
        try await checked.talk("g", 0, 1, minutes: 0...50)
        try await checked.talk("h", 0, 2, minutes: 10...12)
        try await checked.talk("later", 0, 3, minutes: 40...41)
        let time = try #require(Timestamp(Checked.time(20)))
        let engine = BrowsedEngine(base: checked.table, time: time, showsTexts: true)
        let messages = try await newest(engine, "MSG#g", limit: 5).items
        #expect(messages.map { $0.text("message") } == (16...20).reversed().map { "at \($0)" })
        let older = try await engine.query(
            Query(partition: "MSG#g", direction: .descending, limit: 3, after: messages.last?.key))
        #expect(older.items.map { $0.text("message") } == ["at 15", "at 14", "at 13"])
        let rows = try await newest(engine, "GRP#p0", limit: 20).items
        #expect(rows.map { $0.text("message") } == ["at 20", "at 12"])
        #expect(try await engine.all(AccessPattern.members(group: "later")).isEmpty)
        #expect(try await engine.all(AccessPattern.members(group: "g")).count == 2)
    }
}
