import ChatClient
import TerminalText
import Testing
import Timestamps

@testable import CruddurTUI

/// What counts as read.
struct ReadMarkTests {
    private func unread(_ state: inout AppState, told: Int64 = 5) -> [Effect] {
        var snapshot = state.snapshot
        snapshot.transcript = Transcript(
            id: Fixture.meiGroup, title: Fixture.mei, entries: Fixture.entries(unread: 1), told: told, isLoaded: true)
        return update(&state, .snapshot(snapshot))
    }

    @Test func whatIsOnScreenCountsAsRead() {
        var state = Fixture.state(80, 24)
        #expect(unread(&state) == [.markRead(Fixture.meiGroup, told: 5)])
    }

    @Test func whatIsNotLookedAtStaysUnread() {
        var away = Fixture.state(80, 24)
        _ = update(&away, .focus(false))
        #expect(unread(&away) == [])
        #expect(away.reading.unreadLine == .message(Fixture.messages[8].id))
        var list = Fixture.state(40, 10) { $0.pane = .groups }
        #expect(unread(&list) == [])
        var scrolled = Fixture.state(80, 12)
        scrolled.press(Key(.pageUp))
        #expect(unread(&scrolled) == [])
    }

    @Test func whatHasBeenToldToBeReadIsToldOnce() {
        var state = Fixture.state(80, 24)
        _ = unread(&state)
        #expect(unread(&state) == [])
        #expect(unread(&state, told: 6) == [.markRead(Fixture.meiGroup, told: 6)])
    }

    @Test func theLineStandsAboveTheFirstUnreadMessageWhenOneComesAndStaysOnceItIsRead() {
        var state = Fixture.state(80, 24)
        state.press(Key(.tab))
        let tomasz = Fixture.tomaszGroup
        let effects = update(&state, .snapshot(state.showing(tomasz, Fixture.entries(unread: 2))))
        #expect(effects == [.markRead(tomasz, told: 0)])
        #expect(state.reading.unreadLine == .message(Fixture.messages[7].id))
        _ = update(&state, .snapshot(state.showing(tomasz, Fixture.entries())))
        #expect(Screen.draw(state).lines.contains { $0.contains("─ new ─") })
        state.press(Key(.tab), Key(.tab, .shift))
        _ = update(&state, .snapshot(state.showing(tomasz, Fixture.entries())))
        #expect(!Screen.draw(state).lines.contains { $0.contains("─ new ─") })
    }

    @Test func aMessageThatComesInWhileOneLooksGetsNoLine() {
        var state = Fixture.state(80, 24)
        _ = unread(&state)
        #expect(state.reading.unreadLine == nil)
    }

    @Test func whatAServerTellsAMomentAfterTheStartIsNewAsWell() {
        var state = Fixture.state(80, 24)
        state.press(Key(.tab))
        var snapshot = state.showing(Fixture.tomaszGroup)
        snapshot.transcript = Transcript(
            id: Fixture.tomaszGroup, title: Fixture.tomasz.title, entries: Fixture.entries(), isLoaded: true,
            isFresh: false)
        _ = update(&state, .snapshot(snapshot))
        #expect(state.reading.unreadLine == nil)
        _ = update(&state, .snapshot(state.showing(Fixture.tomaszGroup, Fixture.entries(unread: 1))))
        #expect(state.reading.unreadLine == .message(Fixture.messages[8].id))
    }
}
