import ChatClient
import Testing
import Timestamps

@testable import CruddurTUI

/// How long what is said stays.
struct NoticeTimeTests {
    private static let unasked: [(Event, String)] = [
        (.spelled(.failure(SpellFault(description: "there is no aspell here"))), "Nobody looks at the spelling"),
        (.themed(.failure(ThemeFault(description: "theme /x: is no JSON object"))), "theme /x"),
        (.notTold("there is no notify-send here"), "Nothing can be told"),
        (.notCopied("copy.command ended with 1"), "clipboard alone"),
        (.opened("https://x.example", "open.command ended with 3"), "Could not open"),
    ]

    @Test(arguments: unasked.indices)
    func aProblemThatComesWhileSomebodyWritesIsThereToBeRead(_ place: Int) throws {
        let (event, words) = Self.unasked[place]
        var state = Fixture.state(100, 30)
        state.type("hel")
        _ = update(&state, event)
        state.type("lo")
        state.now = state.now.advanced(bySeconds: 2)
        state.type(" you")
        #expect(state.notice?.text.contains(words) == true && state.draft.text == "hello you")
        // Whoever does something else has seen it, and so has whoever had the time to.
        var (other, later) = (state, state)
        other.press(Key(.pageUp))
        #expect(other.notice == nil)
        later.now = later.now.advanced(bySeconds: 3)
        later.type("!")
        #expect(later.notice == nil)
        // A clock that is set back holds it no longer.
        state.now = state.now.advanced(bySeconds: -3600)
        state.type("!")
        #expect(state.notice == nil)
    }

    @Test func whatAnswersAKeyGoesWithTheNext() {
        var state = Fixture.state(100, 30)
        state.type("/hepl")
        state.press(Key(.enter))
        #expect(state.notice?.isProblem == true)
        state.type("x")
        #expect(state.notice == nil)
    }
}
