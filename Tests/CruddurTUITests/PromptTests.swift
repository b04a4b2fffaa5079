import ChatClient
import TerminalText
import Testing
import Timestamps

@testable import CruddurTUI

/// The question for a handle, and what is typed while it waits.
struct PromptTests {
    @Test func aPersonIsLookedUpBeforeAnythingIsSent() {
        var state = Fixture.state(80, 24)
        state.press(.control("n"))
        state.type("@tomasz ")
        #expect(state.press(Key(.enter)) == [.lookUp(handle: "tomasz")])
        #expect(
            update(&state, .person(handle: "tomasz", .success(Fixture.tomasz)))
                == [.show(Fixture.tomaszGroup, at: .newest)])
        #expect(state.overlay == nil)
        #expect(state.selected == Fixture.tomaszGroup)
    }

    @Test func aPersonWhoIsNotThereCanBeCorrected() {
        var state = Fixture.state(80, 24)
        state.press(.control("n"))
        state.type("tomas")
        state.press(Key(.enter))
        #expect(update(&state, .person(handle: "tomas", .success(nil))) == [])
        state.type("z")
        #expect(state.press(Key(.enter)) == [.lookUp(handle: "tomasz")])
    }

    @Test func whereNobodyCanBeLookedUpEnterWritesAllTheSameAndOnlyToWhomItSays() {
        var state = Fixture.state(80, 24)
        state.press(.control("n"))
        state.type("londo")
        state.press(Key(.enter))
        #expect(update(&state, .person(handle: "londo", .failure(.cannotLookUp))) == [])
        // However the sentence is wrapped.
        let screen = Screen.draw(state).lines.joined(separator: " ").split { $0 == " " || $0 == "│" }
            .joined(separator: " ")
        #expect(screen.contains("cannot look people up") && screen.contains("@londo all the same?"))
        state.type("x")
        #expect(state.press(Key(.enter)) == [.lookUp(handle: "londox")])
        _ = update(&state, .person(handle: "londox", .failure(.cannotLookUp)))
        #expect(state.press(Key(.enter)) == [.begin(handle: "londox")])
        #expect(
            update(&state, .person(handle: "londox", .success(Fixture.tomasz)))
                == [.show(Fixture.tomaszGroup, at: .newest)])
    }

    @Test func anAnswerForAQuestionThatWasCancelledOpensNothing() {
        var state = Fixture.state(80, 24)
        state.press(.control("n"))
        state.type("tomasz")
        state.press(Key(.enter), Key(.escape))
        #expect(update(&state, .person(handle: "tomasz", .success(Fixture.tomasz))) == [])
    }

    @Test func oneDoesNotWriteToOneself() {
        var state = Fixture.state(80, 24)
        state.press(.control("n"))
        state.type("nia")
        #expect(state.press(Key(.enter)) == [])
    }

    @Test(arguments: ["nia", "@nia", " @nia ", "@Nia"])
    func oneDoesNotWriteToOneselfHoweverItIsWritten(typed: String) {
        var state = Fixture.state(80, 24) { $0.snapshot.me = typed.contains("N") ? "Nia" : "nia" }
        state.press(.control("n"))
        state.type(typed)
        #expect(state.press(Key(.enter)) == [])
    }

    // MARK: What is typed while the answer is not there

    /// `Ctrl-N handle Enter` and then these keys, in one write.
    private func ask(_ handle: String, then text: String, _ keys: Key...) -> (state: AppState, effects: [Effect]) {
        var state = Fixture.state(80, 24)
        state.press(.control("n"))
        state.type(handle)
        state.press(Key(.enter))
        state.type(text)
        let effects = keys.flatMap { update(&state, .key($0)) }
        return (state, effects)
    }

    @Test func whatIsTypedMeanwhileGoesToWhomTheAnswerNames() {
        var (state, effects) = ask("lena", then: "hello", Key(.enter))
        #expect(AppState.sent(effects).isEmpty)
        effects = update(&state, .person(handle: "lena", .success(Fixture.lena)))
        #expect(AppState.sent(effects) == ["hello": Fixture.lena.id])
        #expect(state.selected == Fixture.lena.id && state.draft.isEmpty && state.overlay == nil)
        #expect(effects.last == .keepDraft(nil, of: Fixture.meiGroup))
        #expect(Screen.draw(state).lines[0].contains("Lena Fischer @lena"))
    }

    @Test func keysThatAreNoTextAreKeptAsWell() {
        var (state, _) = ask("lena", then: "one", Key(.enter), Key(.tab))
        state.type("two")
        state.press(Key(.enter))
        _ = update(&state, .paste("three"))
        let effects = update(&state, .person(handle: "lena", .success(Fixture.lena)))
        // Lena is in no list yet: Tab goes to its start.
        #expect(AppState.sent(effects) == ["one": Fixture.lena.id, "two": Fixture.meiGroup])
        #expect(state.draft.text == "three")
    }

    @Test func aQuestionAmongTheKeptKeysWaitsAgain() {
        var (state, _) = ask("lena", then: "one", Key(.enter), .control("n"))
        state.type("tomasz")
        state.press(Key(.enter))
        state.type("two")
        state.press(Key(.enter))
        let first = update(&state, .person(handle: "lena", .success(Fixture.lena)))
        #expect(AppState.sent(first) == ["one": Fixture.lena.id])
        #expect(first.contains(.lookUp(handle: "tomasz")))
        let second = update(&state, .person(handle: "tomasz", .success(Fixture.tomasz)))
        #expect(AppState.sent(second) == ["two": Fixture.tomaszGroup])
    }

    @Test(arguments: [nil, APIError.connectionLost])
    func whereNobodyIsNamedNothingIsSentAndTheTextIsSomebodysOnceTheHandleIsRight(error: APIError?) {
        var (state, kept) = ask("lenna", then: "hello", Key(.enter))
        // It is on disk before there is any answer.
        #expect(state.keptDraft(of: Fixture.meiGroup) == "hello")
        #expect(state.drafts[Fixture.meiGroup].isEmpty)
        kept = update(&state, .person(handle: "lenna", error.map { .failure($0) } ?? .success(nil)))
        #expect(kept == [])
        #expect(Screen.draw(state).lines.joined().contains("Written meanwhile: hello"))
        #expect(state.keptDraft(of: Fixture.meiGroup) == "hello")
        state.press(.control("u"))
        state.type("lena")
        #expect(state.press(Key(.enter)) == [.lookUp(handle: "lena")])
        let effects = update(&state, .person(handle: "lena", .success(Fixture.lena)))
        #expect(AppState.sent(effects).isEmpty)
        #expect(effects.contains(.keepDraft("hello", of: Fixture.lena.id)))
        #expect(effects.contains(.keepDraft(nil, of: Fixture.meiGroup)))
        #expect(state.draft.text == "hello" && state.selected == Fixture.lena.id)
    }

    @Test(arguments: [false, true])
    func escapeBringsWhatWasWrittenToTheComposeLineAndSaysThatNothingWasSent(isAnswered: Bool) {
        var (state, _) = ask("lenna", then: "hello", Key(.enter))
        if isAnswered { _ = update(&state, .person(handle: "lenna", .success(nil))) }
        #expect(state.press(Key(.escape)) == [])
        #expect(state.draft.text == "hello" && state.selected == Fixture.meiGroup && state.overlay == nil)
        #expect(state.notice?.text.contains("Nothing was sent") == true)
        // An answer that comes now is none.
        #expect(update(&state, .person(handle: "lenna", .success(Fixture.lena))) == [])
        #expect(state.selected == Fixture.meiGroup)
    }

    @Test func eachKeyOfIsKeptOnDiskAsItIsTyped() {
        var (state, _) = ask("lena", then: "hell")
        #expect(update(&state, .key(Key(.character("o")))) == [.keepDraft("hello", of: Fixture.meiGroup)])
        #expect(state.press(.control("q")) == [.quit])
    }

    @Test func whereNothingIsKeptQuittingAsksAndTheQuestionGoesOnBehindIt() {
        var (state, _) = ask("lena", then: "hello", Key(.enter))
        state.snapshot.keeping = .inMemory(because: .full)
        #expect(state.press(.control("q")) == [])
        #expect(state.asksToQuit)
        let effects = update(&state, .person(handle: "lena", .success(Fixture.lena)))
        #expect(AppState.sent(effects) == ["hello": Fixture.lena.id])
        #expect(state.asksToQuit)
    }
}
