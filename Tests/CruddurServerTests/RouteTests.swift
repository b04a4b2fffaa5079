import Foundation
import MessageTable
import NIOHTTP1
import TestSupport
import Testing
import Timestamps
import Users

@testable import CruddurServer

/// Every answer of the API, through real HTTP.
struct RouteTests {
    // MARK: What the contract promises

    @Test func aNewGroupAnswersItsUUIDAndStandsInBothListsWithTheOthersNames() async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup("hello")
            for (user, other) in [(ServerFixture.ada, ServerFixture.bob), (ServerFixture.bob, ServerFixture.ada)] {
                let groups: [[String: String]] = try await server.get("/api/message_groups", as: user).json()
                #expect(groups.count == 1)
                #expect(Set(groups[0].keys) == ["uuid", "display_name", "handle", "message", "created_at"])
                #expect(groups[0]["uuid"] == group)
                #expect(groups[0]["handle"] == other.handle)
                #expect(groups[0]["display_name"] == other.displayName)
                #expect(groups[0]["message"] == "hello")
            }
        }
    }

    @Test func theEchoHasTheMessagesOwnUUIDAndTheListHasItToo() async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup()
            let answer = try await server.post(
                ["message": "héllo 👩‍💻", "message_group_uuid": group], as: ServerFixture.bob)
            #expect(answer.status == 200)
            let echo: [String: String] = try answer.json()
            #expect(
                Set(echo.keys) == ["uuid", "display_name", "handle", "message", "created_at", "message_group_uuid"])
            #expect(echo["handle"] == "bob")
            #expect(echo["message_group_uuid"] == group)
            let messages: [[String: String]] = try await server.get("/api/messages/\(group)", as: ServerFixture.ada)
                .json()
            #expect(messages.map { $0["message"] } == ["first", "héllo 👩‍💻"])
            #expect(messages.last?["uuid"] == echo["uuid"])
            #expect(messages.last?["created_at"] == echo["created_at"])
            #expect(echo["uuid"] != ServerFixture.bob.uuid)
        }
    }

    @Test func onlyTheNewestTwentyAreListedOldestFirst() async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup("0")
            for number in 1...24 {
                _ = try await server.post(["message": "\(number)", "message_group_uuid": group], as: ServerFixture.ada)
            }
            let messages: [[String: String]] = try await server.get("/api/messages/\(group)", as: ServerFixture.bob)
                .json()
            #expect(messages.map { $0["message"] } == (5...24).map(String.init))
        }
    }

    @Test func messagesOfOneMicrosecondAllSurvive() async throws {
        try await ServerFixture.run(now: { Timestamp("2026-11-24T05:50:07.058076Z")! }) { server in
            // The clock stands still: every message wants the same sort key.
            let group = try await server.startGroup("0")
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 1...10 {
                    tasks.addTask {
                        let answer = try await server.post(
                            ["message": "\(number)", "message_group_uuid": group], as: ServerFixture.ada)
                        #expect(answer.status == 200)
                    }
                }
                try await tasks.waitForAll()
            }
            let messages: [[String: String]] = try await server.get("/api/messages/\(group)", as: ServerFixture.ada)
                .json()
            #expect(Set(messages.compactMap { $0["message"] }) == Set((0...10).map(String.init)))
        }
    }

    @Test func aClockThatGoesBackMakesNoMessageOlderThanOneThatWasAnswered() async throws {
        let time = HeldTime()
        try await ServerFixture.run(now: { time.now() }) { server in
            let group = try await server.startGroup("0")
            for number in 1...30 {
                // An hour back, an hour forth, and two back.
                time.step(bySeconds: [-3600, 3600, -7200, 1, 0][number % 5])
                let sender = number % 2 == 0 ? ServerFixture.ada : ServerFixture.bob
                let answer = try await server.post(["message": "\(number)", "message_group_uuid": group], as: sender)
                #expect(answer.status == 200)
                let messages: [[String: String]] = try await server.get("/api/messages/\(group)", as: ServerFixture.ada)
                    .json()
                #expect(messages.map { $0["message"] } == (max(0, number - 19)...number).map(String.init))
            }
            try await preview(server, of: group, as: ServerFixture.bob, is: "30")
        }
    }

    @Test(arguments: ["zzz", "2030-garbage", "9999-12-31T23:59:59.999999+00:00"])
    func aSortKeyBehindWhichNothingComesStopsNobody(_ sort: String) async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup("0")
            let stuck = Item(
                key: ItemKey(partition: MessageItem.partition(group: group), sort: sort),
                attributes: [
                    "message": "stuck", "message_uuid": "m", "user_uuid": "u", "user_display_name": "U",
                    "user_handle": "u",
                ])
            try await server.engine.put(stuck, if: .none)
            for number in 1...3 {
                let answer = try await server.post(
                    ["message": "\(number)", "message_group_uuid": group], as: ServerFixture.ada)
                #expect(answer.status == 200)
            }
            let messages: [[String: String]] = try await server.get("/api/messages/\(group)", as: ServerFixture.ada)
                .json()
            #expect(messages.compactMap { $0["message"] }.filter { $0 != "stuck" } == ["0", "1", "2", "3"])
        }
    }

    @Test func whereAllHappensInOneMicrosecondEachGroupShowsItsNewestMessage() async throws {
        try await ServerFixture.run(now: { Timestamp("2026-11-24T05:50:07.058076Z")! }) { server in
            let bobs = try await server.startGroup("0")
            let other = try await server.post(["message": "0", "handle": "eve"], as: ServerFixture.ada)
            let eves = try #require(try other.json([String: String].self)["message_group_uuid"])
            for number in 1...9 {
                for group in number % 3 == 0 ? [bobs, bobs, eves] : [eves, bobs] {
                    let answer = try await server.post(
                        ["message": "\(group) \(number)", "message_group_uuid": group], as: ServerFixture.ada)
                    #expect(answer.status == 200)
                }
            }
            for (group, user) in [(bobs, ServerFixture.bob), (eves, ServerFixture.eve)] {
                try await preview(server, of: group, as: user, is: "\(group) 9")
                try await preview(server, of: group, as: ServerFixture.ada, is: "\(group) 9")
            }
        }
    }

    /// The projector moves a group a moment after its message.
    private func preview(_ server: ServerFixture, of group: String, as user: User, is text: String) async throws {
        while true {
            let groups: [[String: String]] = try await server.get("/api/message_groups", as: user).json()
            if groups.first(where: { $0["uuid"] == group })?["message"] == text { return }
            await Task.yield()
        }
    }

    @Test func creatingForAPairThatTalksAddsToTheirGroup() async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup("one")
            let again = try await server.post(["message": "two", "handle": "bob"], as: ServerFixture.ada)
            let back = try await server.post(["message": "three", "handle": "ada"], as: ServerFixture.bob)
            #expect(try again.json([String: String].self)["message_group_uuid"] == group)
            #expect(try back.json([String: String].self)["message_group_uuid"] == group)
            let groups: [[String: String]] = try await server.get("/api/message_groups", as: ServerFixture.ada).json()
            #expect(groups.count == 1)
        }
    }

    @Test func twoWhoStartAtOnceShareOneGroup() async throws {
        try await ServerFixture.run { server in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<8 {
                    tasks.addTask {
                        let (from, to) = number % 2 == 0 ? (ServerFixture.ada, "bob") : (ServerFixture.bob, "ada")
                        do {
                            let answer = try await server.post(["message": "\(number)", "handle": to], as: from)
                            #expect(answer.status == 200)
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            let groups: [[String: String]] = try await server.get("/api/message_groups", as: ServerFixture.ada).json()
            #expect(groups.count == 1)
            let messages: [[String: String]] = try await server.get(
                "/api/messages/\(groups[0]["uuid"] ?? "")", as: ServerFixture.bob
            ).json()
            #expect(messages.count == 8)
        }
    }

    @Test func aGroupMadeByTheSeedIsFoundAlthoughItHasNoPairItem() async throws {
        try await ServerFixture.run { server in
            let now = "2026-11-24T05:50:07.058076"
            for (owner, other) in [(ServerFixture.ada, ServerFixture.bob), (ServerFixture.bob, ServerFixture.ada)] {
                let item = GroupItem(
                    owner: owner.uuid, lastMessageAt: now, group: "seeded", text: "old", other: other.person)
                try await server.engine.put(item.item, if: .none)
            }
            let answer = try await server.post(["message": "new", "handle": "bob"], as: ServerFixture.ada)
            #expect(try answer.json([String: String].self)["message_group_uuid"] == "seeded")
        }
    }

    @Test func theShortUserAndTheHealthCheckNeedNoToken() async throws {
        try await ServerFixture.run { server in
            let short = try await server.call(.GET, "/api/users/@bob/short")
            #expect(
                try short.json([String: String].self) == [
                    "uuid": "uuid-bob", "handle": "bob", "display_name": "Bob Ross",
                ])
            let health = try await server.call(.GET, "/api/health-check")
            #expect(health.status == 200)
            #expect(health.text == #"{"success":true}"#)
        }
    }

    // MARK: What is refused

    @Test func aConversationOfOthersIsNeitherReadNorWritten() async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup()
            let answer = try await server.get("/api/messages/\(group)", as: ServerFixture.eve)
            #expect(answer.status == 403)
            let write = try await server.post(["message": "mine!", "message_group_uuid": group], as: ServerFixture.eve)
            #expect(write.status == 403)
            let messages: [[String: String]] = try await server.get("/api/messages/\(group)", as: ServerFixture.ada)
                .json()
            #expect(messages.count == 1)
        }
    }

    @Test func aGroupThatNobodyIsInIsEmptyAndCannotBeWritten() async throws {
        try await ServerFixture.run { server in
            let read = try await server.get("/api/messages/5ae290ed-55d1-47a0-bc6d-fe2bc2700399", as: ServerFixture.ada)
            #expect(read.status == 200)
            #expect(read.text == "[]")
            let write = try await server.post(
                ["message": "x", "message_group_uuid": "5ae290ed"], as: ServerFixture.ada)
            #expect(write.status == 404)
            #expect(try await server.engine.scan(limit: 10, after: nil).items.isEmpty)
        }
    }

    @Test(
        "what cannot be sent is refused with the codes of the contract",
        arguments: [
            (#"{"message":"  \n ","handle":"bob"}"#, #"["message_blank"]"#),
            (#"{"handle":"bob"}"#, #"["message_blank"]"#),
            (#"{"message":null,"handle":"bob"}"#, #"["message_blank"]"#),
            (#"{"message":"hi","handle":"ada"}"#, #"["user_reciever_handle_own"]"#),
            (#"{"message":"hi","handle":""}"#, #"["user_reciever_handle_blank"]"#),
            (#"{"message":"hi","message_group_uuid":""}"#, #"["message_group_uuid_blank"]"#),
            (#"{"message":"hi"}"#, #"["message_group_uuid_blank","user_reciever_handle_blank"]"#),
            (
                #"{"message":"\#(String(repeating: "é", count: 1025))","handle":"bob"}"#,
                #"["message_exceed_max_chars"]"#
            ),
        ])
    func unprocessable(_ body: String, _ codes: String) async throws {
        try await ServerFixture.run { server in
            let answer = try await server.call(
                .POST, "/api/messages", authorization: "Bearer \(server.token(ServerFixture.ada))",
                contentType: "application/json", body: body)
            #expect(answer.status == 422)
            #expect(answer.text == codes)
        }
    }

    @Test(
        "a name with U+0000 is refused, not cut",
        arguments: [
            ("POST", "/api/messages", #"{"message":"m","handle":"ada\u0000"}"#, "user_reciever_handle_invalid"),
            ("POST", "/api/messages", #"{"message":"m","handle":"bob\u0000x"}"#, "user_reciever_handle_invalid"),
            ("POST", "/api/messages", #"{"message":"m","handle":"\u0000"}"#, "user_reciever_handle_invalid"),
            (
                "POST", "/api/messages", #"{"message":"m","message_group_uuid":"GROUP\u0000"}"#,
                "message_group_uuid_invalid"
            ),
            ("GET", "/api/users/@bob%00/short", nil, "user_reciever_handle_invalid"),
        ] as [(String, String, String?, String)])
    func namesWithNUL(_ method: String, _ path: String, _ body: String?, _ code: String) async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup()
            let answer = try await server.call(
                .init(rawValue: method), path.replacing("GROUP", with: group),
                authorization: "Bearer \(server.token(ServerFixture.ada))", contentType: "application/json",
                body: body?.replacing("GROUP", with: group))
            #expect(answer.status == 422)
            #expect(answer.text == "[\"\(code)\"]")
            let messages: [[String: String]] = try await server.get("/api/messages/\(group)", as: ServerFixture.ada)
                .json()
            #expect(messages.count == 1)
        }
    }

    @Test(arguments: ["a\0b", "\0", "a\0"])
    func aMessageWithNULIsKeptWhole(_ text: String) async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup(text)
            let messages: [[String: String]] = try await server.get("/api/messages/\(group)", as: ServerFixture.bob)
                .json()
            #expect(messages.map { $0["message"] } == [text])
            let groups: [[String: String]] = try await server.get("/api/message_groups", as: ServerFixture.bob).json()
            #expect(groups.map { $0["message"] } == [text])
        }
    }

    @Test(arguments: ["zz\r\n", "5\r\n{\"mes", "-1\r\n", "ffffffffffffffffff\r\n"])
    func aChunkThatIsNoneIs400(_ chunk: String) async throws {
        try await ServerFixture.run { server in
            let answer = try await server.raw(
                "POST /api/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(server.token(ServerFixture.ada))\r\n"
                    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + "\r\nzz\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func exactlyTheMostCodePointsAreTakenHoweverManyBytesTheyHave() async throws {
        try await ServerFixture.run { server in
            let text = String(repeating: "👩🏽", count: 512)
            #expect(text.unicodeScalars.count == 1024)
            do {
                let answer = try await server.post(["message": text, "handle": "bob"], as: ServerFixture.ada)
                #expect(answer.status == 200)
            }
            do {
                let answer = try await server.post(["message": text + "!", "handle": "bob"], as: ServerFixture.ada)
                #expect(answer.status == 422)
            }
        }
    }

    @Test func anUnknownHandleIsNotFound() async throws {
        try await ServerFixture.run { server in
            do {
                let answer = try await server.post(["message": "hi", "handle": "nobody"], as: ServerFixture.ada)
                #expect(answer.status == 404)
            }
            #expect(try await server.call(.GET, "/api/users/@nobody/short").status == 404)
            #expect(try await server.call(.GET, "/api/users/@%F0%9F%98%80/short").status == 404)
        }
    }

    @Test(
        "bad bodies, paths and methods are told apart, in JSON",
        arguments: [
            ("POST", "/api/messages", "application/json", "{", 400),
            ("POST", "/api/messages", "application/json", "[]", 400),
            ("POST", "/api/messages", "application/json", #"{"message":7,"handle":"bob"}"#, 400),
            ("POST", "/api/messages", "application/json", "", 400),
            ("POST", "/api/messages", "text/plain", "{}", 415),
            ("POST", "/api/messages", nil, "{}", 415),
            ("POST", "/api/messages", "application/json", String(repeating: " ", count: 70_000) + "{}", 413),
            ("GET", "/api/nothing", nil, nil, 404),
            ("GET", "/", nil, nil, 404),
            ("DELETE", "/api/messages", nil, nil, 405),
            ("GET", "/api/messages", nil, nil, 405),
            ("POST", "/api/message_groups", nil, nil, 405),
            ("POST", "/api/health-check", nil, nil, 405),
        ] as [(String, String, String?, String?, Int)])
    func refused(_ method: String, _ path: String, _ type: String?, _ body: String?, _ status: Int) async throws {
        try await ServerFixture.run { server in
            let answer = try await server.call(
                .init(rawValue: method), path, authorization: "Bearer \(server.token(ServerFixture.ada))",
                contentType: type, body: body)
            #expect(answer.status == status)
            #expect(answer.contentType?.hasPrefix("application/json") == true)
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: answer.body) }
        }
    }
}
