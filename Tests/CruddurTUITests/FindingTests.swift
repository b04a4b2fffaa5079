import ChatClient
import Testing
import Timestamps

@testable import CruddurTUI

/// Finding people, days, and what is to be read again.
struct FindingTests {
    private func found(_ typed: String) -> [String] {
        var state = Fixture.state(80, 24)
        state.press(.control("f"))
        state.type(typed)
        guard case .findGroup(let finder) = state.overlay else { return [] }
        return state.found(finder).map(\.title.handle)
    }

    @Test func aFewLettersInTheirOrderFindSomebodyAndTheBestMatchesComeFirst() {
        #expect(found("tmz") == ["tomasz"])
        #expect(found("wisn") == ["tomasz"])
        #expect(found("@MEI") == ["mei"])
        // `old` begins with it; others only hold it.
        #expect(found("o").first == "old")
        #expect(found("xyz") == [])
        #expect(found("") == Fixture.conversations.map(\.title.handle))
    }

    /// Foundation's search takes the end of a text for a U+0000, and ends the program.
    @Test(arguments: ["mei\0", "\0", "a\u{301}\0", "ski\0", "friend\0\0"]) func aNULFindsNobody(_ typed: String) {
        #expect(found(typed) == [])
        var state = Fixture.state(80, 24)
        state.press(.control("s"))
        _ = update(&state, .paste(typed))
        #expect(Screen.draw(state).lines.count == 24)
    }

    @Test func whomOnlyScatteredLettersTellIsSeenBeforeAnythingGoesThere() {
        var state = Fixture.state(80, 24)
        let before = state.selected
        state.press(.control("f"))
        state.type("tmz")
        #expect(state.press(Key(.enter)) == [] && state.selected == before)
        state.press(Key(.enter))
        #expect(state.selected == Fixture.tomaszGroup && state.overlay == nil)
    }

    @Test func whatIsUnreadAgainStaysSoUntilOneLeaves() {
        var state = Fixture.state(80, 24)
        let effects = state.press(.alt("u"))
        #expect(effects == [.markUnread(Fixture.meiGroup, from: Fixture.messages[8].at)])
        var unread = state.snapshot
        unread.transcript = Transcript(
            id: Fixture.meiGroup, title: Fixture.mei, entries: Fixture.entries(unread: 1), told: 5, isLoaded: true)
        #expect(!update(&state, .snapshot(unread)).contains(.markRead(Fixture.meiGroup, told: 5)))
        state.press(Key(.tab))
        #expect(state.press(Key(.tab, .shift)).contains(.markRead(Fixture.meiGroup, told: 5)))
    }

    @Test func allIsReadAtOnce() {
        var state = Fixture.state(80, 24)
        state.type("/allread")
        #expect(
            state.press(Key(.enter)) == [
                .markRead(Fixture.tomaszGroup, told: .max), .markRead(Fixture.longGroup, told: .max),
            ])
    }

    @Test func oneGoesToADay() {
        let days = (0..<100).map { Fixture.message($0, "m\($0)", minutesAgo: Double(100 - $0) * 1440) }
        var state = Fixture.state(80, 24, entries: Fixture.entries(days))
        state.press(.alt("g"))
        state.type("2026-10-01")
        let effects = state.press(Key(.enter))
        #expect(effects == [.show(Fixture.meiGroup, at: .around(Timestamp("2026-10-01T00:00:00Z")!))])
        _ = update(&state, .snapshot(state.snapshot))
        #expect(Screen.draw(state).lines.contains { $0.contains("Thursday, 1 Oct 2026") })
        #expect(Screen.draw(state).lines[2].contains("1 Oct 2026"))
        state.type("/day soon")
        #expect(state.press(Key(.enter)) == [])
        #expect(state.notice?.text.contains("2026-11-24") ?? false)
    }
}
