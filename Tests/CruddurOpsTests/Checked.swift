import Foundation
import GRDB
import MessageTable
import TestSupport
import Timestamps
import Users

@testable import CruddurOps

/// A table with people in it, and `check` on it as the command runs it.
struct Checked: Sendable {
    let folder: TemporaryFolder
    let table: EmbeddedEngine
    let users: EmbeddedUsers
    /// @u0, @u1, ...
    let people: [Person]

    init(people count: Int = 4) async throws {
        folder = try TemporaryFolder()
        table = try EmbeddedEngine(path: folder.path + "/table.sqlite") { Timestamp(seconds: 1_790_000_000) }
        users = try EmbeddedUsers(path: folder.path + "/users.sqlite")
        people = (0..<count).map { Person(uuid: "p\($0)", displayName: "Person \($0)", handle: "u\($0)") }
        for person in people {
            try await users.add(
                User(
                    uuid: person.uuid, displayName: person.displayName, email: "", handle: person.handle,
                    cognitoUserID: "sub-\(person.uuid)"))
        }
    }

    static func time(_ minute: Int) -> String { Timestamp(seconds: 1_780_000_000 + Double(minute) * 60).description }

    func message(_ minute: Int, in group: String, from sender: Int = 0, text: String? = nil) -> MessageItem {
        MessageItem(
            group: group, createdAt: Self.time(minute), uuid: "\(group)-\(minute)", text: text ?? "at \(minute)",
            sender: people[sender])
    }

    /// A conversation in order.
    func talk(_ group: String, _ one: Int, _ other: Int, minutes: ClosedRange<Int>) async throws {
        try await table.run(
            .startGroup(message(minutes.lowerBound, in: group, from: one), recipient: people[other]))
        for minute in minutes.dropFirst() {
            let said = message(minute, in: group, from: minute % 2 == 0 ? one : other)
            try await table.run(.addMessage(said))
        }
        try await project(message(minutes.upperBound, in: group, from: minutes.upperBound % 2 == 0 ? one : other))
    }

    func project(_ message: MessageItem) async throws {
        let record = StreamRecord(
            sequence: "1", event: .insert, key: message.item.key, newImage: message.item, at: Timestamp(seconds: 0))
        try await GroupProjector(engine: table).project(record)
    }

    func rows(_ group: String) async throws -> [GroupItem] {
        try await table.all(ReadPattern.members(group: group)).map { try GroupItem($0) }
    }

    func put(_ partition: String, _ sort: String, _ attributes: Item.Attributes) async throws {
        try await table.put(Item(key: ItemKey(partition: partition, sort: sort), attributes: attributes), if: .none)
    }

    func delete(_ key: ItemKey) async throws { try await table.transact([.delete(key, .none)]) }

    func everything() async throws -> [Item] {
        var items: [Item] = []
        var after: ItemKey?
        repeat {
            let page = try await table.scan(limit: 1000, after: after)
            items += page.items
            after = page.next
        } while after != nil
        return items
    }

    struct Told: Decodable {
        let kind: String
        let subject: String
        let explanation: String
    }

    struct Outcome {
        var left: [Told] = []
        var repaired: [Told] = []
        var kinds: [String] { left.map(\.kind).sorted() }
        var mended: [String] { repaired.map(\.kind).sorted() }
    }

    @discardableResult
    func check(
        repairs: Bool = false, resolves: Bool = false, with partner: Person? = nil, plan: PlanFile.Writer? = nil,
        on engine: (any TableEngine)? = nil
    ) async throws -> Outcome {
        let engine = engine ?? table
        let spill = try Spill()
        let survey = Survey(engine: engine, spill: spill)
        try await survey.readPeople(users)
        _ = try await survey.read { _ in }
        try await spill.write { try Suspicion(hasDirectory: true).look($0) }
        let wish = Mending.Wish(repairs: repairs || resolves, resolves: resolves, asks: false, plan: plan)
        let mending = Mending(engine, spill, wish, telling: .object)
        let look = Look(engine: engine, spill: spill, hasDirectory: true)
        let now = { @Sendable in Timestamp(seconds: 1_790_000_000) }
        let resolution = Resolution(engine: engine, look: look, partner: partner, now: now)
        try await Examination(spill: spill, look: look, mending: mending, resolution: resolution).run { _ in }
        return try await spill.write { database in
            var outcome = Outcome()
            for row in try Row.fetchAll(database, sql: "SELECT * FROM told ORDER BY id") {
                let json: String = row["json"]
                let told = try JSONDecoder().decode(Told.self, from: Data(json.utf8))
                if row["is_mended"] { outcome.repaired.append(told) } else { outcome.left.append(told) }
            }
            return outcome
        }
    }
}
