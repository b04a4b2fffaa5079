import Foundation
import TerminalText
import TestSupport
import Testing
import Timestamps
import Traces

@testable import CruddurTUI

/// What the inspector makes of steps.
struct CallLogTests {
    private static let localTime = LocalTime { _ in 0 }
    private static let second: Int64 = 1_000_000

    /// A step as servers tell it.
    static func step(
        _ id: String, trace: String, parent: String? = nil, kind: String = "client", at: Int64 = 0, took: Int64 = 1500,
        links: [(String, String)] = [], error: String? = nil, _ attributes: [String: Any] = [:]
    ) -> TraceSpan {
        var fields: [String: Any] = [
            "id": Int(at), "trace_id": trace, "span_id": id, "name": id, "kind": kind,
            "start_us": Fixture.now.microseconds + at, "duration_us": took, "attributes": attributes,
            "links": links.map { ["trace_id": $0.0, "span_id": $0.1] },
        ]
        fields["parent_span_id"] = parent
        fields["error"] = error
        let json = (try? JSONSerialization.data(withJSONObject: fields)) ?? Data()
        guard let span = try? JSONDecoder().decode(TraceSpan.self, from: json) else { fatalError("no step: \(fields)") }
        return span
    }

    static let group = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"

    static let message = [
        step(
            "c1", trace: "t1",
            [
                "http.request.method": "POST", "url.path": "/api/messages", "cruddur.pattern": "C",
                "http.response.status_code": 200, "http.response.body.size": 240,
            ]),
        step("s1", trace: "t1", parent: "c1", kind: "server", at: 1, ["http.response.status_code": 200]),
        step(
            "o1", trace: "t1", parent: "s1", at: 2,
            [
                "db.system.name": "aws.dynamodb", "db.operation.name": "PutItem", "cruddur.pattern": "C",
                "cruddur.write_units": 1, "cruddur.writes": ["Put MSG#\(group) 2026-11-24T12:00:00.000000+00:00"],
            ]),
        step(
            "o2", trace: "t2", parent: "r1", at: 4,
            [
                "db.system.name": "aws.dynamodb", "db.operation.name": "TransactWriteItems", "cruddur.pattern": "E",
                "cruddur.write_units": 12.0, "cruddur.writes": ["Delete GRP#a 1", "Put GRP#a 2"],
            ]),
        step(
            "r1", trace: "t2", kind: "consumer", at: 3, links: [("t1", "o1")],
            ["cruddur.stream.lag_ms": 34.0, "cruddur.moved": true]),
    ]

    private func lines(_ log: CallLog, limit: Int = 50) -> [String] {
        log.calls(limit: limit).flatMap { CallWording.lines(of: $0, Self.localTime).map(\.text) }
    }

    private static let expected = [
        "12:00:00 C POST /api/messages 200 1 ms 240 B",
        "  PutItem 1 WU",
        "    Put MSG#5ae290ed… 2026-11-24T12:00:00.000000+00:00",
        "  E stream, 34 ms after the write",
        "  TransactWriteItems 12 WU",
        "    Delete GRP#a 1",
        "    Put GRP#a 2",
    ]

    @Test func aMessageIsToldFromItsCallToTheRowsThatItMoved() {
        var log = CallLog()
        log.take(Self.message)
        #expect(lines(log) == Self.expected)
        #expect(log.units == (0, 13))
    }

    @Test("in whatever order the steps come, and however often", arguments: 0..<50)
    func orders(_ seed: UInt64) {
        var random = Seeded(seed)
        var log = CallLog()
        for span in (Self.message + Self.message).shuffled(using: &random) { log.take([span]) }
        #expect(lines(log) == Self.expected)
        #expect(log.units == (0, 13))
    }

    @Test func withoutAServerThatTellsOnlyTheCallIsKnown() {
        var log = CallLog()
        log.take([Self.message[0]])
        #expect(lines(log) == ["12:00:00 C POST /api/messages 200 1 ms 240 B"])
    }

