import MessageTable
import TestSupport
import Testing
import Timestamps

/// What each pattern consumes: the numbers that scripts/scaling counts with.
struct CapacityTests {
    private let engine: EmbeddedEngine
    private let folder: TemporaryFolder
    private let ada = CapacityTests.person("ada", "Ada Lovelace")
    private let bob = CapacityTests.person("bob", "Robert Ross")

    init() throws {
        folder = try TemporaryFolder()
        engine = try EmbeddedEngine(path: folder.path + "/table.sqlite") { Timestamp(microseconds: 0) }
    }

    private static func person(_ handle: String, _ name: String) -> Person {
        Person(uuid: "6c1f0d1e-2f0a-4c55-9a57-00000000" + handle + "0", displayName: name, handle: handle)
    }

    private func message(_ number: Int, to group: String = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399") -> MessageItem {
        MessageItem(
            group: group, createdAt: Timestamp(microseconds: Int64(number) * 1_000_000).description,
            uuid: "1d33295e-0000-0000-0000-00000000000\(number % 10)",
            text: "a message of forty letters, about as usual",
            sender: ada)
    }

    private func consumed(_ body: () async throws -> Void) async throws -> ConsumedCapacity {
        let before = engine.capacity.total
        try await body()
        let after = engine.capacity.total
        return ConsumedCapacity(read: after.read - before.read, write: after.write - before.write)
    }

    private func talk(_ count: Int) async throws {
        try await engine.run(.startGroup(message(1), recipient: bob))
        for number in 2..<count + 1 { try await engine.run(.addMessage(message(number))) }
    }

    @Test func aPollOfAConversationReadsItsMembersAndTwentyMessages() async throws {
        try await talk(30)
        let units = try await consumed {
            _ = try await engine.query(ReadPattern.members(group: message(1).group))
            _ = try await engine.run(
                .listMessages(group: message(1).group, year: nil, limit: 20), isConsistent: true)
        }
        #expect(units == ConsumedCapacity(read: 2.5))
    }

    @Test func aPollOfTwentyGroupsReadsOnePartition() async throws {
        for number in 10..<32 {
            let other = Self.person("u\(number)", "Somebody Else")
            try await engine.run(
                .startGroup(message(number, to: "5ae290ed-55d1-47a0-bc6d-fe2bc27003\(number)"), recipient: other))
        }
        let units = try await consumed {
            _ = try await engine.run(.listGroups(user: ada.uuid, year: nil, limit: 20), isConsistent: true)
        }
        #expect(units == ConsumedCapacity(read: 2))
    }

    @Test func aMessageIsOneWriteAndItsGroupTwelve() async throws {
        try await talk(2)
        let adding = try await consumed { try await engine.run(.addMessage(message(3))) }
        #expect(adding == ConsumedCapacity(read: 1, write: 1))
        let record = try #require(try await engine.records(after: nil, limit: 100).last)
        let moving = try await consumed { try await GroupProjector(engine: engine).project(record) }
        #expect(moving == ConsumedCapacity(read: 0.5, write: 12))
    }

    private func key(_ number: Int) -> KeyItem {
        KeyItem(
            "7f1c2a3b-0000-4000-8000-0000000000\(number + 10)", request: String(repeating: "d", count: 64),
            of: message(number), now: Timestamp(microseconds: 1_790_000_000_000_000))
    }

    @Test func aMessageThatIsSentOnceIsFourWritesAndTheLookAtTheNewest() async throws {
        try await talk(1)
        let units = try await consumed { try await engine.run(.addMessage(message(2), once: key(2))) }
        #expect(units == ConsumedCapacity(read: 1, write: 4))
    }

    @Test func aFirstMessageThatIsSentOnceIsTwelveWrites() async throws {
        let units = try await consumed {
            try await engine.run(.startGroup(message(1), recipient: bob, once: key(1)))
        }
        #expect(units == ConsumedCapacity(write: 12))
    }

    @Test func aFirstMessageIsTenWrites() async throws {
        let units = try await consumed { try await engine.run(.startGroup(message(1), recipient: bob)) }
        #expect(units == ConsumedCapacity(write: 10))
    }
}
