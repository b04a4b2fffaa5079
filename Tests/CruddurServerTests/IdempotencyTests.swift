import Foundation
import HTTPTypes
import MessageTable
import NIOHTTP1
import TestSupport
import Testing
import Timestamps
import Users

@testable import CruddurServer

/// `Idempotency-Key` on `POST /api/messages`, through real HTTP.
struct IdempotencyTests {
    private static func texts(_ server: ServerFixture, _ group: String) async throws -> [String?] {
        let rows: [[String: String]] = try await server.get("/api/messages/\(group)", as: ServerFixture.ada).json()
        return rows.map { $0["message"] }
    }

    private static func post(
        _ server: ServerFixture, _ body: String, key: String, as user: User = ServerFixture.ada
    ) async throws -> ServerFixture.Answer {
        try await server.call(
            .POST, "/api/messages", authorization: "Bearer \(server.token(user))", contentType: "application/json",
            headers: ["Idempotency-Key": key], body: body)
    }

    @Test func theSameRequestAgainHasTheFirstAnswerAndWritesNothing() async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup()
            let body = #"{"message": "hé\u0000llo", "message_group_uuid": "\#(group)"}"#
            let first = try await Self.post(server, body, key: #""k""#)
            #expect(first.status == 200)
            // The same in another spelling, and with what nobody reads.
            let again = #"{"handle":null, "message_group_uuid":"\#(group)","message":"h\u00e9\u0000llo", "x": 1}"#
            for body in [body, again] {
                let answer = try await Self.post(server, body, key: #"  "k";a=1"#)
                #expect(answer.status == 200 && answer.body == first.body)
                #expect(answer.contentType == first.contentType)
            }
            #expect(try await Self.texts(server, group) == ["first", "hé\u{0}llo"])
            #expect(try first.json([String: String].self)["message_group_uuid"] == group)
        }
    }

