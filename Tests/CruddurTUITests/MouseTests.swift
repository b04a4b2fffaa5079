import ChatClient
import Foundation
import Testing

@testable import CruddurTUI

/// What a mouse does, on what is drawn.
struct MouseTests {
    private func press(
        _ state: inout AppState, _ action: Mouse.Action = .press, x: Int, y: Int, _ held: Key.Modifiers = []
    )
        -> [Effect]
    {
        let target = Screen.draw(state).target(x: x, y: y)
        return update(&state, .mouse(Mouse(action: action, x: x, y: y, modifiers: held), on: target))
    }

    /// Where a text stands on the screen.
    private func place(_ text: String, _ state: AppState) throws -> (x: Int, y: Int) {
        let lines = Screen.draw(state).lines
        let y = try #require(lines.lastIndex { $0.contains(text) })
        let start = try #require(lines[y].range(of: text)).lowerBound
        return (lines[y].distance(from: lines[y].startIndex, to: start), y)
    }

    @Test func aClickOnAConversationSelectsItAndTheListStaysWhereItIs() throws {
        var state = Fixture.state(100, 30)
        let before = state.listedInView
        let second = before[before.startIndex + 1]
        let effects = press(&state, x: 5, y: state.layout.list.lowerBound + 3)
        #expect(state.selected == second.id)
        #expect(effects.contains(.show(second.id, at: .newest)))
        #expect(state.listedInView.startIndex == before.startIndex)
    }

    @Test func aClickBelowTheLastConversationSelectsNobody() {
        var state = Fixture.state(100, 60)
        let before = state.selected
        _ = press(&state, x: 5, y: state.layout.list.upperBound - 1)
        #expect(state.selected == before)
    }

    @Test func aClickInTheComposeLinePlacesTheCursor() {
        var state = Fixture.state(100, 30)
        _ = update(&state, .paste("hello\n你好 there"))
        let (x, y) = (state.layout.conversation.lowerBound + Layout.gutter, state.layout.compose.lowerBound)
        _ = press(&state, x: x + 2, y: y)
        #expect(state.draft.cursor == 2)
        _ = press(&state, x: x + 3, y: y + 1)
        // Within the second character's two cells.
        #expect(state.draft.cursor == "hello\n你".utf8.count)
        _ = press(&state, x: x + 60, y: y)
        #expect(state.draft.cursor == "hello".utf8.count)
    }

    @Test(arguments: [(80, 24), (100, 30), (40, 10), (120, 60)], [0, 1, 4])
    func aClickOnAMessageSelectsIt(size: (Int, Int), scrolled: Int) throws {
        for density in [Density.airy, .compact] {
            let words = (0..<40).map { "word\($0)x " + String(repeating: "and so on ", count: $0 % 7) }
            let messages = words.enumerated().map {
                Fixture.message(
                    $0.offset, $0.element, from: $0.offset % 3 == 0 ? "nia" : "mei", minutesAgo: Double(50 - $0.offset))
            }
            var state = Fixture.state(size.0, size.1, entries: Fixture.entries(messages)) { $0.density = density }
            for _ in 0..<scrolled { state.press(Key(.pageUp)) }
            let drawn = Screen.draw(state)
            var seen = 0
            for y in state.layout.transcript {
                guard let number = messages.indices.first(where: { drawn.lines[y].contains("word\($0)x ") }),
                    drawn.target(x: size.0 - 10, y: y) == nil
                else { continue }
                var clicked = state
                _ = press(&clicked, x: size.0 - 10, y: y)
                #expect(clicked.reading.chosen == .message(messages[number].id))
                // It stays where it is.
                #expect(Screen.draw(clicked).lines[y].contains("word\(number)x "))
                seen += 1
            }
            #expect(seen >= 1)
        }
    }

    @Test func aClickBetweenMessagesSelectsNone() throws {
        var state = Fixture.state(100, 60)
        for y in state.layout.transcript
        where Screen.draw(state).lines[y].dropFirst(40).allSatisfy({ " │─".contains($0) }) {
            _ = press(&state, x: 60, y: y)
            #expect(state.reading.chosen == nil)
        }
        let day = try place("Today", state)
        _ = press(&state, x: day.x, y: day.y)
        #expect(state.reading.chosen == nil)
    }

    @Test func aClickOnWhatCanBeDoneToAMessageDoesIt() throws {
        var state = Fixture.state(120, 40)
        _ = press(&state, x: 60, y: try place("see you there", state).y)
        let details = try place("details", state)
        _ = press(&state, x: details.x, y: details.y)
        guard case .details(let shown) = state.overlay else {
            Issue.record("no details")
            return
        }
        #expect(shown.entry.text == "see you there")
        state.press(Key(.escape))
        let copy = try place("Alt-C copy", state)
        #expect(press(&state, x: copy.x, y: copy.y) == [.copy("see you there")])
    }

