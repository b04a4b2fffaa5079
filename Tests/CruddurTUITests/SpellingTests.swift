import ChatClient
import TerminalText
import Testing
import Timestamps

@testable import CruddurTUI

/// Words that no dictionary has, while one writes.
struct SpellingTests {
    private func writing(_ text: String, _ change: (inout AppState) -> Void = { _ in }) -> (AppState, [Effect]) {
        var state = Fixture.state(100, 30, change: change)
        state.spelling.isOn = true
        var effects: [Effect] = []
        for character in text { effects += update(&state, .key(Key(.character(character)))) }
        return (state, effects)
    }

    private func asked(_ effects: [Effect]) -> [[String]] {
        effects.compactMap { if case .asking(.spell(let words)) = $0 { words } else { nil } }
    }

    private func underlined(_ state: AppState) -> String {
        let canvas = Screen.draw(state)
        let row = canvas.rows[state.layout.compose.lowerBound]
        return row.filter { $0.style.attributes.contains(.underline) }.map(\.cluster.text).joined()
    }

    @Test(arguments: [
        ("teh cat, (the) hat!", ["teh", "cat", "the", "hat"]),
        ("don't can’t 'quoted' o'", ["don't", "can’t", "quoted"]),
        ("ask @mei :tada: #dev /help https://cruddur.example a.b/c x@y.example", ["ask"]),
        ("`let teh` code `and` this", ["code", "this"]),
        ("über straße 早上好 42 3rd x1 A", ["über", "straße", "早上好"]),
        ("one\ntwo\r\nthree\tfour  five", ["one", "two", "three", "four", "five"]),
        ("", []), ("'", []), ("```", []), ("\u{0}\u{1B}[31mred", []), ("\u{1B}[mred", ["mred"]),
    ])
    func wordsAreWhatADictionaryMayKnow(_ text: String, _ words: [String]) {
        let found = SpelledWord.all(in: text)
        #expect(found.map(\.text) == words)
        for word in found {
            let bytes = Array(text.utf8)[word.range]
            #expect(String(decoding: bytes, as: UTF8.self) == word.text)
        }
    }

    @Test func aLongTextHasNoWordOfOverFortyLetters() {
        #expect(SpelledWord.all(in: String(repeating: "x", count: 100_000)).isEmpty)
    }

    @Test(arguments: [
        ("*", SpellVerdict.right), ("+ ROOT", .right), ("-", .right), ("# teh 0", .wrong([])),
        ("& teh 2 0: the, t eh", .wrong(["the", "t eh"])), ("& teh 0 0:", .wrong([])),
    ])
    func ananswerIsReadAsIspellGivesIt(_ line: String, _ verdict: SpellVerdict) {
        #expect(SpellVerdict(line: line) == verdict)
    }

    @Test(arguments: ["", "&", "& teh 2 0", "nonsense", "\u{1B}[31m"]) func whatIsNoAnswerIsNone(_ line: String) {
        #expect(SpellVerdict(line: line) == nil)
    }

    @Test func aWordIsAskedForOnceItIsWritten() {
        var (state, effects) = writing("teh")
        #expect(asked(effects).isEmpty)
        effects = update(&state, .key(Key(.character(" "))))
        #expect(asked(effects) == [["teh"]])
        // Until it is answered, nobody asks again; then what is new.
        effects = update(&state, .key(Key(.character("x"))))
        #expect(asked(effects).isEmpty)
        _ = update(&state, .spelled(.success(["teh": .wrong(["the"])])))
        #expect(underlined(state) == "teh")
        effects = update(&state, .key(Key(.character("y")))) + update(&state, .key(Key(.character(","))))
        #expect(asked(effects) == [["xy"]])
    }

    @Test func whereNobodyLooksNobodyIsAsked() {
        var state = Fixture.state(100, 30)
        var effects: [Effect] = []
        for character in "teh cat " { effects += update(&state, .key(Key(.character(character)))) }
        #expect(asked(effects).isEmpty)
        state.press(.alt("$"))
        #expect(state.notice?.text.contains("\"spelling\": {\"language\": \"en_GB\"}") == true)
    }

