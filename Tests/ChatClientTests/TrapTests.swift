import Foundation
import Testing
import Timestamps

@testable import ChatClient

/// The traps of the API as deployments serve it, each against a backend that errs in just that way. The numbers are
/// those of the list that the API's description has.
struct TrapTests {
    private typealias Answer = TrapBackend.Answer

    private static func echo(_ text: String, at time: String, uuid: String = "uuid-of-me") -> [String: String] {
        TrapBackend.row(text, at: time, uuid: uuid, by: "me").merging(["message_group_uuid": "g"]) { $1 }
    }

    /// Sends `text` with this echo, and lists it from then on as `listed`.
    private static func sendAndList(
        _ backend: TrapBackend, _ chat: Watched, echo: [String: String], listed: [String: String]
    ) async throws -> ChatSnapshot {
        try await chat.open()
        await backend.answer(TrapBackend.post, try Answer(echo))
        await chat.session.send(echo["message"] ?? "", to: Watched.bob)
        try await chat.until { $0.transcript?.entries.last?.delivery?.isSent == true }
        await backend.answer(TrapBackend.page, try Answer([TrapBackend.row("hi"), listed]))
        try await chat.until { $0.transcript?.entries.count == 2 && $0.transcript?.entries.last?.delivery == nil }
        return try await chat.after(5)
    }

    @Test("trap 1: an echo with the sender's uuid, or the message's, is one row", arguments: ["uuid-of-me", "m2"])
    func trap01(_ uuid: String) async throws {
        try await TrapBackend.run { backend, chat in
            let time = "2026-11-24T06:00:00.000001+00:00"
            let shown = try await Self.sendAndList(
                backend, chat, echo: Self.echo("hello", at: time, uuid: uuid),
                listed: TrapBackend.row("hello", at: time, uuid: "m2", by: "me"))
            #expect(chat.texts(shown) == ["hi", "hello"])
            #expect(shown.transcript?.entries.last?.isOwn == true)
        }
    }

    @Test func trap02AnEchoThatNamesTheGroupDoesNotMeanThatOneWasMade() async throws {
        try await TrapBackend.run { backend, chat in
            let time = "2026-11-24T06:00:00+00:00"
            let shown = try await Self.sendAndList(
                backend, chat, echo: Self.echo("hello", at: time), listed: TrapBackend.row("hello", at: time, by: "me"))
            #expect(shown.conversations.map(\.group) == ["g"])
            #expect(await backend.bodies.map { $0["message_group_uuid"] } == ["g"])
        }
    }

    @Test func trap03APostThatMayHaveArrivedIsReadBackAndNotMadeAgain() async throws {
        try await TrapBackend.run { backend, chat in
            try await chat.open()
            await backend.answer(TrapBackend.post, .crash)
            await chat.session.send("once", to: Watched.bob)
            while await backend.count(TrapBackend.post) == 0 { await Task.yield() }
            let stored = TrapBackend.row("once", at: "2026-11-24T06:00:00+00:00", uuid: "m2", by: "me")
            await backend.answer(TrapBackend.page, try Answer([TrapBackend.row("hi"), stored]))
            try await chat.until { chat.texts($0) == ["hi", "once"] && $0.transcript?.entries.last?.delivery == nil }
            let shown = try await chat.after(5)
            #expect(chat.texts(shown) == ["hi", "once"] && shown.unsent == 0)
            #expect(await backend.count(TrapBackend.post) == 1)
        }
    }

    @Test func trap04WhoTalksAlreadyGetsNoSecondGroup() async throws {
        try await TrapBackend.run { backend, chat in
            await backend.answer(TrapBackend.groups, Answer("[]"))
            await backend.answer(TrapBackend.short("bob"), try Answer(["handle": "bob"]))
            try await chat.until { $0.hasGroups }
            let found = try #require(try await chat.session.conversation(with: "bob"))
            // Meanwhile @bob has begun one.
            await backend.answer(TrapBackend.groups, try Answer([TrapBackend.groupRow("hi")]))
            await backend.answer(TrapBackend.post, try Answer(Self.echo("hello", at: "2026-11-24T06:00:00+00:00")))
            await chat.session.send("hello", to: found.id)
            while await backend.bodies.isEmpty { await Task.yield() }
            #expect(await backend.bodies.first == ["message": "hello", "message_group_uuid": "g"])
        }
    }