    @Test func theWheelTurnsWhatIsUnderIt() {
        var state = Fixture.state(100, 8)
        _ = press(&state, .wheelUp, x: 80, y: 4)
        #expect(state.reading.position != .newest)
        let selected = state.selected
        _ = press(&state, .wheelDown, x: 3, y: 4)
        #expect(state.listedInView.startIndex == 1)
        #expect(state.selected == selected)
        for _ in 0..<50 { _ = press(&state, .wheelDown, x: 3, y: 4) }
        #expect(!state.listedInView.isEmpty)
        for _ in 0..<50 { _ = press(&state, .wheelUp, x: 3, y: 4) }
        #expect(state.listedInView.startIndex == 0)
        state.press(Key(.tab))
        #expect(state.listedInView.contains { $0.id == state.selected })
    }

    @Test func draggingTheLineBetweenThePanesMovesIt() {
        var state = Fixture.state(100, 30)
        let x = state.layout.groups.upperBound
        _ = press(&state, x: x, y: 10)
        _ = press(&state, .drag, x: 50, y: 11)
        #expect(state.layout.groups.upperBound == 50)
        _ = press(&state, .drag, x: 99, y: 11)
        #expect(state.layout.conversation.count >= 29)
        _ = press(&state, .drag, x: 0, y: 11)
        #expect(state.layout.groups.count >= 20)
        _ = press(&state, .release, x: 0, y: 11)
        let width = state.layout.groups.count
        _ = press(&state, .drag, x: 60, y: 11)
        #expect(state.layout.groups.count == width)
    }

    @Test func aClickOnAKeysNamePressesIt() throws {
        var state = Fixture.state(100, 30)
        let help = try place("F1 help", state)
        _ = press(&state, x: help.x + 3, y: help.y)
        #expect(state.overlay == .help(scroll: 0))
        // What is behind the help is not pressed.
        state.overlay = nil
        let before = state.selected
        state.overlay = .help(scroll: 0)
        _ = press(&state, x: 5, y: state.layout.list.lowerBound + 3)
        #expect(state.selected == before)
    }

    @Test func aClickOnWhatWasFoundGoesThere() throws {
        var state = Fixture.state(100, 30)
        state.press(.control("f"))
        let found = try place("@tomasz", state)
        _ = press(&state, x: found.x, y: found.y)
        #expect(state.overlay == nil)
        #expect(state.selected == Fixture.tomaszGroup)
    }

    @Test(arguments: [(80, 24), (30, 8), (40, 10)])
    func aClickOnALinkTakesThatOne(size: (Int, Int)) throws {
        let links = [
            "https://a.example", "https://b.example/" + String(repeating: "long/", count: 12), "http://c.example",
        ]
        var state = Fixture.state(
            size.0, size.1, entries: Fixture.entries([Fixture.message(1, links.joined(separator: " "), minutesAgo: 3)]))
        state.press(.alt("o"))
        let drawn = Screen.draw(state)
        var seen: Set<Int> = []
        for y in 0..<size.1 {
            for x in 0..<size.0 {
                guard case .choice(let number) = drawn.target(x: x, y: y) else { continue }
                var clicked = state
                #expect(press(&clicked, x: x, y: y) == [.open(links[number])])
                seen.insert(number)
            }
        }
        #expect(seen.contains(0) && (size.1 < 20 || seen == [0, 1, 2]))
    }

    @Test func whileSomebodyIsLookedUpAClickChoosesNobodyElse() {
        var state = Fixture.state(100, 30)
        let before = state.selected
        state.press(.control("n"))
        for character in "ana" { state.press(Key(.character(character))) }
        state.press(Key(.enter))
        _ = press(&state, x: 5, y: state.layout.list.lowerBound + 3)
        #expect(state.selected == before && state.typeAhead.isWaiting)
    }

    @Test func withShiftTheMouseIsTheTerminals() {
        var state = Fixture.state(100, 30)
        let before = state.selected
        _ = press(&state, x: 5, y: state.layout.list.lowerBound + 3, .shift)
        #expect(state.selected == before)
    }

    @Test func noClickAnywhereIsFatal() {
        for (width, height) in [(1, 1), (3, 2), (20, 5), (59, 10), (60, 3), (100, 30)] {
            for keys in [[], [Key.control("f")], [Key(.function(1))], [Key.control("n")], [Key.control("s")]] {
                var state = Fixture.state(width, height)
                for key in keys { state.press(key) }
                // Each press draws the whole screen.
                for y in stride(from: -1, through: height, by: 1 + height / 6) {
                    for x in stride(from: -1, through: width, by: 1 + width / 6) {
                        for action in [Mouse.Action.press, .drag, .wheelUp, .wheelDown, .release, .other] {
                            _ = press(&state, action, x: x, y: y)
                        }
                    }
                }
                _ = Screen.draw(state)
            }
        }
    }
}
