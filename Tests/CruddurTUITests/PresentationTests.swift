import TestSupport
import Testing
import Timestamps

@testable import CruddurTUI

/// The presenter's mode.
struct PresentationTests {
    private func state(_ width: Int, _ height: Int) -> AppState {
        var state = Fixture.state(width, height)
        _ = update(&state, .key(Key(.function(9))))
        return state
    }

    private func canvas(_ state: AppState) -> Canvas { PresenterScreen.draw(Screen.draw(state), state) }

    private func type(_ keys: [Key], _ state: inout AppState) {
        for key in keys { _ = update(&state, .key(key)) }
    }

    @Test func theChatStandsWithAMarginAndWithoutAnythingFaint() {
        let canvas = canvas(state(120, 40))
        #expect(canvas.lines.allSatisfy { $0.hasPrefix("            ") })
        #expect(canvas.lines[1].contains("Conversations"))
        #expect(canvas.rows.joined().allSatisfy { !$0.style.attributes.contains(.dim) })
        #expect(canvas.cursor != nil)
    }

    @Test func everySizeHasRoomForTheChat() {
        for width in [1, 5, 39, 60, 79, 80, 100, 121, 300] {
            for height in [1, 3, 15, 16, 24, 80] {
                let state = state(width, height)
                let canvas = canvas(state)
                #expect((canvas.width, canvas.height) == (width, height))
                #expect(state.size.width > 0 && state.size.height > 0)
                // Nothing of the chat is cut off.
                let room = Presentation.room(state.terminal)
                #expect(room.x + room.size.width <= width && room.y + room.size.height <= height)
                let chat = Screen.draw(state)
                for (row, line) in chat.rows.enumerated() {
                    #expect(
                        Array(canvas.rows[room.y + row][room.x..<room.x + chat.width]).map(\.cluster)
                            == line.map(\.cluster))
                }
            }
        }
    }

    @Test func keysAreShownAsTheyArePressedAndGoAgain() {
        var state = state(120, 40)
        type(
            [.control("f"), Key(.escape), Key(.escape)] + "hi you".map { Key(.character($0)) } + [Key(.enter)], &state)
        #expect(canvas(state).lines[39].contains("  Ctrl-F   Esc ×2   hi you   Enter  "))
        state.now = state.now.advanced(bySeconds: 2.9)
        #expect(canvas(state).lines[39].contains("Enter"))
        #expect(state.nextTick.map { $0.seconds(since: state.now) < 0.11 } == true)
        state.now = state.now.advanced(bySeconds: 0.2)
        #expect(canvas(state).lines[39].allSatisfy { $0 == " " })
    }

    @Test func aPasswordIsNobodysToSee() {
        var state = state(120, 40)
        state.overlay = .signIn(SignInForm(name: "", reason: nil))
        type("secret".map { Key(.character($0)) }, &state)
        #expect(canvas(state).lines[39].contains("••••••"))
        #expect(!canvas(state).lines[39].contains("s"))
    }

    @Test func moreKeysThanThereIsRoomForShowTheNewest() {
        var state = state(80, 24)
        for number in 1...100 { type([Key(.function(number + 20)), Key(.up)], &state) }
        let line = canvas(state).lines[23]
        #expect(line.contains("Up") && line.contains("F120") && !line.contains("F21 "))
    }

    @Test func theKeyAgainIsAsUsual() {
        var state = state(120, 40)
        type([Key(.function(9))], &state)
        #expect(canvas(state) == Screen.draw(Fixture.state(120, 40)))
    }
}
