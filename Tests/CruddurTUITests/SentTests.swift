import ChatClient
import TerminalText
import Testing
import Timestamps

@testable import CruddurTUI

/// What becomes of a text once it has left the compose line.
struct SentTests {
    @Test func aTextIsKeptUntilItIsInTheOutbox() {
        var state = Fixture.state(80, 24)
        state.type("important")
        let effects = update(&state, .key(Key(.enter)))
        // The draft on disk goes with the message, and no sooner.
        #expect(effects == [.send(.init(id: .init(number: 1), text: "important"), to: Fixture.meiGroup)])
        #expect(state.draft.isEmpty)
        #expect(state.drafts.texts == ["important"])
        #expect(Screen.draw(state).lines.joined().contains("important"))
        #expect(update(&state, .accepted(.init(number: 1), in: Fixture.meiGroup)) == [])
        #expect(state.drafts.texts.isEmpty)
    }

    @Test func aTextThatIsNotTakenComesBack() {
        var state = Fixture.state(80, 24)
        state.type("important")
        state.press(Key(.enter))
        state.type("more")
        _ = update(&state, .notAccepted(.init(number: 1), in: Fixture.meiGroup))
        #expect(state.draft.text == "important\nmore")
    }

    @Test func aFailedMessageCanBeSentAgainOrEdited() {
        let failed = Fixture.outgoing(7, "lost?", .failed(reason: "no"))
        var state = Fixture.state(80, 24, entries: Fixture.entries() + [failed])
        #expect(state.press(.alt("r")) == [.retry(.init(7), in: Fixture.meiGroup)])
        #expect(state.press(.alt("e")) == [.takeBack(.init(7), in: Fixture.meiGroup)])
        _ = update(&state, .takenBack("lost?", of: .init(7), in: Fixture.meiGroup))
        #expect(state.draft.text == "lost?")
    }

    @Test func whatAServerTookAndNeverListsCanBeTakenOffTheScreenButNothingThatWaitsIsPassedOver() {
        let taken = Fixture.outgoing(7, "taken", .sent(at: nil))
        let failed = Fixture.outgoing(8, "lost?", .failed(reason: "no"))
        var state = Fixture.state(80, 24, entries: Fixture.entries() + [taken, failed])
        #expect(state.press(.alt("x")) == [.discard(.init(8), in: Fixture.meiGroup)])
        state = Fixture.state(80, 24, entries: Fixture.entries() + [taken])
        #expect(state.press(.alt("x")) == [.dropTaken(.init(7), in: Fixture.meiGroup)])
        #expect(state.notice?.text == "The server has taken it: only its line here is gone.")
        // It is not ours any more to send again.
        #expect(state.press(.alt("r")) == [])
        #expect(state.press(.alt("e")) == [])
    }

    @Test func whatComesBackGoesToTheConversationItWasForWhateverIsSelected() {
        var state = Fixture.state(80, 24)
        state.type("important")
        state.press(Key(.enter), Key(.tab))
        state.type("to tomasz")
        #expect(
            update(&state, .notAccepted(.init(number: 1), in: Fixture.meiGroup))
                == [.keepDraft("important", of: Fixture.meiGroup)])
        _ = update(&state, .takenBack("an older one", of: .init(7), in: Fixture.meiGroup))
        #expect(state.draft.text == "to tomasz")
        state.press(Key(.tab, .shift))
        #expect(state.draft.text == "important\nan older one")
    }

    @Test func oneOfTwoEqualTextsThatIsNotTakenComesBackOnce() {
        var state = Fixture.state(80, 24)
        for _ in 0..<2 {
            state.type("same")
            state.press(Key(.enter))
        }
        _ = update(&state, .accepted(.init(number: 2), in: Fixture.meiGroup))
        #expect(state.draft.isEmpty && state.drafts.texts == ["same"])
        _ = update(&state, .notAccepted(.init(number: 1), in: Fixture.meiGroup))
        #expect(state.draft.text == "same" && state.drafts.texts == ["same"])
        _ = update(&state, .notAccepted(.init(number: 1), in: Fixture.meiGroup))
        #expect(state.draft.text == "same")
    }

    @Test func whatWaitsBehindAMessageSaysForWhatAndWhichKeyEndsIt() {
        let unsure = Fixture.outgoing(1, "did this arrive, or did it get lost?", .unsure(reason: "no answer"))
        let waiting = (2...4).map { Fixture.outgoing(Int64($0), "waits \($0)", .queued) }
        let state = Fixture.state(100, 40, entries: Fixture.entries() + [unsure] + waiting) { $0.snapshot.unsent = 4 }
        let screen = Screen.draw(state).lines.joined(separator: "\n")
        let sentence = "waits for “did this arrive, or…” above"
        #expect(screen.ranges(of: sentence).count == 1)
        #expect(screen.contains("4 messages wait"))
        let online = Fixture.state(100, 40, entries: Fixture.entries() + waiting) { $0.snapshot.unsent = 3 }
        #expect(!Screen.draw(online).lines.joined().contains("waits for"))
    }

    @Test func whatComesBackWhenNobodyIsThereAnyMoreIsADraftForTheNextTime() {
        var state = Fixture.state(80, 24)
        state.type("important")
        state.press(Key(.enter))
        state.type("more")
        let answers: [Event] = [
            .notAccepted(.init(number: 1), in: Fixture.meiGroup), .found(typed: "x", []),
            .takenBack("an old one", of: .init(7), in: Fixture.tomaszGroup),
        ]
        #expect(
            state.drafts(after: answers) == [
                Fixture.meiGroup: "important\nmore", Fixture.tomaszGroup: "an old one",
            ])
        #expect(state.drafts(after: [.accepted(.init(number: 1), in: Fixture.meiGroup)]).isEmpty)
    }
}
