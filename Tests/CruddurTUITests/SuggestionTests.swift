import ChatClient
import Testing

@testable import CruddurTUI

/// Who is offered while one types a handle.
struct SuggestionTests {
    private func asking(_ text: String) -> (state: AppState, effects: [Effect]) {
        var state = Fixture.state(100, 30)
        state.press(.control("n"))
        var effects: [Effect] = []
        for character in text { effects += state.press(Key(.character(character))) }
        return (state, effects)
    }

    private func offered(_ state: AppState) -> [String] {
        guard case .newConversation(let prompt) = state.overlay else { return [] }
        return prompt.offered.map(\.handle)
    }

    private let lena = UserShort(handle: "lena", displayName: "Lena Fischer")
    private let leo = UserShort(handle: "leo", displayName: "Leo \u{1B}[2J")

    @Test func thoseOneTalksToAreOfferedByHandleNameAndWordOfIt() {
        #expect(offered(asking("me").state) == ["mei"])
        #expect(offered(asking("TANAKA").state) == ["mei"])
        #expect(offered(asking("@wiś").state) == ["tomasz"])
        #expect(offered(asking("").state).isEmpty && offered(asking("zzz").state).isEmpty)
        // Written out it needs no offer, and oneself is nobody to write to.
        #expect(offered(asking("mei").state).isEmpty)
        var state = asking("ni").state
        _ = update(&state, .suggested("ni", [UserShort(handle: "nia", displayName: "Nia")]))
        #expect(offered(state).isEmpty)
    }

    @Test func theServerIsAskedFromTheSecondLetterOnAndLateAnswersTellNothingWrong() {
        var (state, effects) = asking("le")
        #expect(effects == [.asking(.suggest("le"))])
        _ = update(&state, .suggested("le", [lena, leo]))
        #expect(offered(state) == ["lena", "leo"])
        state.type("n")
        #expect(offered(state) == ["lena"])
        // The answer to what is not typed any more.
        _ = update(&state, .suggested("xy", [leo]))
        #expect(offered(state) == ["lena"])
        #expect(!Screen.draw(state).lines.joined().contains("\u{1B}"))
    }

    @Test func oneOfThemIsChosenWithTheKeysAndWhatIsTypedCountsOtherwise() {
        var state = asking("le").state
        _ = update(&state, .suggested("le", [lena, leo]))
        state.press(Key(.down), Key(.down), Key(.down))
        #expect(Screen.draw(state).lines.joined().contains("› Leo"))
        state.press(Key(.up))
        #expect(state.press(Key(.enter)) == [.lookUp(handle: "lena")])
        // What is chosen is let go by typing, and by going up beyond the first.
        for letGo in [Key(.character("x")), Key(.up)] {
            var state = asking("le").state
            _ = update(&state, .suggested("le", [lena, leo]))
            state.press(Key(.down), letGo)
            let typed = letGo == Key(.up) ? "le" : "lex"
            #expect(state.press(Key(.enter)).contains(.lookUp(handle: typed)))
        }
    }

    @Test func whatComesMeanwhileMovesNobodyAwayUnderTheFinger() {
        var state = asking("le").state
        _ = update(&state, .suggested("le", [lena, leo]))
        state.press(Key(.down))
        // Somebody else whose name begins so writes, and is the first in the list now.
        var snapshot = state.snapshot
        snapshot.conversations.insert(
            ConversationSummary(
                id: .init(77), group: "g", title: UserShort(handle: "lea", displayName: "Lea"), preview: "hi",
                at: state.now,
                unread: 1), at: 0)
        _ = update(&state, .snapshot(snapshot))
        _ = update(&state, .suggested("le", [leo, UserShort(handle: "leto", displayName: "Leto")]))
        #expect(state.press(Key(.enter)) == [.lookUp(handle: "lena")])
    }

    @Test func whoIsChosenIsMeantExactly() {
        var state = asking("an").state
        _ = update(&state, .suggested("an", [UserShort(handle: "@andrew ", displayName: "Andrew")]))
        state.press(Key(.down))
        #expect(state.press(Key(.enter)) == [.lookUp(handle: "@andrew ")])
    }

    @Test func onALowTerminalTheChosenOneIsSeen() {
        var state = Fixture.state(60, 9)
        state.press(.control("n"))
        state.type("le")
        _ = update(&state, .suggested("le", (1...8).map { UserShort(handle: "le\($0)", displayName: "Le \($0)") }))
        for _ in 1...7 { state.press(Key(.down)) }
        #expect(Screen.draw(state).lines.joined().contains("› Le 7"))
    }

    @Test func whoTypesAheadIsNotSentToSomebodyElse() {
        // The answer comes while the handle is looked for: it changes nothing.
        var state = asking("le").state
        #expect(state.press(Key(.enter)) == [.lookUp(handle: "le")])
        _ = update(&state, .suggested("le", [lena, leo]))
        state.press(Key(.down), Key(.enter))
        #expect(offered(state).isEmpty)
        #expect(state.typeAhead.handle == "le")
    }
}
