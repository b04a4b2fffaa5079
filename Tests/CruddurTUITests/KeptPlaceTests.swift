import ChatClient
import Testing
import Timestamps

@testable import CruddurTUI

/// Where one was is where one is the next time, and nothing but reading elsewhere changes it.
struct KeptPlaceTests {
    private static let place = Fixture.messages[3].at

    /// The second conversation has a place; the first is open.
    private var state: AppState = {
        var state = Fixture.state(100, 20)
        let known = state.snapshot.conversations[1]
        state.snapshot.conversations[1] = ConversationSummary(
            id: known.id, group: known.group, title: known.title, preview: known.preview, at: known.at,
            place: KeptPlaceTests.place)
        return state
    }()

    private func kept(_ effects: [Effect]) -> [(Timestamp?, ConversationID)] {
        effects.compactMap { if case .writing(.keepPlace(let at, let id)) = $0 { (at, id) } else { nil } }
    }

    @Test func oneIsWhereOneWas() {
        var state = state
        let effects = state.press(Key(.tab))
        #expect(effects.contains(.show(Fixture.tomaszGroup, at: .around(Self.place))))
        _ = update(&state, .snapshot(state.showing(Fixture.tomaszGroup, Fixture.entries())))
        guard case .top(let id, _) = state.reading.position else { return #expect(Bool(false), "not there") }
        #expect(id == .message(Fixture.messages[3].id) && state.reading.wantedAt == nil)
        #expect(state.newPlace == nil)
    }

    /// Whoever only comes past has not been there.
    @Test func comingPastChangesNothing() {
        var state = state
        #expect(kept(state.press(Key(.tab), Key(.tab), Key(.tab, .shift), Key(.character("x")), Key(.tab))).isEmpty)
        #expect(state.newPlace == nil)
        // And the place is there the next time.
        state.now = state.now.advanced(bySeconds: 5)
        let effects = state.press(Key(.tab, .shift))
        #expect(effects.contains(.show(Fixture.tomaszGroup, at: .around(Self.place))))
    }

    @Test func aLetterDoesNotTakeOneAway() {
        var state = state
        state.press(Key(.tab), Key(.character("x")))
        _ = update(&state, .snapshot(state.showing(Fixture.tomaszGroup, Fixture.entries())))
        #expect(state.reading.position != .newest)
    }

    @Test func readingElsewhereIsKept() {
        var state = state
        state.press(Key(.home, .control))
        _ = update(&state, .snapshot(state.showing(Fixture.meiGroup, Fixture.entries())))
        #expect(state.newPlace?.at == Fixture.messages[0].at)
        let effects = state.press(Key(.tab))
        #expect(kept(effects).map(\.0) == [Fixture.messages[0].at])
    }

    /// Whose place was the first message of all is not thrown back there by what comes.
    @Test func whoGoesOnIsLeftAlone() {
        var state = state
        _ = state.press(Key(.tab))
        state.reading.wantedAt = Fixture.messages[0].at
        _ = update(&state, .snapshot(state.showing(Fixture.tomaszGroup, Fixture.entries())))
        _ = update(&state, .mouse(Mouse(action: .wheelDown, x: 80, y: 5), on: nil))
        let position = state.reading.position
        _ = update(&state, .snapshot(state.showing(Fixture.tomaszGroup, Fixture.entries())))
        #expect(state.reading.position == position)
    }
}