    @Test func theWordThatIsBeingWrittenIsNotMarked() {
        var (state, _) = writing("teh ")
        _ = update(&state, .spelled(.success(["teh": .wrong(["the"])])))
        state.press(Key(.left))
        #expect(underlined(state).isEmpty)
        state.press(Key(.home))
        #expect(underlined(state) == "teh")
    }

    @Test func oneOfThoseThatAreOfferedStandsInItsPlace() {
        var (state, _) = writing("so teh cat ")
        _ = update(&state, .spelled(.success(["so": .right, "teh": .wrong(["the", "tea"]), "cat": .right])))
        state.press(.alt("$"))
        #expect(Screen.draw(state).lines.joined().contains("› the"))
        state.press(Key(.down), Key(.enter))
        #expect(state.draft.text == "so tea cat " && state.overlay == nil)
        state.press(.control("_"))
        #expect(state.draft.text == "so teh cat ")
    }

    @Test func aWordOfOnesOwnIsRightFromThenOn() {
        var (state, _) = writing("cruddur ")
        _ = update(&state, .spelled(.success(["cruddur": .wrong(["crudder"])])))
        state.press(.alt("$"))
        state.press(Key(.down))
        let effects = update(&state, .key(Key(.enter)))
        #expect(effects.contains(.writing(.learn("cruddur"))))
        #expect(state.draft.text == "cruddur " && underlined(state).isEmpty)
    }

    @Test func whoAsksForTheWordAtTheCursorIsAnswered() {
        var (state, _) = writing("so teh")
        _ = update(&state, .spelled(.success(["so": .right])))
        let effects = update(&state, .key(.alt("$")))
        #expect(asked(effects) == [["teh"]])
        #expect(state.overlay == nil)
        _ = update(&state, .spelled(.success(["teh": .wrong(["the"])])))
        state.press(Key(.enter))
        #expect(state.draft.text == "so the")
    }

    @Test func whoHasGoneOnIsNotInterrupted() {
        var (state, _) = writing("teh")
        _ = update(&state, .key(.alt("$")))
        state.type(" cat")
        _ = update(&state, .spelled(.success(["teh": .wrong(["the"])])))
        #expect(state.overlay == nil && state.draft.text == "teh cat")
    }

    @Test func namesOfThoseOneTalksToAreRight() {
        var (state, _) = writing("Mei Tanaka tomasz nia Tnaka ")
        let wrong = ["Mei", "Tanaka", "tomasz", "nia", "Tnaka"].map { ($0, SpellVerdict.wrong([])) }
        _ = update(&state, .spelled(.success(Dictionary(uniqueKeysWithValues: wrong))))
        #expect(underlined(state) == "Tnaka")
    }

    @Test func whereThereIsNoDictionaryThatIsSaidOnce() {
        var (state, _) = writing("teh ")
        _ = update(&state, .spelled(.failure(SpellFault(description: "there is no aspell here"))))
        #expect(state.notice?.text == "Nobody looks at the spelling: there is no aspell here")
        var effects: [Effect] = []
        state.now = state.now.advanced(bySeconds: 5)
        for character in "cat and dog " { effects += update(&state, .key(Key(.character(character)))) }
        #expect(asked(effects).isEmpty && state.notice == nil)
    }

    @Test func aWordInTwoRowsIsMarkedInBoth() {
        var state = Fixture.state(20, 10)
        state.spelling.isOn = true
        let word = String(repeating: "abcde", count: 6)
        state.type(word + " ")
        _ = update(&state, .spelled(.success([word: .wrong([])])))
        let canvas = Screen.draw(state)
        let marked = state.layout.compose.flatMap { y in
            canvas.rows[y].filter { $0.style.attributes.contains(.underline) }.map(\.cluster.text)
        }
        #expect(marked.joined() == word)
    }
}
