import ChatClient
import Testing
import Timestamps

@testable import CruddurTUI

/// A key is meant for the list that was on the screen when it was pressed.
struct ListOrderTests {
    /// Three conversations, the first one selected.
    private var state: AppState = {
        var state = Fixture.state(100, 30)
        let rows = ["mei", "tomasz", "zoe"].enumerated().map { Self.row($0.offset + 1, $0.element) }
        state.snapshot.conversations = rows
        return state
    }()

    private static func row(_ id: Int, _ handle: String) -> ConversationSummary {
        ConversationSummary(
            id: ConversationID(Int64(id)), title: UserShort(handle: handle, displayName: handle.uppercased()),
            preview: "p", at: Fixture.now)
    }

    /// The server's list has another order now.
    private func moved(_ state: inout AppState, _ handles: [String]) {
        var snapshot = state.snapshot
        let known = snapshot.conversations
        snapshot.conversations = handles.enumerated().map { place, handle in
            known.first { $0.title.handle == handle } ?? Self.row(100 + place, handle)
        }
        _ = update(&state, .snapshot(snapshot))
    }

    private func shown(_ state: AppState) -> [String] { state.listed.map(\.title.handle) }
    private func selected(_ state: AppState) -> String? { state.summary?.title.handle }
    private func after(_ state: inout AppState, _ seconds: Double) {
        state.now = state.now.advanced(bySeconds: seconds)
    }

    @Test func aTabIsForTheListThatWasSeen() {
        var state = state
        moved(&state, ["mei", "zoe", "tomasz"])
        after(&state, 0.1)
        // Nobody presses a key for what came a tenth of a second ago.
        state.press(Key(.tab))
        #expect(selected(state) == "tomasz" && shown(state) == ["mei", "tomasz", "zoe"])
        after(&state, 1.1)
        #expect(shown(state) == ["mei", "zoe", "tomasz"] && selected(state) == "tomasz")
    }

    @Test func whatHasBeenSeenCounts() {
        var state = state
        moved(&state, ["mei", "zoe", "tomasz"])
        after(&state, 0.3)
        state.press(Key(.tab))
        #expect(selected(state) == "zoe" && shown(state) == ["mei", "zoe", "tomasz"])
    }

    @Test func theListStaysStillWhileOneMovesThroughIt() {
        var state = state
        state.press(Key(.tab))
        for order in [["zoe", "mei", "tomasz"], ["tomasz", "zoe", "mei"]] {
            after(&state, 0.6)
            moved(&state, order)
            #expect(shown(state) == ["mei", "tomasz", "zoe"])
            state.press(Key(.tab))
        }
        #expect(selected(state) == "mei")
        #expect(state.nextTick.map { $0.seconds(since: state.now) <= 1 } == true)
        after(&state, 1)
        #expect(shown(state) == ["tomasz", "zoe", "mei"])
    }

    @Test func whoIsNewWaitsAtTheEndAndWhoIsGoneIsGone() {
        var state = state
        state.press(Key(.tab))
        moved(&state, ["zoe", "ana", "tomasz"])
        #expect(shown(state) == ["tomasz", "zoe", "ana"])
        state.press(Key(.tab))
        #expect(selected(state) == "zoe")
    }

    /// Right behind the calm nobody has seen yet that it moves again.
    @Test(arguments: [(0.95, "zoe"), (1.01, "zoe"), (1.2, "zoe"), (1.3, "mei")])
    func aTabBehindTheCalm(_ pause: Double, _ expected: String) {
        var state = state
        state.press(Key(.tab))
        moved(&state, ["tomasz", "mei", "zoe"])
        after(&state, pause)
        state.press(Key(.tab))
        #expect(selected(state) == expected)
    }

    @Test func aClockThatIsSetBackHoldsNothing() {
        var state = state
        state.press(Key(.tab))
        moved(&state, ["zoe", "mei", "tomasz"])
        after(&state, -3600)
        #expect(shown(state) == ["zoe", "mei", "tomasz"])
    }

    /// What was typed ahead in one go is for one list, whatever comes between.
    @Test func aTextGoesToTheOneWhoWasNextWhenItWasTyped() {
        var state = state
        moved(&state, ["zoe", "tomasz", "mei"])
        let effects = state.press(Key(.tab)) + state.press(Key(.character("x")), Key(.enter))
        #expect(Array(AppState.sent(effects).values) == [ConversationID(2)])
    }

    @Test func aClickIsForTheRowThatWasSeen() {
        var state = state
        moved(&state, ["zoe", "tomasz", "mei"])
        after(&state, 0.1)
        let row = state.layout.list.lowerBound
        _ = update(&state, .mouse(Mouse(action: .press, x: 3, y: row), on: nil))
        #expect(selected(state) == "mei")
    }

    @Test func withoutChangeThereIsNothingToWakeUpFor() {
        var state = state
        let before = state.nextTick
        state.press(Key(.tab))
        #expect(state.nextTick == before)
    }
}
