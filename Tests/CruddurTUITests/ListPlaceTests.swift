import ChatClient
import Testing

@testable import CruddurTUI

/// The list above the conversation instead of beside it.
struct ListPlaceTests {
    private func stacked(_ width: Int, _ height: Int, _ change: (inout AppState) -> Void = { _ in }) -> AppState {
        Fixture.state(width, height) {
            $0.listPlace = .top
            change(&$0)
        }
    }

    private static let ways: [@Sendable (inout AppState) -> Void] = [
        { _ in }, { $0.tour = Tour() }, { $0.listHeight = 100 }, { $0.listHeight = -5 },
        { $0.draft = TextBuffer(String(repeating: "long ", count: 400)) }, { $0.inspector.isShown = true },
    ]

    @Test func bothAreAsWideAsTheScreenAndTheListIsAbove() {
        let state = stacked(80, 24)
        let layout = state.layout
        #expect(layout.groups == 0..<80 && layout.conversation == 0..<80)
        #expect(layout.list.count == 8 && layout.listTitle.upperBound == layout.list.lowerBound)
        let lines = Screen.draw(state).lines
        #expect(lines[0].contains("Conversations") && lines[1].contains("Mei Tanaka"))
        #expect(lines[layout.divider.lowerBound].allSatisfy { $0 == "─" })
        #expect(lines[layout.title.lowerBound].contains("Mei Tanaka @mei"))
        // Nothing of a line at a side.
        #expect(!lines.joined().contains("│") && !lines.joined().contains("┼"))
    }

    @Test func nothingOverlapsAtAnySizeWithAnythingShown() {
        for height in Array(1...30) + [60] {
            for width in [1, 10, 40, 80, 200] {
                for prepare in Self.ways {
                    let state = stacked(width, height) { prepare(&$0) }
                    let layout = state.layout
                    let parts =
                        [layout.title, layout.transcript, layout.rule, layout.compose, layout.tour, layout.status]
                        + (layout.place == ListPlace.top ? [layout.listTitle, layout.list, layout.divider] : [])
                    let rows = parts.flatMap { Array($0) }
                    #expect(Set(rows).count == rows.count, "\(width)x\(height)")
                    #expect(rows.allSatisfy { (0..<height).contains($0) }, "\(width)x\(height)")
                    #expect(!layout.compose.isEmpty || layout.conversation.isEmpty, "\(width)x\(height)")
                    #expect(Screen.draw(state).lines.count == height)
                }
            }
        }
    }

    @Test func alsoInANarrowTerminalBothAreThere() {
        let state = stacked(40, 24) { $0.pane = .groups }
        #expect(state.layout.showsBoth && state.context == .chat)
        // In a low one it is as it was.
        #expect(!stacked(40, 12).layout.showsBoth)
    }

    @Test func aCommandMovesItThereAndBack() {
        var state = Fixture.state(80, 24)
        state.type("/top")
        state.press(Key(.enter))
        #expect(state.layout.place == .top)
        state.type("/top")
        state.press(Key(.enter))
        #expect(state.layout.place == .side)
        state = Fixture.state(80, 12)
        state.type("/top")
        state.press(Key(.enter))
        #expect(state.layout.place == .side)
        #expect(state.notice?.text == "The list is above as soon as the terminal has more rows.")
    }

    @Test(arguments: 1...20)
    func itIsNoHigherThanItsConversations(count: Int) {
        var state = stacked(80, 60) { state in
            state.snapshot.conversations = (0..<count).map { number in
                ConversationSummary(
                    id: ConversationID(100 + Int64(number)), title: Fixture.mei, preview: "hello", at: Fixture.now,
                    unread: 0)
            }
        }
        #expect(state.layout.list.count == min(count * AppState.rowsPerConversation, 20))
        for _ in 0..<20 {
            state.type("/wider")
            state.press(Key(.enter))
        }
        #expect(state.layout.list.count == count * AppState.rowsPerConversation)
        #expect(state.notice?.text == "All conversations are in view.")
        // What stands in its place has its own height, and so has what is said of an empty one.
        state.snapshot.conversations = []
        #expect(state.layout.list.count >= 20)
        state.inspector.isShown = true
        #expect(state.layout.list.count == 30)
    }

    @Test func keysAndTheMouseMoveTheLine() {
        var state = stacked(80, 20)
        let before = state.layout.list.count
        state.type("/wider")
        state.press(Key(.enter))
        #expect(state.layout.list.count == before + Layout.rowStep)
        func mouse(_ action: Mouse.Action, _ y: Int) {
            _ = update(&state, .mouse(Mouse(action: action, x: 10, y: y, modifiers: []), on: nil))
        }
        mouse(.press, state.layout.divider.lowerBound)
        mouse(.drag, 5)
        mouse(.release, 5)
        #expect(state.layout.divider.lowerBound == 5)
        mouse(.drag, 15)
        #expect(state.layout.divider.lowerBound == 5)
    }

    @Test func theMouseMeansWhatIsUnderIt() {
        var state = stacked(80, 30)
        let second = state.listedInView[state.listedInView.startIndex + 1].id
        _ = update(
            &state,
            .mouse(Mouse(action: .press, x: 70, y: state.layout.list.lowerBound + 2, modifiers: []), on: nil))
        #expect(state.selected == second)
        let top = state.listTop
        _ = update(
            &state,
            .mouse(Mouse(action: .wheelUp, x: 5, y: state.layout.transcript.lowerBound, modifiers: []), on: nil))
        #expect(state.listTop == top)
    }

    @Test func itIsKeptForTheNextTime() {
        var state = Fixture.state(80, 30)
        (state.listPlace, state.listHeight, state.watchHeight) = (.top, 12, 6)
        let arrangement = Arrangement(state)
        var next = Fixture.state(80, 30)
        arrangement.arrange(&next)
        #expect(next.listPlace == .top && next.listHeight == 12 && next.watchHeight == 6)
    }
}
