import AWSClient
import Foundation
import Logging
import MessageTable
import TestSupport
import Testing
import Timestamps
import Users

@testable import CruddurServer

/// The rules between the routes and the table, on DynamoDB.
@Suite(.enabled(if: Services.aws != nil, "bin/test starts the emulator"))
struct DynamoDBConversationTests {
    private let engine: DynamoDBEngine
    private let conversations: Conversations
    private let folder: TemporaryFolder

    init() async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let client = AWSClient(
            .dynamoDB, region: "us-east-1", endpoint: Services.aws,
            credentials: CredentialChain(
                environment: ["AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"],
                now: { Timestamp(microseconds: 0) }), logger: logger,
            now: { SystemTime().now() })
        engine = DynamoDBEngine(client: client, table: "t-" + UUID().uuidString, logger: logger)
        try await TableDefinition(engine).create(isOnDemand: true)
        folder = try TemporaryFolder()
        let users = try EmbeddedUsers(path: folder.path + "/users.sqlite")
        for user in [ServerFixture.ada, ServerFixture.bob, ServerFixture.eve] { try await users.add(user) }
        // The clock stands still: all of it happens in one microsecond.
        conversations = Conversations(engine: engine, users: users) { Timestamp(microseconds: 1_790_000_000_000_000) }
    }

    /// As the list's route reads them.
    private func messages(in group: String, for reader: User, _ window: MessageWindow) async throws -> [MessageItem] {
        guard let home = try await conversations.home(of: group, for: reader) else { return [] }
        return try await conversations.messages(in: home, window)
    }

    @Test func allMessagesOfOneMicrosecondSurvive() async throws {
        let group = try await conversations.start("first", with: "bob", from: ServerFixture.ada).group
        let texts = (0..<8).map { "message \($0)" }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for (number, text) in texts.enumerated() {
                let sender = number % 2 == 0 ? ServerFixture.ada : ServerFixture.bob
                tasks.addTask { _ = try await conversations.add(text, to: group, from: sender) }
            }
            try await tasks.waitForAll()
        }
        let listed = try await messages(in: group, for: ServerFixture.bob, MessageWindow())
        #expect(listed.map(\.text).sorted() == (["first"] + texts).sorted())
        #expect(Set(listed.map(\.createdAt)).count == 9)
        #expect(listed.first?.text == "first")
    }

    @Test func aSecondStartIsTheSameGroupAndStrangersStayOutside() async throws {
        let first = try await conversations.start("one", with: "bob", from: ServerFixture.ada)
        let second = try await conversations.start("two", with: "ada", from: ServerFixture.bob)
        #expect(first.group == second.group)
        await #expect(throws: RequestError.notAMember) {
            try await messages(in: first.group, for: ServerFixture.eve, MessageWindow())
        }
        await #expect(throws: RequestError.unknownGroup) {
            try await conversations.add("hello", to: "no-such-group", from: ServerFixture.eve)
        }
        #expect(try await messages(in: "no-such-group", for: ServerFixture.eve, MessageWindow()).isEmpty)
    }

    @Test func olderMessagesAreReadBehindATimeThatNoMessageHas() async throws {
        let group = try await conversations.start("one", with: "bob", from: ServerFixture.ada).group
        for number in 2...5 { _ = try await conversations.add("\(number)", to: group, from: ServerFixture.bob) }
        let all = try await messages(in: group, for: ServerFixture.ada, MessageWindow())
        let later = try #require(Timestamp(all[4].createdAt)).advanced(bySeconds: 60).description
        let window = MessageWindow(limit: 2, before: later)
        let newest = try await messages(in: group, for: ServerFixture.ada, window)
        #expect(newest == Array(all.suffix(2)))
        let before = MessageWindow(limit: 2, before: all[2].createdAt)
        #expect(try await messages(in: group, for: ServerFixture.ada, before) == Array(all.prefix(2)))
    }
}
