import ChatClient
import TerminalText
import Testing
import Timestamps

@testable import CruddurTUI

/// What keys and pastes do in the compose line.
struct ComposeTests {
    @Test func enterSendsWhatWasTypedAndEmptiesTheLine() {
        var state = Fixture.state(80, 24)
        state.type("hello")
        #expect(state.press(Key(.enter)) == [.send(.init(id: .init(number: 1), text: "hello"), to: Fixture.meiGroup)])
        #expect(state.draft.isEmpty)
    }

    @Test func whereNothingCanBeSentNothingIsWritten() {
        var state = Fixture.state(80, 24)
        let writable = state.snapshot
        state.snapshot = ChatSnapshot(me: writable.me, backend: writable.backend, isReadOnly: true)
        state.snapshot.conversations = writable.conversations
        state.snapshot.transcript = writable.transcript
        state.type("hello")
        _ = update(&state, .paste("more"))
        #expect(state.press(Key(.enter)).allSatisfy { if case .writing(.send) = $0 { false } else { true } })
        #expect(state.draft.isEmpty)
        #expect(state.notice?.text == "These conversations are for reading only.")
        _ = state.press(.control("n"))
        #expect(state.overlay == nil)
    }

    @Test func aBlankLineIsNotSent() {
        var state = Fixture.state(80, 24)
        state.type("  ")
        #expect(state.press(.control("j"), Key(.enter)) == [])
        #expect(state.draft.text == "  \n")
    }

    @Test func aLineThatIsTooLongIsKeptAndSaidToBeSo() {
        var state = Fixture.state(80, 24)
        _ = update(&state, .paste(String(repeating: "👨‍👩‍👧‍👦", count: 147)))
        #expect(state.remainingScalars == 1024 - 147 * 7)
        #expect(state.press(Key(.enter)) == [])
        #expect(state.notice?.isProblem == true)
        #expect(state.draft.text.count == 147)
        state.press(Key(.backspace))
        #expect(state.press(Key(.enter)).count == 1)
    }

    @Test func aPasteIsTextAndSendsNothing() {
        var state = Fixture.state(80, 24)
        #expect(
            update(&state, .paste("one\r\ntwo\rthree")) == [
                .noteActivity, .keepDraft("one\ntwo\nthree", of: Fixture.meiGroup),
            ])
        #expect(state.draft.text == "one\ntwo\nthree")
    }

    @Test func aPasteWhileTheHelpIsShownIsNotLost() {
        var state = Fixture.state(80, 24)
        state.press(Key(.function(1)))
        _ = update(&state, .paste("kept"))
        #expect(state.draft.text == "kept")
    }

    @Test func eachConversationHasItsOwnDraft() {
        var state = Fixture.state(80, 24)
        state.type("for mei")
        #expect(state.press(Key(.tab)) == [.show(Fixture.tomaszGroup, at: .newest)])
        #expect(state.draft.isEmpty)
        state.type("for tomasz")
        state.press(Key(.tab, .shift))
        #expect(state.draft.text == "for mei")
    }

    @Test func whatIsTypedBeforeAnythingIsOpenGoesIntoTheFirstConversation() {
        var state = Fixture.starting()
        state.type("early")
        #expect(state.press(Key(.enter)) == [])
        _ = update(&state, .snapshot(Fixture.state(80, 24).snapshot))
        #expect(state.draft.text == "early")
    }

    @Test func draftsAreKeptAsTheyAreTypedAndAreThereTheNextTime() {
        var state = Fixture.state(80, 24)
        #expect(update(&state, .key(Key(.character("a")))).contains(.keepDraft("a", of: Fixture.meiGroup)))
        #expect(update(&state, .key(Key(.left))) == [])
        #expect(update(&state, .key(Key(.delete))).contains(.keepDraft(nil, of: Fixture.meiGroup)))
        _ = update(&state, .drafts([Fixture.meiGroup: "from yesterday", Fixture.tomaszGroup: "to tomasz"]))
        #expect(state.draft.text == "from yesterday")
        #expect(Screen.draw(state).lines.joined().contains("draft: to tomasz"))
    }

    @Test func whatIsBeingTypedIsNotReplacedByAnOldDraft() {
        var state = Fixture.state(80, 24)
        state.type("new")
        _ = update(&state, .drafts([Fixture.meiGroup: "old"]))
        #expect(state.draft.text == "new")
    }

    @Test func ctrlCNeitherLosesADraftNorQuits() {
        var state = Fixture.state(80, 24)
        state.type("kept")
        #expect(state.press(.control("c")) == [])
        #expect(state.draft.text == "kept")
        #expect(state.notice?.text.contains("Ctrl-Q") == true)
    }

    @Test func aKilledLineCanBePutBack() {
        var state = Fixture.state(80, 24)
        state.type("hello there")
        state.press(.control("w"), .control("u"), .control("y"))
        #expect(state.draft.text == "hello ")
    }

    @Test func upAndDownMoveWithinALongDraft() {
        var state = Fixture.state(80, 24)
        state.type("first")
        state.press(.control("j"))
        state.type("second")
        state.press(Key(.up))
        state.type("X")
        #expect(state.draft.text == "firstX\nsecond")
    }

    @Test func upInAnEmptyComposeLineBringsBackWhatWasSent() {
        var state = Fixture.state(80, 24)
        state.press(Key(.up))
        #expect(state.draft.text == "two lines\nin one message\tand a tab")
        state.press(Key(.up))
        #expect(state.draft.text == "👩‍💻 👨‍👩‍👧‍👦 👍🏽 ❤️ 🇨🇦 1️⃣ and a plain 😀")
        state.press(Key(.down), Key(.down))
        #expect(state.draft.isEmpty)
        state.press(Key(.up))
        state.type("!")
        #expect(state.draft.text == "two lines\nin one message\tand a tab!")
        // Now it is a text of its own: the keys move within it.
        state.press(Key(.up))
        #expect(state.draft.text == "two lines\nin one message\tand a tab!")
    }

    @Test(arguments: [
        "", "a", "abc", "abcd", "abc\n", "abcd\nabcd", "中文中文", "a中中", "👩‍💻 x y", "one two three four", "\n\n", "ab\tc",
    ])
    func howManyRowsThereAreIsKnownWithoutThem(_ text: String) {
        for width in 1...9 {
            var buffer = TextBuffer(text)
            for offset in 0...text.utf8.count {
                buffer.move(toOffset: offset)
                let wrapped = ComposeText.wrap(text, width: width)
                let rows = ComposeText(buffer, width: width, wrapped: wrapped).rows
                #expect(
                    ComposeText.count(buffer, width: width, wrapped: wrapped) == rows.count, "\(offset) in \(width)")
            }
        }
    }
}
