import ChatClient
import TerminalText
import Testing
import Timestamps

@testable import CruddurTUI

/// What stands in front of the chat and has more rows than there is room for.
struct LongTextTests {
    private typealias Scene = (name: String, prepare: @Sendable (inout AppState) -> Void)
    private static let texts: [Scene] =
        GoldenScenes.all.filter { ["help", "call", "item"].contains($0.name) } + [("details", longDetails)]

    @Sendable private static func longDetails(_ state: inout AppState) {
        let message = Fixture.message(1, String(repeating: "a long one ", count: 20), minutesAgo: 1)
        state.snapshot.transcript = Transcript(
            id: Fixture.meiGroup, title: Fixture.mei, entries: Fixture.entries([message]), isLoaded: true)
        _ = update(&state, .snapshot(state.snapshot))
        state.press(Key(.up, .alt), .alt("i"))
    }

    private static let sizes = [(80, 24), (84, 18), (40, 10), (24, 6), (120, 12)]

    private func lines(_ state: AppState) -> [String] { Screen.draw(state).lines }

    @Test(arguments: texts.indices, sizes.indices)
    func aKeyTooManyAtTheEndIsNoKeyTooManyBack(text: Int, size: Int) {
        let (width, height) = Self.sizes[size]
        var state = Fixture.state(width, height, change: Self.texts[text].prepare)
        guard state.longText?.hasMore == true else { return }
        func wheel(_ action: Mouse.Action) { _ = update(&state, .mouse(Mouse(action: action, x: 3, y: 3), on: nil)) }
        func first() -> [Cluster]? { state.longText?.seen.first }
        let (top, screen) = (first(), lines(state))
        for key in [Key(.pageDown), Key(.down)] {
            while state.longText?.hasMore == true { state.press(key) }
            let (end, last) = (first(), lines(state))
            #expect(last != screen, "\(Self.texts[text].name)")
            // Three too many, and the wheel as well.
            state.press(key, key, key)
            wheel(.wheelDown)
            #expect(first() == end && lines(state) == last)
            state.press(key == Key(.down) ? Key(.up) : Key(.pageUp))
            #expect(state.longText?.scrolled(by: 0) != state.longText?.scrolled(by: 10_000))
            while state.longText?.scrolled(by: 0) != 0 { wheel(.wheelUp) }
            state.press(Key(.pageUp), Key(.up))
            #expect(first() == top && lines(state) == screen)
            wheel(.wheelDown)
            #expect(lines(state) != screen)
            wheel(.wheelUp)
        }
    }

    @Test(arguments: texts.indices)
    func whereTheEndWasBeforeTheTerminalGrewIsNoPlaceBehindTheEnd(text: Int) {
        var state = Fixture.state(40, 8, change: Self.texts[text].prepare)
        while state.longText?.hasMore == true { state.press(Key(.pageDown)) }
        state.press(Key(.pageDown), Key(.pageDown))
        _ = update(&state, .resize(CellSize(width: 100, height: 20)))
        let place = state.longText?.scrolled(by: 0) ?? 0
        state.press(Key(.up))
        #expect(state.longText?.scrolled(by: 0) == max(0, place - 1), "\(Self.texts[text].name)")
    }

    @Test(arguments: texts.indices)
    func itsFrameStandsStillWhileItIsScrolled(text: Int) {
        var state = Fixture.state(84, 18, change: Self.texts[text].prepare)
        func frame() -> String? { lines(state).first { $0.contains("└") } }
        let first = frame()
        for _ in 0..<12 {
            state.press(Key(.pageDown))
            #expect(frame() == first, "\(Self.texts[text].name)")
        }
    }

    @Test func thatThereIsMoreIsSaidWhereThereIs() {
        var state = Fixture.state(84, 18) { $0.press(Key(.function(1))) }
        var painter = Painter()
        #expect(painter.draw(state).lines.last?.contains("PageDown more") == true)
        while state.longText?.hasMore == true { state.press(Key(.pageDown)) }
        #expect(painter.draw(state).lines.last?.contains("more") == false)
        #expect(painter.draw(state).lines.last?.contains("Esc close") == true)
    }

    @Test func allKindsAreThere() { #expect(Self.texts.count == 4) }

    @Test func theHelpTellsWhatIsTypedAndHowKeysBecomeOnesOwn() {
        let help = Fixture.state(100, 30) { $0.press(Key(.function(1))) }
        let rows = HelpText.rows(help.keys, in: 100).map { $0.map(\.text).joined() }.joined(separator: "\n")
        for typed in TypedCommand.all { #expect(rows.contains(typed.usage), "\(typed.usage)") }
        #expect(rows.contains("cruddur keys") && rows.contains("cruddur help files"))
    }
}