    @Test func trap05AGroupThatIsMissingOrTwiceWhileItMovesIsShownOnce() async throws {
        try await TrapBackend.run { backend, chat in
            try await chat.until { $0.conversations.count == 1 }
            let moved = TrapBackend.groupRow("newer", at: "2026-11-24T06:00:00+00:00")
            await backend.answer(
                TrapBackend.groups, Answer("[]"), try Answer([moved, TrapBackend.groupRow("hi")]), try Answer([moved]))
            let shown = try await chat.until { $0.conversations.count != 1 || $0.conversations[0].preview == "newer" }
            #expect(shown.conversations.map(\.preview) == ["newer"])
        }
    }

    @Test func trap06APreviewThatTheStreamLeftBehindIsNotShown() async throws {
        try await TrapBackend.run { backend, chat in
            await backend.answer(
                TrapBackend.page,
                try Answer([
                    TrapBackend.row("hi"), TrapBackend.row("later", at: "2026-11-24T07:00:00+00:00", uuid: "n"),
                ]))
            try await chat.open()
            #expect(try await chat.after(3).conversations.map(\.preview) == ["later"])
        }
    }

    @Test func trap07AtTheTurnOfTheYearNothingThatWasKnownIsGone() async throws {
        try await TrapBackend.run { backend, chat in
            try await chat.open()
            await backend.answer(TrapBackend.groups, Answer("[]"))
            await backend.answer(TrapBackend.page, Answer("[]"))
            let shown = try await chat.after(12)
            #expect(shown.conversations.map(\.isListed) == [true])
            #expect(chat.texts(shown) == ["hi"])
        }
    }

    @Test func trap08AFullPageOfUnknownMessagesIsSaidToHaveAGapBeforeIt() async throws {
        try await TrapBackend.run { backend, chat in
            try await chat.open()
            let page = (10..<30).map { TrapBackend.row("\($0)", at: "2026-11-24T06:00:\($0)+00:00", uuid: "n\($0)") }
            await backend.answer(TrapBackend.page, try Answer(page))
            let shown = try await chat.until { $0.transcript?.entries.count == 21 }
            #expect(shown.transcript?.entries.map(\.isBeforeGap) == [true] + Array(repeating: false, count: 20))
        }
    }

    @Test func trap09TimesInEveryFormAndInNoOrderAreSortedByInstant() async throws {
        try await TrapBackend.run { backend, chat in
            let rows = [
                ("third", "2026-11-24T05:50:07.058076"), ("first", "2026-11-24T05:50:05Z"),
                ("fourth", "2026-11-24T00:50:08-05:00"), ("second", "2026-11-24T05:50:06+00:00"),
                ("fifth", "2026-11-24T05:50:09.5+00:00"), ("fifth too", "2026-11-24T05:50:09.500000"),
            ]
            await backend.answer(
                TrapBackend.page, try Answer(rows.map { TrapBackend.row($0.0, at: $0.1, uuid: $0.0) }))
            let shown = try await chat.open()
            #expect(chat.texts(shown) == ["first", "second", "third", "fourth", "fifth", "fifth too"])
        }
    }

    @Test func trap10TheLimitCountsCodePointsAndWhatIsLongerIsNotSent() async throws {
        try await TrapBackend.run { backend, chat in
            try await chat.open()
            let family = "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}"
            // 204 families of 5 code points, and 4 more: 1024, in more UTF-16 units and fewer characters.
            let longest = String(repeating: family, count: 204) + "abcd"
            #expect(longest.unicodeScalars.count == 1024)
            await backend.answer(TrapBackend.post, try Answer(Self.echo(longest, at: "2026-11-24T06:00:00+00:00")))
            await chat.session.send(longest, to: Watched.bob)
            try await chat.until { $0.transcript?.entries.last?.delivery?.isSent == true }
            await chat.session.send(longest + "e", to: Watched.bob)
            let refused = try await chat.until {
                if case .failed = $0.transcript?.entries.last?.delivery { true } else { false }
            }
            #expect(refused.transcript?.entries.last?.delivery == .failed(reason: "the message is too long"))
            #expect(await backend.count(TrapBackend.post) == 1)
        }
    }

    @Test func trap11TextComesBackExactlyAsItWasStored() async throws {
        let text = "\u{1B}]0;x\u{7}\r\n\u{202E}a\u{0}b" + String(repeating: "\u{301}", count: 1000)
        try await TrapBackend.run { backend, chat in
            await backend.answer(TrapBackend.page, try Answer([TrapBackend.row(text)]))
            let shown = try await chat.open()
            #expect(chat.texts(shown).first.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
        }
    }

