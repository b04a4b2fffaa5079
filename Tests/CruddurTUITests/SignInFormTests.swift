import TerminalText
import Testing
import Timestamps

@testable import ChatClient
@testable import CruddurTUI

/// The form in front of the chat while one is signed out: nothing that is typed gets lost, and no password into a message.
struct SignInFormTests {
    private static let tokens = ClientConfiguration.Tokens(access: "a", identity: nil, refresh: nil)

    /// What the session tells next.
    private func told(_ state: inout AppState, _ connection: Connection.State) -> [Effect] {
        var snapshot = state.snapshot
        snapshot.canSignIn = true
        snapshot.signInName = "nia@cruddur.example"
        snapshot.connection.state = connection
        return update(&state, .snapshot(snapshot))
    }

    private func signedOut(_ change: (inout AppState) -> Void = { _ in }) -> AppState {
        var state = Fixture.state(80, 24, change: change)
        _ = told(&state, .signedOut(expired: nil, reason: "it was revoked"))
        return state
    }

    private func form(_ state: AppState) -> SignInForm? {
        if case .signIn(let form) = state.overlay { form } else { nil }
    }

    private func screen(_ state: AppState) -> String {
        Screen.draw(state).lines.joined(separator: " ").split { $0 == " " || $0 == "│" }.joined(separator: " ")
    }

    @Test func whoIsSignedOutIsAskedForThePasswordInFrontOfTheConversation() {
        var state = signedOut()
        #expect(screen(state).contains("Your sign-in has ended: it was revoked."))
        state.type("Passw0rd!")
        #expect(!screen(state).contains("Passw0rd") && screen(state).contains("•••••••••"))
        let effects = state.press(Key(.enter))
        #expect(effects == [.signing(.begin("nia@cruddur.example", password: "Passw0rd!"))])
        #expect(screen(state).contains("Signing in…"))
        // What is typed meanwhile is for nobody.
        state.type("more")
        state.press(Key(.enter))
        #expect(update(&state, .signing(.success(.signedIn(Self.tokens)))) == [.refresh])
        #expect(state.overlay == nil && state.draft.isEmpty)
    }

    @Test func whoIsWritingIsNotInterrupted() {
        var state = signedOut { $0.type("half a wo") }
        #expect(state.overlay == nil)
        state.type("rd")
        #expect(state.draft.text == "half a word")
        state.press(.control("o"))
        #expect(form(state)?.focus == 1)
        state.press(Key(.escape))
        #expect(state.overlay == nil && state.draft.text == "half a word")
        // Closed is closed: the next failed poll does not bring it back.
        _ = told(&state, .signedOut(expired: nil, reason: "it was revoked"))
        #expect(state.overlay == nil)
    }

    @Test func theFormDoesNotCloseUnderThePasswordThatIsBeingTyped() {
        var state = signedOut()
        state.type("Passw")
        _ = told(&state, .online)
        #expect(screen(state).contains("You are signed in again."))
        state.type("0rd!")
        _ = update(&state, .paste("0rd!"))
        #expect(state.press(Key(.enter)) == [])
        #expect(state.overlay == nil && state.draft.isEmpty)
    }

    @Test func aPasswordIsInNoOtherLine() {
        var state = signedOut()
        state.type("Passw0rd!")
        state.press(.control("u"), Key(.escape), .control("y"))
        #expect(state.draft.isEmpty && state.killed == KillRing())
    }

    @Test func aPastedPasswordIsOneLine() {
        var state = signedOut()
        _ = update(&state, .paste("Passw0rd!\nsecond line"))
        #expect(state.press(Key(.enter)) == [.signing(.begin("nia@cruddur.example", password: "Passw0rd!"))])
    }

    @Test func aWrongPasswordIsSaidAndTypedAgainAndTheNameStays() {
        var state = signedOut()
        state.type("wrong")
        state.press(Key(.enter))
        _ = update(&state, .signing(.failure(.refused(type: "NotAuthorizedException", message: ""))))
        #expect(screen(state).contains("No user of that name has that password."))
        state.type("right")
        #expect(state.press(Key(.enter)) == [.signing(.begin("nia@cruddur.example", password: "right"))])
    }

    @Test func aCodeIsAskedForAndAWrongOneOnceMore() {
        var state = signedOut()
        state.type("p")
        state.press(Key(.enter))
        _ = update(&state, .signing(.success(.code(.email, destination: "n***@c***"))))
        #expect(screen(state).contains("sent by e-mail to n***@c***"))
        state.type("12 34")
        #expect(state.press(Key(.enter)) == [.signing(.answer("1234", attributes: [:]))])
        _ = update(&state, .signing(.failure(.refused(type: "CodeMismatchException", message: ""))))
        state.type("123456")
        #expect(state.press(Key(.enter)) == [.signing(.answer("123456", attributes: [:]))])
        // A question that has ended leads back to the password.
        _ = update(&state, .signing(.failure(.refused(type: "NotAuthorizedException", message: "Invalid session"))))
        #expect(form(state)?.step == .password)
    }

    @Test func aNewPasswordIsTypedTwiceWithWhatThePoolWantsToKnow() {
        var state = signedOut()
        state.type("p")
        state.press(Key(.enter))
        _ = update(&state, .signing(.success(.newPassword(attributes: ["name"]))))
        state.type("Nia")
        state.press(Key(.tab))
        state.type("N3w-Passw0rd")
        state.press(Key(.tab))
        state.type("another")
        #expect(state.press(Key(.enter)) == [])
        #expect(screen(state).contains("The two passwords are not the same."))
        for _ in 1...2 {
            state.type("N3w-Passw0rd")
            state.press(Key(.tab))
        }
        #expect(state.press(Key(.enter)) == [.signing(.answer("N3w-Passw0rd", attributes: ["name": "Nia"]))])
    }

    @Test func anAnswerAfterTheFormWasClosedOpensNothing() {
        var state = signedOut()
        state.type("p")
        #expect(state.press(Key(.enter), Key(.escape)).last == .signing(.giveUp))
        #expect(update(&state, .signing(.success(.code(.sms, destination: nil)))) == [])
        #expect(state.overlay == nil)
    }

    @Test func whereThereIsNoPoolThatIsSaid() {
        var state = Fixture.state(80, 24) { $0.snapshot.connection.state = .signedOut(expired: nil) }
        state.press(.control("o"))
        #expect(state.overlay == nil && state.notice?.text.contains("cruddur init") == true)
    }
}
