import ChatClient
import Testing

@testable import CruddurTUI

/// A part of a message, marked by keys and copied.
struct PartTests {
    private func reading(_ text: String, _ width: Int = 80, _ height: Int = 24) -> AppState {
        var state = Fixture.state(width, height, entries: Fixture.entries([Fixture.message(1, text, minutesAgo: 1)]))
        state.press(Key(.up, .alt), .alt("v"))
        return state
    }

    private func copied(_ effects: [Effect]) -> String? {
        effects.compactMap { if case .terminal(.copy(let text)) = $0 { text } else { nil } }.first
    }

    @Test func fromWhereItBeginsToTheCursorWithItsCharacter() {
        var state = reading("the code is 4711, good luck")
        state.press(Key(.right, .control), Key(.right, .control), Key(.right, .control), Key(.right))
        state.press(Key(.character(" ")), Key(.right), Key(.right), Key(.right))
        #expect(copied(update(&state, .key(Key(.enter)))) == "4711")
        #expect(state.overlay == nil && state.notice?.text == "Copied: “4711”")
    }

    @Test func backwardsAsWell() {
        var state = reading("abc def")
        state.press(.control("e"), Key(.left), Key(.enter), Key(.left, .control))
        #expect(copied(update(&state, .key(Key(.enter)))) == "def")
    }

    @Test func whatIsOneCharacterToTheEyeIsCopiedWhole() {
        var state = reading("a👨‍👩‍👧e\u{301}中")
        state.press(Key(.right), Key(.character(" ")))
        #expect(copied(update(&state, .key(Key(.enter)))) == "👨‍👩‍👧")
    }

    @Test func overLinesByTheRowsThatAreShown() {
        var state = reading("one\ntwo\tand\nthree", 40, 12)
        state.press(Key(.character(" ")), Key(.down), Key(.down), .control("e"))
        #expect(copied(update(&state, .key(Key(.enter)))) == "one\ntwo\tand\nthree")
    }

    @Test func nothingOfItsTextIsChangedAndNothingIsWritten() {
        var state = reading("as it is")
        state.press(.control("k"), .control("w"), Key(.backspace), .control("u"), .control("y"), .control("t"))
        state.type("xyz")
        guard case .part(let part) = state.overlay else {
            Issue.record("it was closed")
            return
        }
        #expect(part.text.text == "as it is" && state.draft.isEmpty)
        #expect(state.notice?.text == "Esc goes back to the chat.")
        state.press(Key(.escape))
        #expect(state.overlay == nil && state.draft.isEmpty)
    }

    @Test func theCursorStandsWhereOneIsAtEverySize() {
        let long = (0..<400).map { "word\($0)" }.joined(separator: " ")
        for (width, height) in [(1, 1), (10, 4), (40, 10), (80, 24), (200, 50)] {
            var state = reading(long, width, height)
            guard case .part = state.overlay else { continue }
            for key in [Key(.pageDown), Key(.pageDown), Key(.down), .alt(">"), Key(.pageUp), Key(.up), .alt("<")] {
                state.press(key)
                let canvas = Screen.draw(state)
                let cursor = canvas.cursor
                #expect(cursor.map { (0..<width).contains($0.x) && (0..<height).contains($0.y) } ?? false)
            }
        }
    }

    @Test func anEmptyTextHasNoPart() {
        var state = reading("")
        state.press(Key(.character(" ")))
        #expect(copied(update(&state, .key(Key(.enter)))) == "")
    }
}
