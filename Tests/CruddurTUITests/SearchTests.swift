import ChatClient
import TerminalText
import Testing
import Timestamps

@testable import CruddurTUI

/// The search over all conversations.
struct SearchTests {
    @Test func theSearchAsksAsOneTypesAndJumpsToWhatItFound() {
        var state = Fixture.state(80, 24)
        // As long as one searches, older messages are read as well.
        #expect(state.press(.control("s")) == [.readBack(true)])
        #expect(update(&state, .key(Key(.character("s")))).contains(.search("s")))
        let hit = SearchHit(
            conversation: Fixture.tomaszGroup, title: UserShort(handle: "tomasz", displayName: "Tomasz"),
            message: Fixture.message(77, "she said", minutesAgo: 5000))
        _ = update(&state, .found(typed: "other", [hit]))
        #expect(state.press(Key(.enter)) == [])
        _ = update(&state, .found(typed: "s", [hit]))
        #expect(Screen.draw(state).lines.joined().contains("she said"))
        #expect(
            state.press(Key(.enter)) == [.show(Fixture.tomaszGroup, at: .around(hit.message.at)), .readBack(false)])
        #expect(state.overlay == nil)
        var snapshot = state.snapshot
        let around = (0..<100).map { Fixture.message($0, "m\($0)", minutesAgo: Double(5050 - $0)) }
        let entries = around.prefix(50) + [hit.message] + around.suffix(50)
        snapshot.transcript = Transcript(
            id: hit.conversation, title: hit.title, entries: Fixture.entries(Array(entries)), isLoaded: true, newer: 3)
        _ = update(&state, .snapshot(snapshot))
        #expect(state.reading.marked == .message(hit.message.id))
        #expect(Screen.draw(state).lines.joined().contains("she said"))
    }
}
