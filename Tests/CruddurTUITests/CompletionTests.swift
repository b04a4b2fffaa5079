import ChatClient
import Testing

@testable import CruddurTUI

/// Words that are completed while they are written.
struct CompletionTests {
    private func writing(_ text: String) -> AppState {
        var state = Fixture.state(100, 30)
        state.type(text)
        state.press(Key(.tab))
        return state
    }

    @Test func aHandleOfOneIsCompletedAtOnce() {
        let state = writing("ask @tom")
        #expect(state.draft.text == "ask @tomasz " && state.selected == Fixture.meiGroup)
        // By a word of the name as well.
        #expect(writing("ask @wiś").draft.text == "ask @tomasz ")
    }

    @Test func whereNothingBeginsSoTabIsForTheConversations() {
        for text in ["hello", "@zzz", "a:b", ":", ":q", "mail@", ":nothing-like-that", "12:30", "see you @ "] {
            let state = writing(text)
            #expect(state.selected == Fixture.tomaszGroup, "\(text)")
            #expect(state.overlay == nil)
        }
    }

    @Test func anEmojiIsChosenFromThoseOfTheName() throws {
        var state = writing("well done :tad")
        #expect(state.draft.text == "well done 🎉 ")
        state = writing(":grinning_face")
        let offered: Completion? = if case .completion(let completion) = state.overlay { completion } else { nil }
        let completion = try #require(offered)
        #expect(completion.choices.first == .init(text: "😀", name: "grinning face"))
        #expect(Screen.draw(state).lines.joined().contains("› 😀"))
        #expect(Screen.draw(state).lines.last?.contains("Enter take it") == true)
        state.press(Key(.down))
        let second = completion.choices[1].text
        state.press(Key(.enter))
        #expect(state.overlay == nil && state.draft.text == "\(second) ")
        state.press(.control("_"))
        #expect(state.draft.text == ":grinning_face")
    }

    @Test func whoTypesOnWritesOnAndEscLeavesTheWord() {
        var state = writing("x :smil")
        state.type("e")
        #expect(state.overlay == nil && state.draft.text == "x :smile")
        state.press(Key(.tab))
        state.press(Key(.escape))
        #expect(state.overlay == nil && state.draft.text == "x :smile")
    }

    @Test func inTheMiddleOfATextNothingElseChanges() {
        var state = Fixture.state(100, 30)
        state.type("ask @tom today")
        for _ in " today" { state.press(Key(.left)) }
        state.press(Key(.tab))
        #expect(state.draft.text == "ask @tomasz today")
        state.type("!")
        #expect(state.draft.text == "ask @tomasz! today")
    }

    @Test func namesAreFoundByTheirWordsInAnyOrder() {
        #expect(
            Emoji.matches("red_heart", limit: 5).first?.text == "❤️"
                || Emoji.matches("heart", limit: 5).first?.text == "❤️")
        #expect(Emoji.matches("cat_face", limit: 5).contains { $0.text == "🐱" })
        #expect(Emoji.matches("face_cat", limit: 50).contains { $0.text == "🐱" })
        #expect(Emoji.matches("", limit: 5).isEmpty && Emoji.matches("___", limit: 5).isEmpty)
        #expect(Emoji.matches("a", limit: 7).count == 7)
    }
}
