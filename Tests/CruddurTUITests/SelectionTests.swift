import ChatClient
import TerminalText
import Testing
import Timestamps

@testable import CruddurTUI

/// With whom one is: only keys change it.
struct SelectionTests {
    @Test func tabGoesRoundTheGroupsBothWays() {
        var state = Fixture.state(80, 24)
        #expect(state.press(Key(.tab)) == [.show(Fixture.tomaszGroup, at: .newest)])
        #expect(state.press(Key(.tab, .shift), Key(.tab, .shift)).last == .show(Fixture.oldGroup, at: .newest))
    }

    @Test func findingOpensTheSelectedGroup() {
        var state = Fixture.state(80, 24)
        state.press(.control("f"))
        state.type("wiśn")
        #expect(state.press(Key(.enter)) == [.show(Fixture.tomaszGroup, at: .newest)])
    }

    @Test func theNewestConversationIsOpenedWhenTheListComes() {
        var state = Fixture.starting()
        var snapshot = Fixture.state(80, 24).snapshot
        snapshot.transcript = nil
        #expect(update(&state, .snapshot(snapshot)) == [.show(Fixture.meiGroup, at: .newest)])
    }

    @Test func inANarrowTerminalEscapeGoesToTheGroupsAndEnterBack() {
        var state = Fixture.state(40, 10)
        state.press(Key(.escape))
        #expect(state.layout.conversation.isEmpty)
        state.press(Key(.enter))
        #expect(state.layout.groups.isEmpty)
    }

    // MARK: What is typed goes to whom the keys have chosen

    /// Keys that leave Mei for Tomasz.
    private static let ways: [[Key]] = [
        [Key(.tab)], [Key(.tab), Key(.tab), Key(.tab, .shift)],
        [.control("f")] + "tom".map { Key(.character($0)) } + [Key(.enter)],
        [.control("f"), Key(.down), Key(.enter)],
        [Key(.tab, .shift), Key(.tab), Key(.tab)],
    ]

    @Test(arguments: ways.indices)
    func textTypedInOneWriteWithTheKeyThatChangesTheConversationGoesToTheNewOne(way: Int) {
        var state = Fixture.state(80, 24)
        for key in Self.ways[way] { state.press(key) }
        state.type("hello")
        #expect(AppState.sent(state.press(Key(.enter))) == ["hello": Fixture.tomaszGroup])
    }

    @Test func aSnapshotOfAnotherConversationMovesNobody() {
        var state = Fixture.state(80, 24)
        state.press(Key(.tab))
        state.type("he")
        _ = update(&state, .snapshot(state.showing(Fixture.meiGroup, Fixture.entries())))
        #expect(state.selected == Fixture.tomaszGroup)
        let screen = Screen.draw(state).lines.joined(separator: "\n")
        #expect(screen.contains("Tomasz Wiśniewski @tomasz") && screen.contains("Loading…"))
        #expect(!screen.contains("│▎ You"))
        state.type("llo")
        _ = update(&state, .paste(" there"))
        #expect(AppState.sent(state.press(Key(.enter))) == ["hello there": Fixture.tomaszGroup])
    }

    @Test func messagesThatWaitElsewhereAreNotMeant() {
        let failed = Fixture.outgoing(7, "lost?", .failed(reason: "no"))
        var state = Fixture.state(80, 24, entries: Fixture.entries() + [failed])
        state.press(Key(.tab))
        #expect(state.press(.alt("x")) == [])
        #expect(state.press(.alt("r")) == [])
        state.press(Key(.up))
        #expect(state.draft.isEmpty)
    }

    @Test func tabsBeforeThereIsAnyListAreCounted() {
        var state = Fixture.starting()
        state.press(Key(.tab))
        state.type("for tomasz")
        var snapshot = Fixture.state(80, 24).snapshot
        snapshot.transcript = nil
        #expect(
            update(&state, .snapshot(snapshot)) == [
                .show(Fixture.tomaszGroup, at: .newest), .keepDraft("for tomasz", of: Fixture.tomaszGroup),
            ])
        #expect(state.draft.text == "for tomasz")
    }

    @Test func whatWasTypedBeforeThereIsAListGoesBehindTheDraftThatIsThere() {
        var state = Fixture.starting()
        state.type("early")
        _ = update(&state, .drafts([Fixture.meiGroup: "from yesterday"]))
        _ = update(&state, .snapshot(Fixture.state(80, 24).snapshot))
        #expect(state.draft.text == "from yesterday\nearly")
    }

    @Test func aListInAnotherOrderMovesNobody() {
        var state = Fixture.state(80, 24)
        var snapshot = state.snapshot
        snapshot.conversations.reverse()
        _ = update(&state, .snapshot(snapshot))
        #expect(state.selected == Fixture.meiGroup)
    }

    @Test func whoIsForgottenElsewhereIsLeftOnlyByAKeyAndTheDraftStays() {
        var state = Fixture.state(80, 24)
        state.type("half a thought")
        var snapshot = state.snapshot
        snapshot.conversations.removeFirst()
        snapshot.transcript = nil
        #expect(update(&state, .snapshot(snapshot)) == [])
        let screen = Screen.draw(state).lines.joined(separator: "\n")
        #expect(screen.contains("was forgotten") && screen.contains("half a thought"))
        state.press(Key(.tab))
        #expect(state.selected == Fixture.tomaszGroup)
    }

    @Test func aSearchThatFindsNobodySendsNothingToWhoeverIsThere() {
        var state = Fixture.state(80, 24)
        state.press(.control("f"))
        state.type("zzz")
        state.press(Key(.enter))
        state.type("hello")
        #expect(AppState.sent(state.press(Key(.enter))).isEmpty)
        guard case .findGroup(let finder)? = state.overlay else { return #expect(Bool(false)) }
        #expect(finder.input.text == "zzzhello")
    }

    @Test func inTheListOfANarrowTerminalTheKeysChangeTheConversationAtOnce() {
        var state = Fixture.state(40, 10)
        state.press(Key(.escape), Key(.down))
        #expect(state.selected == Fixture.tomaszGroup && state.context == .list)
        state.type("hi")
        #expect(AppState.sent(state.press(Key(.enter))) == ["hi": Fixture.tomaszGroup])
    }

    @Test func whatIsFoundDoesNotMoveAwayUnderTheFinger() {
        var state = Fixture.state(80, 24)
        state.press(.control("f"), Key(.down))
        var snapshot = state.snapshot
        snapshot.conversations.reverse()
        _ = update(&state, .snapshot(snapshot))
        #expect(Screen.draw(state).lines.joined().contains("› Tomasz Wiśniewski"))
        state.press(Key(.enter))
        #expect(state.selected == Fixture.tomaszGroup)
    }
}