    @Test func whatAHeldCallReadsAgainAndAgainIsSaidOnce() {
        let query: [String: Any] = [
            "db.system.name": "aws.dynamodb", "db.operation.name": "Query", "aws.dynamodb.limit": 20,
            "cruddur.key_condition": "pk = \"MSG#\(Self.group)\"", "aws.dynamodb.scan_forward": false,
            "aws.dynamodb.consistent_read": true, "aws.dynamodb.count": 20, "cruddur.read_units": 1.5,
        ]
        var log = CallLog()
        log.take([
            Self.step(
                "c", trace: "t", took: 50 * Self.second,
                [
                    "http.request.method": "GET", "url.path": "/api/messages/\(Self.group)", "cruddur.pattern": "A",
                    "http.response.status_code": 304, "cruddur.held": true, "http.response.body.size": 0,
                ])
        ])
        for number in 0..<3 { log.take([Self.step("q\(number)", trace: "t", at: Int64(number), query)]) }
        #expect(
            lines(log) == [
                "12:00:00 A GET /api/messages/5ae290ed… 304 50 s held",
                "  Query pk = \"MSG#5ae290ed…\" newest first limit 20 consistent → 20 1.5 RU ×3",
            ])
    }

    @Test func whatFailedIsSaid() {
        var log = CallLog()
        log.take([
            Self.step(
                "c", trace: "t", error: "APIError", ["http.request.method": "GET", "url.path": "/api/message_groups"])
        ])
        let lines = log.calls(limit: 1).flatMap { CallWording.lines(of: $0, Self.localTime) }
        #expect(lines == [CallLine(kind: .failure, text: "12:00:00 · GET /api/message_groups 1 ms APIError")])
    }

    @Test func moreThanThereIsRoomForPushesTheOldestOut() {
        var log = CallLog()
        for number in 0..<5000 {
            log.take([Self.step("c\(number)", trace: "t\(number)", ["url.path": "/\(number)"])])
        }
        #expect(log.calls(limit: 1).first?.call.spanID == "c4999")
        #expect(log.calls(limit: 5000).count == 400)
    }

    @Test func whatWasConsumedIsCountedAlsoWhereItIsKeptNoMore() {
        var log = CallLog()
        for number in 0..<1000 {
            log.take([Self.step("o\(number)", trace: "t\(number)", ["cruddur.read_units": 1.5])])
        }
        #expect(log.units == (1500, 0))
    }

    @Test("a price is shown whole or not at all", arguments: [1, 10, 24, 40, 60, 80, 120, 200])
    func widths(_ width: Int) {
        var state = Fixture.state(width, 24)
        state.press(Key(.function(2)))
        state.take([Self.step("o", trace: "t", ["cruddur.write_units": 28])])
        let title = Screen.draw(state).lines[0]
        #expect(!title.contains("$") || title.contains("$0.0000175"))
    }

    @Test func aNarrowTerminalShowsTheCallsWhenTheyAreAskedFor() {
        var state = Fixture.state(40, 10)
        state.pane = .conversation
        state.press(Key(.function(2)))
        #expect(Screen.draw(state).lines[0].hasPrefix(" Calls"))
        state.press(Key(.function(2)))
        #expect(Screen.draw(state).lines[0].contains("Mei Tanaka"))
    }

    @Test func inANarrowTerminalCallsThatAreBehindTheChatAreShownAgain() {
        var state = Fixture.state(40, 10)
        state.pane = .conversation
        state.press(Key(.function(2)))
        state.enter("/calls pause")
        state.pane = .conversation
        #expect(state.press(Key(.function(2))).isEmpty)
        #expect(Screen.draw(state).lines[0].hasPrefix(" Calls, paused"))
    }

    @Test func aServersTextsAreDrawnAsTheyMayBe() {
        var state = Fixture.state(120, 30)
        state.inspector.isShown = true
        state.take([
            Self.step("c", trace: "t", ["http.request.method": "\u{1B}[31m\u{202E}", "url.path": "/\u{0}\u{7}"])
        ])
        let text = Screen.draw(state).lines.joined(separator: "\n")
        #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" || $0.value == 0x202E })
    }

    @Test func aPriceHasAsManyDigitsAsThereIsToSee() {
        #expect(CallWording.dollars(0.0000107) == "$0.0000107")
        #expect(CallWording.dollars(0) == "$0.0000000")
        #expect(CallWording.dollars(12.5) == "$12.5000000")
    }

    private static func spent(_ id: String, in region: String) -> TraceSpan {
        let attributes: [String: Any] = [
            "db.system.name": "aws.dynamodb", "cloud.region": region, "cruddur.write_units": 1_000_000,
        ]
        return step(id, trace: "t", attributes)
    }

    @Test func whatIsCountedHasThePriceOfWhereTheTableIs() {
        var state = Fixture.state(160, 24)
        state.press(Key(.function(2)))
        func title() -> String { Screen.draw(state).lines[0] }
        state.take([Self.spent("1", in: "sa-east-1")])
        #expect(title().contains("$0.9375000"))
        // What nobody knows changes nothing, whoever says it.
        state.take([Self.spent("2", in: "sa-east-1\u{1B}[2J"), Self.spent("3", in: "")])
        #expect(title().contains("$2.8125000") && state.prices.region == "sa-east-1")
        // It is where it is, also when the calls are watched anew.
        state.press(Key(.function(2)))
        #expect(state.prices.region == "sa-east-1")
    }

    // MARK: /calls

    private static func read(_ id: String, of path: String, _ attributes: [String: Any], at: Int64 = 0) -> [TraceSpan] {
        let table: [String: Any] = ["db.system.name": "aws.dynamodb", "aws.dynamodb.table_names": ["cruddur-messages"]]
        return [
            step(
                "c\(id)", trace: id, at: at,
                [
                    "http.request.method": "GET", "url.path": path,
                    "cruddur.pattern": attributes["cruddur.pattern"] ?? "A",
                ]),
            step("o\(id)", trace: id, parent: "c\(id)", at: at + 1, table.merging(attributes) { $1 }),
        ]
    }

    private static let messages = read(
        "m", of: "/api/messages/\(group)",
        [
            "db.operation.name": "Query", "cruddur.pattern": "A", "aws.dynamodb.limit": 20,
            "cruddur.key_condition": "pk = \"MSG#\(group)\" AND begins_with(sk, \"2026\")",
            "aws.dynamodb.scan_forward": false, "aws.dynamodb.consistent_read": true, "cruddur.read_units": 2,
        ])

    private static let groups = read(
        "g", of: "/api/message_groups",
        [
            "db.operation.name": "Query", "cruddur.pattern": "B", "cruddur.key_condition": "pk = \"GRP#u\"",
            "cruddur.read_units": 0.5,
        ], at: 10)

    private func watching() -> AppState {
        var state = Fixture.state(160, 24)
        state.press(Key(.function(2)))
        state.take(Self.messages + Self.groups)
        return state
    }

    private func shown(_ state: AppState) -> [String?] { state.inspector.calls(limit: 50).map(\.pattern) }

    @Test func onlyThoseOfALetterAreShownAndOfEThoseThatMovedRows() {
        var state = watching()
        state.take(Self.message)
        for (typed, patterns) in [
            ("a", ["A"]), ("B", ["B"]), ("c", ["C"]), ("e", ["C"]), ("d", []), ("all", ["A", "B", "C"]),
        ] {
            #expect(state.enter("/calls \(typed)").isEmpty)
            #expect(shown(state).sorted { $0 ?? "" < $1 ?? "" } == patterns, "\(typed)")
        }
    }

    @Test func whileTheyStandStillNothingIsLost() {
        var state = watching()
        state.enter("/calls pause")
        state.take(Self.message)
        #expect(shown(state).count == 2 && Screen.draw(state).lines[0].contains("paused"))
        state.enter("/calls pause")
        #expect(shown(state).count == 3)
    }

    @Test func fromAMarkOnIsCountedAnew() {
        var state = watching()
        state.enter("/calls mark")
        #expect(state.inspector.units == (0, 0) && Screen.draw(state).lines[0].contains("since 12:00:00"))
        state.take(Self.message)
        #expect(state.inspector.units == (0, 13))
    }

    @Test func theNewestReadThatIsShownIsCopiedAsACommand() {
        var state = watching()
        #expect(
            state.enter("/calls aws") == [
                .copy(
                    "aws dynamodb query --table-name cruddur-messages --key-condition-expression 'pk = :pk' "
                        + #"--expression-attribute-values '{":pk": {"S": "GRP#u"}}' --no-paginate "#
                        + "--return-consumed-capacity TOTAL")
            ])
        state.enter("/calls a")
        #expect(
            state.enter("/calls aws") == [
                .copy(
                    "aws dynamodb query --table-name cruddur-messages "
                        + "--key-condition-expression 'pk = :pk AND begins_with(sk, :sk)' "
                        + #"--expression-attribute-values '{":pk": {"S": "MSG#\#(Self.group)"}, ":sk": {"S": "2026"}}' "#
                        + "--no-scan-index-forward --limit 20 --no-paginate --consistent-read "
                        + "--return-consumed-capacity TOTAL")
            ])
        #expect(
            state.enter("/calls curl") == [
                .copy(
                    "curl --include \"$CRUDDUR_BACKEND_URL\"/api/messages/\(Self.group) "
                        + #"--header "Authorization: Bearer $CRUDDUR_TOKENS_ACCESS_TOKEN""#)
            ])
    }

    @Test(
        "what a server tells is a word of the shell or is not copied",
        arguments: [
            "x\"; rm -rf ~; \"", "'$(reboot)'", "`id`", "a\nreboot\n", "\u{1B}]52;c;x\u{7}", "日本", "\\",
        ])
    func hostileKeys(_ key: String) throws {
        var state = Fixture.state(160, 24)
        state.press(Key(.function(2)))
        state.take(
            Self.read(
                "h", of: "/api/\(key)", ["db.operation.name": "Query", "cruddur.key_condition": "pk = \"\(key)\""]))
        for typed in ["/calls aws", "/calls curl"] {
            for case .terminal(.copy(let command)) in state.enter(typed) {
                // Whatever the shell could read is within single quotes.
                let open = command.replacing(#"'\''"#, with: "").replacing(/'[^']*'/, with: "")
                #expect(!open.contains { "`;(\n\u{1B}".contains($0) }, "\(command)")
                #expect(command.unicodeScalars.allSatisfy { (0x20..<0x7F).contains($0.value) })
            }
        }
    }

    @Test func whatCannotBeCopiedIsSaidAndNothingIs() {
        var state = Fixture.state(160, 24)
        state.press(Key(.function(2)))
        state.take(Self.message)
        #expect(state.enter("/calls aws").isEmpty && state.notice?.isProblem == true)
        #expect(state.enter("/calls what").isEmpty && state.notice?.isProblem == true)
        // From anywhere: the calls are shown then.
        var other = Fixture.state(160, 24)
        #expect(other.enter("/calls a") == [.watchCalls(true)] && other.inspector.isShown)
    }
}

extension AppState {
    /// Types a line and presses Enter.
    @discardableResult
    fileprivate mutating func enter(_ line: String) -> [Effect] {
        for character in line { press(Key(.character(character))) }
        return press(Key(.enter))
    }
}
