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

    /// Also the last ones, below which there is no page.
    @Test(arguments: [(80, 24), (40, 10), (100, 60), (60, 5)])
    func whatWasFoundIsInViewWhereverItStands(width: Int, height: Int) {
        let messages = (0..<40).map {
            Fixture.message($0, "w\($0)x " + String(repeating: "so on ", count: $0 % 9), minutesAgo: Double(50 - $0))
        }
        for message in messages {
            var state = Fixture.state(width, height, entries: Fixture.entries(messages))
            state.reading.wanted = .message(message.id)
            _ = update(&state, .snapshot(state.snapshot))
            let word = message.text.prefix { $0 != " " } + " "
            #expect(Screen.draw(state).lines.contains { $0.contains(word) }, "\(word)at \(width)x\(height)")
        }
    }

    private func hit(_ number: Int, _ group: ConversationID) -> SearchHit {
        SearchHit(
            conversation: group, title: UserShort(handle: "h\(number)", displayName: "H"),
            message: Fixture.message(number, "word \(number)", minutesAgo: Double(number)))
    }

    /// What is found meanwhile moves no choice: Enter, and what is typed behind it, is for the one that was marked.
    @Test(arguments: [0, 1, 2])
    func whatIsFoundMeanwhileMovesNoChoice(_ steps: Int) {
        var state = Fixture.state(80, 24)
        state.press(.control("s"))
        state.type("w")
        let groups = [Fixture.meiGroup, Fixture.tomaszGroup, Fixture.oldGroup]
        let hits = groups.enumerated().map { hit($0.offset + 10, $0.element) }
        _ = update(&state, .found(typed: "w", hits))
        for _ in 0..<steps { state.press(Key(.down)) }
        _ = update(&state, .found(typed: "w", [hit(1, Fixture.longGroup), hit(2, Fixture.longGroup)] + hits))
        state.press(Key(.enter))
        #expect(state.selected == groups[steps])
    }

    @Test func whoComesMeanwhileMovesNoChoiceAmongThoseWhoAreLookedFor() {
        for typed in ["", "o"] {
            var state = Fixture.state(80, 24)
            state.press(.control("f"))
            state.type(typed)
            state.press(Key(.down))
            guard case .findGroup(let finder) = state.overlay else { return #expect(Bool(false), "no finder") }
            let meant = state.found(finder)[finder.selected].id
            var snapshot = state.snapshot
            snapshot.conversations.removeAll { $0.id == state.found(finder)[0].id }
            snapshot.conversations.reverse()
            _ = update(&state, .snapshot(snapshot))
            state.press(Key(.enter))
            #expect(state.selected == meant, "\(typed)")
        }
    }
}