    @Test func theFirstMessageToSomebodyIsSentOnceToo() async throws {
        try await ServerFixture.run { server in
            let body = #"{"message": "hello", "handle": "bob"}"#
            let first = try await Self.post(server, body, key: #""k""#)
            let again = try await Self.post(server, body, key: #""k""#)
            #expect(first.status == 200 && again.status == 200 && again.body == first.body)
            let group = try #require(try first.json([String: String].self)["message_group_uuid"])
            #expect(try await Self.texts(server, group) == ["hello"])
            // The same pair, as one who has a group.
            let second = try await Self.post(server, body, key: #""l""#)
            #expect(try await Self.post(server, body, key: #""l""#).body == second.body)
            #expect(try await Self.texts(server, group) == ["hello", "hello"])
        }
    }

    @Test func anotherRequestWithTheKeyIsRefusedWithACode() async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup()
            _ = try await Self.post(server, #"{"message": "one", "message_group_uuid": "\#(group)"}"#, key: #""k""#)
            let others = [
                #"{"message": "two", "message_group_uuid": "\#(group)"}"#, #"{"message": "one", "handle": "bob"}"#,
                #"{"message": "one", "message_group_uuid": "other"}"#, #"{"message": " ", "handle": "bob"}"#,
                // What is in two fields in one is not what is in one in two.
                #"{"message": "", "message_group_uuid": "\#(group)one"}"#,
            ]
            for body in others {
                let answer = try await Self.post(server, body, key: #""k""#)
                #expect(answer.status == 422)
                #expect(try answer.json([String].self) == ["idempotency_key_reused"], "\(body)")
            }
            #expect(try await Self.texts(server, group) == ["first", "one"])
        }
    }

    @Test func aKeyIsAUsersOwn() async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup()
            for user in [ServerFixture.ada, ServerFixture.bob] {
                let body = #"{"message": "of \#(user.handle)", "message_group_uuid": "\#(group)"}"#
                #expect(try await Self.post(server, body, key: #""k""#, as: user).status == 200)
            }
            #expect(try await Self.texts(server, group) == ["first", "of ada", "of bob"])
        }
    }

    @Test(arguments: [
        "k", "", "\"\"", "\"   \"", "\"a", "a\"", "1", ":aGk=:", "?1", "\"a\", \"b\"", "\"a\" b", "\"a\\\"", "\"a\\b\"",
        "\"é\"", "\"" + String(repeating: "k", count: 256) + "\"", "(\"a\")", "\"a\"; ", "\"\t\"",
    ])
    func whatIsNoKeyIsRefusedAndNothingIsWritten(_ key: String) async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup()
            let body = #"{"message": "one", "message_group_uuid": "\#(group)"}"#
            let answer = try await Self.post(server, body, key: key)
            #expect(answer.status == 400)
            #expect(try answer.json([String: String].self)["code"] == "idempotency_key_malformed")
            #expect(try await Self.texts(server, group) == ["first"])
        }
    }

    @Test(arguments: ["\"k\"", "\"a \\\" b \\\\ c\"", "\"" + String(repeating: "k", count: 255) + "\"", "\"#\""])
    func everyStringIsAKey(_ key: String) async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup()
            let body = #"{"message": "one", "message_group_uuid": "\#(group)"}"#
            let answers = [
                try await Self.post(server, body, key: key), try await Self.post(server, body, key: key),
            ]
            #expect(answers.map(\.status) == [200, 200])
            #expect(try await Self.texts(server, group) == ["first", "one"])
        }
    }

    @Test func whatWasRefusedWroteNothingAndMayBeTriedAgain() async throws {
        try await ServerFixture.run { server in
            let refused = try await Self.post(server, #"{"message": "hello", "handle": "new"}"#, key: #""k""#)
            let taken = try await Self.post(server, #"{"message": "hello", "handle": "bob"}"#, key: #""k""#)
            #expect(refused.status == 404 && taken.status == 200)
        }
    }

    @Test func everyAnswerSaysThatKeysAreKept() async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup()
            let answers = [
                try await server.get("/api/message_groups", as: ServerFixture.ada),
                try await server.get("/api/messages/\(group)", as: ServerFixture.eve),
                try await server.call(.GET, "/api/message_groups"), try await server.call(.GET, "/nowhere"),
                try await server.post(["message": " ", "handle": "bob"], as: ServerFixture.ada),
                try await server.post(["message": "a", "handle": "bob"], as: ServerFixture.ada),
            ]
            #expect(answers.map(\.status) == [200, 403, 401, 404, 422, 200])
            for answer in answers { #expect(answer.headers["Idempotency-Key-Lifetime"] == ["86400"]) }
            let known = try #require(answers[0].headers.first(name: "ETag"))
            let unchanged = try await server.call(
                .GET, "/api/messages/\(group)", authorization: "Bearer \(server.token(ServerFixture.ada))",
                headers: ["If-None-Match": known])
            #expect(unchanged.headers["Idempotency-Key-Lifetime"] == ["86400"])
        }
    }

    @Test func theStreamAndTheGroupsKnowNothingOfKeys() async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup()
            let body = #"{"message": "moved", "message_group_uuid": "\#(group)"}"#
            let answer = try await Self.post(server, body, key: #""k""#)
            let item = try #require(
                try await server.engine.item(at: KeyItem.key("k", of: ServerFixture.ada.uuid)))
            let end = try KeyItem(item).end
            let echo: [String: String] = try answer.json()
            let sent = try #require(Timestamp(echo["created_at"] ?? ""))
            #expect((86_400.0...86_402).contains(Double(end) - Double(sent.microseconds) / 1e6))
            #expect(try await server.engine.all(ReadPattern.members(group: group)).count == 2)
            let record = StreamRecord(sequence: "1", event: .insert, key: item.key, newImage: item, at: sent)
            #expect(try await GroupProjector(engine: server.engine).project(record) == false)
        }
    }
}

/// The same without HTTP: what happens at one moment, and on two servers.
struct OnceTests {
    let folder: TemporaryFolder
    let engine: EmbeddedEngine
    let users: EmbeddedUsers

