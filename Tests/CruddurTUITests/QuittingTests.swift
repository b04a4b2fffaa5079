import ChatClient
import TerminalText
import Testing
import Timestamps

@testable import CruddurTUI

/// The way out, and what it asks first.
struct QuittingTests {
    @Test func quittingAsksFirstWhenADraftCannotBeKept() {
        var state = Fixture.state(80, 24) { $0.snapshot.keeping = .inMemory(because: .full) }
        #expect(Screen.draw(state).lines.last?.contains("the disk is full: nothing is kept") == true)
        state.type("unsent")
        #expect(state.press(.control("q")) == [])
        #expect(state.press(Key(.escape)) == [])
        #expect(state.draft.text == "unsent")
        #expect(state.press(.control("q"), .control("q")) == [.quit])
    }

    @Test func whatIsInTheOutboxOnDiskDoesNotHoldUpTheQuitting() {
        var state = Fixture.state(80, 24) { $0.snapshot.unsent = 1 }
        #expect(state.press(.control("q")) == [.quit])
    }

    @Test func quittingWhileSomethingIsUnsentAsksAndAnswersItselfOnceItIsSent() {
        var state = Fixture.state(80, 24) {
            $0.snapshot.unsent = 1
            $0.snapshot.keeping = .inMemoryByChoice
        }
        #expect(state.press(.control("q")) == [])
        var sent = state.snapshot
        sent.unsent = 0
        #expect(update(&state, .snapshot(sent)).contains(.quit))
    }

    @Test func quittingWithNothingUnsentDoesNotAsk() {
        var state = Fixture.state(80, 24)
        state.type("a draft that is kept")
        #expect(state.press(.control("q")) == [.quit])
    }

    @Test func ctrlQQuitsFromEverywhere() {
        for key in [Key(.function(1)), .control("n"), .control("f")] {
            var state = Fixture.state(80, 24)
            state.press(key)
            #expect(state.press(.control("q")) == [.quit])
        }
        var busy = Fixture.state(80, 24)
        busy.press(.control("n"))
        busy.type("tomasz")
        busy.press(Key(.enter))
        #expect(busy.press(.control("q")) == [.quit])
    }
}
