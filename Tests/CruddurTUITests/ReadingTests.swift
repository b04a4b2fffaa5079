import ChatClient
import TerminalText
import Testing
import Timestamps

@testable import CruddurTUI

/// Where the reader is, whatever arrives.
struct ReadingTests {
    @Test func whoScrollsNearTheEndOfTheWindowGetsMoreOfIt() {
        var state = long(80, 24, count: 100)
        #expect(state.press(Key(.pageUp)) == [])
        for _ in 0..<8 { state.press(Key(.pageUp)) }
        #expect(state.press(Key(.pageUp)) == [.loadOlder(Fixture.meiGroup)])
        var snapshot = state.snapshot
        snapshot.transcript = Transcript(
            id: Fixture.meiGroup, title: Fixture.mei, entries: state.snapshot.transcript!.entries, isLoaded: true,
            newer: 500)
        _ = update(&state, .snapshot(snapshot))
        for _ in 0..<20 { state.press(Key(.pageDown)) }
        // The window's end is not the conversation's.
        #expect(state.reading.position != .newest)
        #expect(Screen.draw(state).lines.joined().contains("500 below"))
        #expect(state.press(Key(.pageDown)).contains(.loadNewer(Fixture.meiGroup)))
        #expect(state.press(Key(.end)) == [.show(Fixture.meiGroup, at: .newest)])
    }

    private func long(_ width: Int = 80, _ height: Int = 24, count: Int = 300) -> AppState {
        let messages = (0..<count).map { Fixture.message($0, "message \($0)", minutesAgo: Double(count - $0) * 10) }
        return Fixture.state(width, height, entries: Fixture.entries(messages))
    }

    private func top(_ state: AppState) -> [TranscriptRow] {
        TranscriptView(
            state.rows, position: state.reading.position, height: state.layout.transcript.count
        ).rows
    }

    @Test func theReaderStaysWhereTheyAreWhileNewMessagesArrive() {
        var state = long()
        state.press(Key(.pageUp), Key(.pageUp))
        let before = top(state)
        _ = update(&state, .snapshot(state.adding((0..<5).map { Fixture.message(1000 + $0, "new", minutesAgo: -1) })))
        #expect(top(state) == before)
        let screen = Screen.draw(state).lines.joined(separator: "\n")
        #expect(screen.contains("5 new"))
    }

    @Test func atTheBottomTheNewestMessageStaysInView() {
        var state = long()
        _ = update(&state, .snapshot(state.adding([Fixture.message(1000, "brand new", minutesAgo: -1)])))
        #expect(Screen.draw(state).lines.joined().contains("brand new"))
    }

    @Test func scrollingUpAndDownAgainComesBackToTheSameRows() {
        var state = long(60, 20)
        state.press(Key(.pageUp))
        let start = top(state)
        for _ in 0..<37 { state.press(Key(.up, .shift)) }
        #expect(top(state) != start)
        for _ in 0..<37 { state.press(Key(.down, .shift)) }
        #expect(top(state) == start)
    }

    @Test func homeAndEndGoToTheEndsOfTheConversationWhenNothingIsWritten() {
        var state = long()
        state.press(Key(.home))
        #expect(Screen.draw(state).lines.joined().contains("message 0 "))
        state.press(Key(.end))
        #expect(state.reading.position == .newest)
        state.type("abc")
        state.press(Key(.home))
        #expect(state.draft.cursor == 0)
        #expect(state.reading.position == .newest)
    }

    @Test func pageUpAtTheTopStaysThere() {
        var state = long(80, 24, count: 3)
        state.press(Key(.pageUp), Key(.pageUp))
        #expect(state.reading.position == .newest)
    }

    @Test func tabAwayAndBackKeepsThePlace() {
        var state = long()
        state.press(Key(.pageUp), Key(.pageUp))
        let before = top(state)
        state.press(Key(.tab))
        #expect(state.reading.position == .newest)
        _ = update(&state, .snapshot(state.showing(Fixture.tomaszGroup, Fixture.entries())))
        let mei = long().snapshot
        let back = state.press(Key(.tab, .shift))
        guard case .showing(.show(Fixture.meiGroup, at: .around(let time)))? = back.first,
            case .top(let id, _) = state.reading.position
        else { return #expect(Bool(false), "\(back)") }
        #expect(mei.transcript?.entries.first { $0.id == id }?.at == time)
        _ = update(&state, .snapshot(mei))
        #expect(top(state) == before)
    }

    @Test func scrollingBeforeTheTranscriptIsThereKeepsThePlace() {
        var state = long()
        state.press(Key(.pageUp), Key(.pageUp))
        let place = state.reading
        state.press(Key(.tab))
        _ = update(&state, .snapshot(state.showing(Fixture.tomaszGroup, Fixture.entries())))
        state.press(Key(.tab, .shift), Key(.pageDown))
        #expect(state.reading.position == place.position)
    }

    @Test func aKeyInALongDraftWrapsItOnceHoweverLongTheConversationIs() {
        var state = long(count: 100_000)
        _ = update(&state, .paste(String(repeating: "0123456789 ", count: 9_000)))
        var painter = Painter()
        _ = painter.draw(state)
        for key in [Key(.character("a")), Key(.up), Key(.down), Key(.left), Key(.backspace)] {
            let before = state.composeWraps
            _ = update(&state, .key(key))
            _ = painter.draw(state)
            #expect(state.composeWraps - before <= 1, "\(key.name)")
        }
    }
}