    init() async throws {
        folder = try TemporaryFolder()
        engine = try EmbeddedEngine(path: folder.path + "/table.sqlite") { SystemTime().now() }
        users = try EmbeddedUsers(path: folder.path + "/users.sqlite")
        for user in [ServerFixture.ada, ServerFixture.bob, ServerFixture.eve] { try await users.add(user) }
    }

    static func key(_ text: String) throws -> IdempotencyKey {
        try #require(try IdempotencyKey([IdempotencyKey.header: "\"\(text)\""]))
    }

    private func server(_ users: (any UserDirectory)? = nil) -> Conversations {
        Conversations(engine: engine, users: users ?? self.users) { SystemTime().now() }
    }

    /// A directory that does not answer until it is told to.
    private actor SlowUsers: UserDirectory {
        let users: EmbeddedUsers
        private(set) var asked = 0
        private var waiting: [CheckedContinuation<Void, Never>] = []
        private var isOpen = false

        init(_ users: EmbeddedUsers) { self.users = users }

        func open() {
            isOpen = true
            for caller in waiting { caller.resume() }
            waiting = []
        }

        func user(handle: String) async throws -> User? {
            asked += 1
            if !isOpen { await withCheckedContinuation { waiting.append($0) } }
            return try await users.user(handle: handle)
        }

        func user(cognitoUserID: String) async throws -> User? { try await users.user(cognitoUserID: cognitoUserID) }

        func users(beginning text: String, limit: Int) async throws -> [User] {
            try await users.users(beginning: text, limit: limit)
        }
    }

    @Test func whileTheFirstIsUnderWayTheSecondIsToldSo() async throws {
        let slow = SlowUsers(users)
        let server = server(slow)
        let key = try Self.key("k")
        let first = Task { try await server.start("hello", with: "bob", from: ServerFixture.ada, once: key) }
        while await slow.asked == 0 { await Task.yield() }
        await #expect(throws: RequestError.keyInUse) {
            try await server.start("hello", with: "bob", from: ServerFixture.ada, once: key)
        }
        await #expect(throws: RequestError.keyInUse) {
            try await server.add("other", to: "g", from: ServerFixture.ada, once: key)
        }
        // Another's key of that name is another.
        await #expect(throws: RequestError.unknownGroup) {
            try await server.add("hello", to: "g", from: ServerFixture.bob, once: key)
        }
        await slow.open()
        let message = try await first.value
        #expect(try await server.start("hello", with: "bob", from: ServerFixture.ada, once: key) == message)
    }

    @Test func whoIsNobodyAnyMoreGetsTheFirstAnswerAllTheSame() async throws {
        let key = try Self.key("k")
        let message = try await server().start("hello", with: "bob", from: ServerFixture.ada, once: key)
        let nobody = try EmbeddedUsers(path: folder.path + "/nobody.sqlite")
        #expect(try await server(nobody).start("hello", with: "bob", from: ServerFixture.ada, once: key) == message)
    }

    @Test func ofTwoServersOneWritesAndBothAnswerTheSame() async throws {
        let group = try await server().start("first", with: "bob", from: ServerFixture.ada).group
        for number in 0..<20 {
            let key = try Self.key("k\(number)")
            let answers = try await withThrowingTaskGroup(of: MessageItem.self) { tasks in
                for _ in 0..<4 {
                    let server = server()
                    tasks.addTask {
                        try await server.add("hello \(number)", to: group, from: ServerFixture.ada, once: key)
                    }
                }
                return try await tasks.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(answers.count == 1)
        }
        let all = try await engine.all(Query(partition: MessageItem.partition(group: group)))
        #expect(all.count == 21)
    }

    @Test func aRestartForgetsNoKey() async throws {
        let key = try Self.key("k")
        let message = try await server().start("hello", with: "bob", from: ServerFixture.ada, once: key)
        let again = try EmbeddedEngine(path: folder.path + "/table.sqlite") { SystemTime().now() }
        let server = Conversations(engine: again, users: users) { SystemTime().now() }
        #expect(try await server.start("hello", with: "bob", from: ServerFixture.ada, once: key) == message)
    }
}
