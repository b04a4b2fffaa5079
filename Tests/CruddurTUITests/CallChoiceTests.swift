import TestSupport
import Testing
import Traces

@testable import CruddurTUI

/// One of the calls: chosen, shown whole, copied.
struct CallChoiceTests {
    static let list = [
        CallLogTests.step(
            "c9", trace: "t9", at: 10,
            [
                "http.request.method": "GET", "url.path": "/api/messages/\(CallLogTests.group)", "cruddur.pattern": "A",
                "http.response.status_code": 200,
            ]),
        CallLogTests.step(
            "o9", trace: "t9", parent: "c9", at: 11,
            [
                "db.system.name": "aws.dynamodb", "db.operation.name": "Query", "cruddur.pattern": "A",
                "aws.dynamodb.table_names": ["cruddur-messages"], "aws.dynamodb.limit": 20, "cruddur.read_units": 1.5,
                "cruddur.key_condition": "pk = \"MSG#\(CallLogTests.group)\"",
            ]),
    ]

    /// A message and, newer, a list.
    private func chat() -> AppState {
        var state = Fixture.state(120, 40)
        #expect(state.press(Key(.function(4))) == [.watchCalls(true)])
        state.take(CallLogTests.message + Self.list)
        return state
    }

    private func screen(_ state: AppState) -> String { Screen.draw(state).lines.joined(separator: "\n") }

    private func copied(_ effects: [Effect]) -> String? {
        effects.compactMap { if case .terminal(.copy(let text)) = $0 { text } else { nil } }.first
    }

    @Test func theNewestIsChosenAndAnotherOneIsShownWhole() {
        var state = chat()
        #expect(screen(state).contains("› 12:00:00 A GET /api/messages/5ae290ed… 200"))
        state.press(Key(.up))
        #expect(screen(state).contains("› 12:00:00 C POST /api/messages 200 1 ms 240 B  13 WU $0.0000081"))
        state.press(Key(.enter))
        let whole = screen(state)
        // With whole keys, what it cost with what came of it, and when it was.
        #expect(whole.contains("Put MSG#\(CallLogTests.group) 2026-11-24T12:00:00.000000+00:00"))
        #expect(whole.contains("13 WU $0.0000081, with what came of it") && whole.contains("trace t1"))
        #expect(whole.contains("Delete GRP#a 1") && whole.contains("begun 2026-11-24T12:00:00.000000+00:00"))
        state.press(Key(.enter))
        #expect(screen(state).contains("› 12:00:00 C POST"))
        state.press(Key(.escape))
        #expect(state.overlay == nil && state.inspector.isShown)
    }

    @Test func theChosenOneIsCopiedAndNoOther() {
        var state = chat()
        #expect(
            copied(state.press(Key(.character("y"))))
                == "aws dynamodb query --table-name cruddur-messages --key-condition-expression 'pk = :pk' "
                + "--expression-attribute-values '{\":pk\": {\"S\": \"MSG#\(CallLogTests.group)\"}}' --limit 20 "
                + "--no-paginate --return-consumed-capacity TOTAL")
        #expect(copied(state.press(Key(.character("Y"))))?.hasPrefix("curl --include") == true)
        state.press(Key(.up))
        for key: Character in ["y", "Y"] {
            #expect(copied(state.press(Key(.character(key)))) == nil && state.notice?.isProblem == true)
        }
    }

    @Test func whatComesMeanwhileMovesNoChoice() {
        var state = chat()
        state.press(Key(.up))
        state.take((0..<500).map { CallLogTests.step("n\($0)", trace: "n\($0)", at: 100 + $0, ["url.path": "/x"]) })
        // The log keeps 400: the chosen one is gone, and the newest stands in its place.
        #expect(screen(state).contains("› 12:00:00"))
        state.press(Key(.up))
        guard case .calls(let choice) = state.overlay else { return #expect(Bool(false), "closed") }
        state.take([CallLogTests.step("last", trace: "last", at: 999, ["url.path": "/last"])])
        guard case .calls(let later) = state.overlay else { return #expect(Bool(false), "closed") }
        #expect(choice == later && choice.trace == "n498")
        state.press(Key(.end, .control), Key(.pageDown), Key(.pageDown))
        #expect(screen(state).contains("/last"))
    }

    @Test func aPatternIsLookedAtAloneAndTheRestComesBack() {
        var state = chat()
        state.press(Key(.character("e")))
        #expect(screen(state).contains("Calls of pattern E") && !screen(state).contains("GET /api/messages/"))
        state.press(Key(.character("b")))
        #expect(screen(state).contains("No call of pattern B yet."))
        state.press(Key(.character("*")))
        #expect(screen(state).contains("› 12:00:00 A GET"))
    }

    @Test func aTextThatIsTypedHereGoesNowhereAndAPasteIsKept() {
        var state = chat()
        state.press(Key(.character("h")), Key(.character("i")))
        #expect(state.draft.isEmpty && state.notice?.text == "Esc goes back to the chat.")
        _ = update(&state, .paste("hello"))
        #expect(state.overlay == nil && state.draft.text == "hello")
    }

    @Test func withoutACallItIsSaid() {
        var state = Fixture.state(120, 40)
        state.press(Key(.function(4)))
        #expect(screen(state).contains("No call yet."))
        state.press(Key(.up), Key(.enter), Key(.pageDown))
        #expect(copied(state.press(Key(.character("y")))) == nil && state.notice?.text == "There is no call yet.")
    }
}