    @Test func trap12AServerThatClosesEachConnectionIsAskedAgainAndAgain() async throws {
        try await TrapBackend.run { backend, chat in
            var answer = try Answer([TrapBackend.row("hi")])
            answer.headers["Connection"] = "close"
            await backend.answer(TrapBackend.page, answer)
            try await chat.open()
            #expect(try await chat.after(10).connection.state == .online)
        }
    }

    @Test func trap13NamesBelongToTheRow() async throws {
        try await TrapBackend.run { backend, chat in
            let old = TrapBackend.row("then", by: "bobby")
            let new = TrapBackend.row("now", at: "2026-11-24T06:00:00+00:00", uuid: "n")
            await backend.answer(TrapBackend.page, try Answer([old, new]))
            let shown = try await chat.open()
            #expect(shown.transcript?.entries.map(\.handle) == ["bobby", "bob"])
            #expect(shown.transcript?.entries.map(\.isOwn) == [false, false])
        }
    }

    @Test func trap14APreviewThatOnlyMovesWithTheStreamIsWaitedFor() async throws {
        try await TrapBackend.run { backend, chat in
            let time = "2026-11-24T06:00:00+00:00"
            let shown = try await Self.sendAndList(
                backend, chat, echo: Self.echo("hello", at: time),
                listed: TrapBackend.row("hello", at: time, uuid: "n", by: "me"))
            #expect(shown.conversations.map(\.preview) == ["hello"])
            let row = try #require(try await chat.until { $0.conversations.first?.staleRow != nil }.conversations.first)
            #expect(row.staleRow?.since.description.hasPrefix("2026-11-24T06:00:00") == true)
            await backend.answer(TrapBackend.groups, try Answer([TrapBackend.groupRow("hello", at: time)]))
            let told = try await chat.until { $0.conversations.first?.listedAfter != nil }
            #expect(told.conversations.first?.staleRow == nil)
        }
    }

    @Test func trap16FieldsThatOnlyOneDeploymentKnowsDoNoHarm() async throws {
        let more =
            #"{"uuid":"m","handle":"bob","display_name":null,"message":"hi","created_at":"2026-11-24T05:00:00Z","cognito_user_id":"x","tags":[1,{"a":null}],"n":1e400}"#
        try await TrapBackend.run { backend, chat in
            await backend.answer(TrapBackend.page, Answer("[\(more)]"))
            let shown = try await chat.open()
            #expect(chat.texts(shown) == ["hi"])
            #expect(shown.transcript?.entries.first?.displayName == "bob")
        }
    }

    @Test func trap17ARowOfTheFutureHidesNothingThatIsWrittenAfterIt() async throws {
        try await TrapBackend.run { backend, chat in
            let future = TrapBackend.row("future", at: "2026-11-24T09:00:00+00:00", uuid: "f")
            await backend.answer(TrapBackend.page, try Answer([TrapBackend.row("hi"), future]))
            try await chat.open()
            let time = "2026-11-24T06:00:00+00:00"
            await backend.answer(TrapBackend.post, try Answer(Self.echo("answer", at: time)))
            await chat.session.send("answer", to: Watched.bob)
            try await chat.until { $0.transcript?.entries.last?.delivery?.isSent == true }
            let mine = TrapBackend.row("answer", at: time, uuid: "n", by: "me")
            await backend.answer(TrapBackend.page, try Answer([TrapBackend.row("hi"), mine, future]))
            try await chat.until { chat.texts($0) == ["hi", "answer", "future"] }
            #expect(chat.texts(try await chat.after(3)) == ["hi", "answer", "future"])
        }
    }

    @Test(
        "trap 18: a row that cannot be read is left out and counted, and never the list",
        arguments: [
            #"{"uuid":"x","handle":"bob","message":"?"}"#, #"{"uuid":"x","message":"?","created_at":""}"#,
            #"{"uuid":"x","message":"?","created_at":"10000-01-01T00:00:00Z"}"#,
            #"{"uuid":"x","message":"?","created_at":null}"#, #"{"uuid":"x","message":"?","created_at":1e400}"#,
            #"{"uuid":"x","message":"?","created_at":"yesterday"}"#,
            #"{"uuid":["x"],"created_at":"2026-11-24T05:00:00Z"}"#,
            #"{"uuid":"x","message":"\ud83d","created_at":"2026-11-24T05:00:00Z"}"#, "null", "7", #""]""#, "[]",
            "[[{}]]",
            #"{"uuid":"x","message":NaN,"created_at":"2026-11-24T05:00:00Z"}"#, "{'uuid': 1}", "nonsense", "",
        ])
    func trap18(_ bad: String) async throws {
        try await TrapBackend.run { backend, chat in
            let good = String(decoding: try JSONEncoder().encode(TrapBackend.groupRow("hi")), as: UTF8.self)
            await backend.answer(TrapBackend.groups, Answer("[\(good), \(bad) , \(good)]\n"))
            let shown = try await chat.until { $0.hasGroups }
            #expect(shown.conversations.map(\.preview) == ["hi"])
            #expect(shown.unreadableRows == 1)
        }
    }

