import Foundation
import Testing

@testable import ChatClient

/// Trap 15: who has a handle, on backends that say "nobody" in their own ways, or say it of everybody.
struct LookUpTests {
    private typealias Answer = TrapBackend.Answer

    /// What comes of a look for @ghost, where @me is answered `me`.
    private static func lookUp(
        _ ghost: TrapBackend.Answer, me: TrapBackend.Answer? = nil, handle: String? = "me"
    ) async throws -> Result<UserShort?, APIError> {
        nonisolated(unsafe) var result: Result<UserShort?, APIError> = .failure(.timedOut)
        try await TrapBackend.run(handle: handle) { backend, chat in
            await backend.answer(TrapBackend.short("ghost"), ghost)
            if let me { await backend.answer(TrapBackend.short("me"), me) }
            try await chat.until { $0.hasGroups }
            do throws(APIError) {
                result = .success(try await chat.session.conversation(with: "ghost")?.title)
            } catch {
                result = .failure(error)
            }
        }
        return result
    }

    private static let known = Answer(#"{"uuid":"u","handle":"me","display_name":"Me"}"#)

    @Test(
        "trap 15: nobody, in whatever words",
        arguments: [
            Answer("{}"), Answer("{}\n"), Answer(" { } "), Answer("{}", type: "text/html"), Answer("null"),
            Answer(#"{"uuid":null,"handle":null,"display_name":null}"#), Answer(#"{"handle":""}"#),
        ])
    private func nobody(_ answer: Answer) async throws {
        #expect(try await Self.lookUp(answer).get() == nil)
    }

    @Test("trap 15: 404 and 500 mean nobody where others are found", arguments: [Answer.notThere, .crash])
    private func others(_ answer: Answer) async throws {
        #expect(try await Self.lookUp(answer, me: Self.known).get() == nil)
    }

    @Test("trap 15: where it fails for every handle nobody can be looked up", arguments: [Answer.notThere, .crash])
    private func everybody(_ answer: Answer) async throws {
        let found = try await Self.lookUp(answer, me: answer)
        #expect(throws: APIError.cannotLookUp) { try found.get() }
    }

    @Test func trap15WhereOnesOwnHandleIsNotKnown404IsNobodyAnd500IsNotKnown() async throws {
        #expect(try await Self.lookUp(.notThere, handle: nil).get() == nil)
        let found = try await Self.lookUp(.crash, handle: nil)
        #expect(throws: APIError.cannotLookUp) { try found.get() }
    }

    @Test("what is no answer to the question is said", arguments: [502, 503, 429, 403])
    func faults(_ status: Int) async throws {
        let found = try await Self.lookUp(Answer("<html>", status: status, type: "text/html"), me: Self.known)
        #expect(throws: APIError.self) { try found.get() }
        let page = try await Self.lookUp(Answer("<html>", type: "text/html"), me: Self.known)
        #expect(throws: APIError.unexpectedAnswer("HTML")) { try page.get() }
    }

    @Test("a 404 where the path is another is not nobody", arguments: ["bob", "me"])
    func path(_ found: String) async throws {
        try await TrapBackend.run { backend, chat in
            await backend.answer("GET /api/users/\(found)/short", try Answer(["handle": found]))
            try await chat.until { $0.hasGroups }
            let error = await #expect(throws: APIError.self) { try await chat.session.conversation(with: "bob2") }
            #expect(
                found == "bob"
                    ? error == .cannotLookUp
                    : error?.description
                        == "404: the server has it at /api/users/{handle}/short; set paths.user_short to that")
        }
    }

    @Test func groupsAtAnotherPathAreSaidWithTheSettingToWrite() async throws {
        try await TrapBackend.run { backend, chat in
            await backend.answer(TrapBackend.groups, .notThere)
            await backend.answer("GET /api/messages/groups", try Answer([TrapBackend.groupRow("hi")]))
            #expect(
                try await chat.fault()
                    == "404: the server has it at /api/messages/groups; set paths.message_groups to that")
        }
        // And so written, they are read.
        try await TrapBackend.run(flags: ["paths.message_groups": "/api/messages/groups"]) { backend, chat in
            await backend.answer("GET /api/messages/groups", try Answer([TrapBackend.groupRow("there")]))
            #expect(try await chat.until { $0.hasGroups }.conversations.map(\.preview) == ["there"])
        }
    }

    @Test func aConversationCanBeBegunWithWhoCannotBeLookedUp() async throws {
        try await TrapBackend.run { backend, chat in
            try await chat.until { $0.hasGroups }
            let found = try #require(await chat.session.conversation(unchecked: "londo"))
            await backend.answer(TrapBackend.post, try Answer(["message_group_uuid": "new"]))
            await chat.session.send("hello", to: found.id)
            while await backend.bodies.isEmpty { await Task.yield() }
            #expect(await backend.bodies == [["message": "hello", "handle": "londo"]])
            #expect(await backend.asked.allSatisfy { !$0.contains("/short") })
            // Who is known is the one who is known.
            #expect(await chat.session.conversation(unchecked: "bob")?.id == Watched.bob)
        }
    }

    @Test func whatServersCrashOnIsNotSent() async throws {
        try await TrapBackend.run { backend, chat in
            try await chat.open()
            await chat.session.send(" \n\t\u{3000}", to: Watched.bob)
            let blank = try await chat.until {
                if case .failed = $0.transcript?.entries.last?.delivery { true } else { false }
            }
            #expect(blank.transcript?.entries.last?.delivery == .failed(reason: "the message is blank"))
            let me = try #require(await chat.session.conversation(unchecked: "me"))
            await chat.session.show(me.id)
            await chat.session.send("to myself", to: me.id)
            let own = try await chat.until {
                if case .failed = $0.transcript?.entries.last?.delivery { true } else { false }
            }
            #expect(own.transcript?.entries.last?.delivery == .failed(reason: "that is your own handle"))
            #expect(await backend.count(TrapBackend.post) == 0)
        }
        for uuid in ["", ".", "..", "a b", "a\nb", "a\u{0}"] { #expect(!GroupUUID.isUsable(uuid)) }
        for uuid in ["g", "5ae290ed-55d1-47a0-bc6d-fe2bc2700399", "grüppe", "a/../b"] {
            #expect(GroupUUID.isUsable(uuid))
        }
    }
}