    @Test func trap18BytesThatAreNoTextSpoilTheirRowAlone() async throws {
        try await TrapBackend.run { backend, chat in
            var answer = Answer("")
            let good = try JSONEncoder().encode(TrapBackend.groupRow("hi"))
            answer.body = Data("[".utf8) + good + Data([UInt8(ascii: ","), 0x22, 0xFF, 0xC0, 0x22, UInt8(ascii: "]")])
            await backend.answer(TrapBackend.groups, answer)
            let shown = try await chat.until { $0.hasGroups }
            #expect(shown.conversations.map(\.preview) == ["hi"])
            #expect(shown.unreadableRows == 1)
        }
    }

    @Test func trap18AListMayHoldAllGroupsAtOnce() async throws {
        try await TrapBackend.run { backend, chat in
            let rows = (0..<300).map { TrapBackend.row("\($0)", uuid: "g\($0)", by: "h\($0)") }
            await backend.answer(TrapBackend.groups, try Answer(rows))
            #expect(try await chat.until { $0.hasGroups }.conversations.count == 300)
        }
    }

    @Test(
        "trap 19: what stands in the server's place is told from it",
        arguments: [
            (Answer("<h1>Bad Gateway</h1>", status: 502, type: "text/html"), "the server has a problem (502)"),
            (Answer("", status: 503), "the server has a problem (503)"),
            (
                Answer("<html>", status: 511, type: "text/html"),
                "something on the way answers in place of the server; a network"
            ),
            (
                redirect("https://login.hotel.example/x"),
                "in place of the server and leads to login.hotel.example; a network"
            ),
            (redirect("//login.hotel.example/x"), "leads to login.hotel.example;"),
            (redirect("/elsewhere"), "the server sends us elsewhere; check backend_url"),
            (redirect("http://\u{202E}\u{1B}[31m/"), "the server sends us elsewhere"),
            (
                Answer("<html>welcome</html>", type: "text/html"),
                "the answer is not Cruddur's: HTML; a network that one signs in to"
            ),
            (Answer("<html>welcome</html>"), "the answer is not Cruddur's: HTML"),
            (.crash, "the server has a problem (500)"),
            (Answer(#"{"message":"no"}"#, status: 403), "refused"),
        ])
    private func trap19(_ answer: Answer, _ words: String) async throws {
        try await TrapBackend.run { backend, chat in
            await backend.answer(TrapBackend.groups, answer)
            let said = try await chat.fault()
            #expect(said.contains(words) || answer.status == 403, "\(said)")
            #expect(!said.contains("<") && !said.contains("Traceback") && !said.contains("secret_key"))
            #expect(said.unicodeScalars.allSatisfy { (0x20...0x7E).contains($0.value) })
        }
    }

    private static func redirect(_ location: String) -> Answer {
        var answer = Answer("<html>", status: 302, type: "text/html")
        answer.headers["Location"] = location
        return answer
    }

    @Test func trap19AListThatStopsHalfWayIsNoListAndHidesNothing() async throws {
        let rows = try JSONEncoder().encode([TrapBackend.groupRow("a"), TrapBackend.row("b", uuid: "h", by: "hana")])
        for length in 1..<rows.count {
            #expect(RowSplitter.rows(of: rows.prefix(length)) == nil, "\(length)")
        }
        #expect(RowSplitter.rows(of: rows)?.count == 2)
        try await TrapBackend.run { backend, chat in
            try await chat.open()
            var cut = Answer("")
            cut.body = rows.prefix(rows.count - 1)
            await backend.answer(TrapBackend.groups, cut)
            #expect(try await chat.fault().contains("the answer is not Cruddur's"))
            #expect(try await chat.until { _ in true }.conversations.map(\.preview) == ["hi"])
        }
    }
}
