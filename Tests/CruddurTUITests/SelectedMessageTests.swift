import ChatClient
import TerminalText
import Testing
import Timestamps

@testable import CruddurTUI

/// One message is selected, and what can be done with it is told and done.
struct SelectedMessageTests {
    private func state(_ texts: String..., width: Int = 100) -> AppState {
        Fixture.state(
            width, 24,
            entries: Fixture.entries(
                texts.enumerated().map { Fixture.message($0.offset, $0.element, minutesAgo: 60 - Double($0.offset)) }))
    }

    /// Braille displays and screen readers follow the cursor.
    @Test(arguments: [(80, 24), (40, 10), (120, 40)])
    func theCursorStandsAtWhatIsSelected(size: (Int, Int)) throws {
        var state = Fixture.state(size.0, size.1)
        let writing = try #require(Screen.draw(state).cursor)
        #expect(state.layout.compose.contains(writing.y))
        for _ in 0..<4 {
            state.press(Key(.up, .alt))
            let canvas = Screen.draw(state)
            let cursor = try #require(canvas.cursor)
            #expect(state.layout.transcript.contains(cursor.y))
            #expect(canvas.rows[cursor.y][cursor.x].style.role == .selection)
        }
        state.type("x")
        #expect(Screen.draw(state).cursor.map { state.layout.compose.contains($0.y) } == true)
        guard size.0 < 60 else { return }
        state = Fixture.state(size.0, size.1) { $0.pane = .groups }
        for title in ["Mei Tanaka", "Tomasz"] {
            let canvas = Screen.draw(state)
            let cursor = try #require(canvas.cursor)
            #expect(canvas.lines[cursor.y].contains(title))
            state.press(Key(.down))
        }
    }

    @Test func altUpSelectsTheNewestInViewFirstAndGoesUpFromThere() {
        var state = state("one", "two", "three")
        state.press(Key(.up, .alt))
        #expect(state.chosen?.text == "three")
        state.press(Key(.up, .alt))
        #expect(state.chosen?.text == "two")
        let screen = Screen.draw(state)
        let row = screen.lines.firstIndex { $0.contains("›two") } ?? 0
        // Without colour too.
        #expect(screen.rows[row].contains { $0.style == Theme.selection })
        #expect(screen.lines.joined(separator: "\n").contains("Alt-C copy"))
        state.press(Key(.escape))
        #expect(state.chosen == nil)
    }

    @Test func theSelectedMessageIsAlwaysInView() {
        let many = (0..<300).map { Fixture.message($0, "number \($0).", minutesAgo: Double(3000 - $0)) }
        var state = Fixture.state(80, 24, entries: Fixture.entries(many))
        for step in 0..<120 {
            state.press(Key(.up, .alt))
            #expect(Screen.draw(state).lines.contains { $0.contains("›number \(299 - step).") }, "\(step)")
        }
        for step in 1..<120 {
            state.press(Key(.down, .alt))
            #expect(Screen.draw(state).lines.contains { $0.contains("›number \(180 + step).") }, "\(step)")
        }
    }

    @Test func itsTextIsCopiedExactly() {
        var state = state("a\u{202E}b\nc\u{0}")
        #expect(state.press(.alt("c")) == [.copy("a\u{202E}b\nc\u{0}")])
    }

    @Test func aLinkIsShownWholeBeforeItIsOpened() {
        let link =
            "https://example.org/a-very-long/path-with/hyphens-and/slashes?q=" + String(repeating: "x", count: 120)
        var state = state("see \(link).", width: 60)
        #expect(state.press(.alt("o")) == [])
        let shown = Screen.draw(state).lines.joined().filter { !" │└┘─".contains($0) }
        #expect(shown.contains(link))
        #expect(state.press(Key(.enter)) == [.open(link)])
        #expect(state.overlay == nil)
    }

    @Test func aMessageWithoutALinkSaysSo() {
        var state = state("no link")
        #expect(state.press(.alt("o")) == [])
        #expect(state.overlay == nil && state.notice?.text.contains("No link") ?? false)
    }

    @Test(arguments: [
        ("see https://a.example/b.", ["https://a.example/b"]),
        ("(https://a.example/b_(c))", ["https://a.example/b_(c)"]),
        ("<http://a.example>", ["http://a.example"]), ("HTTPS://A.example/x, and", ["HTTPS://A.example/x"]),
        ("https://a.example https://a.example", ["https://a.example"]), ("nohttps://a.example", []),
        ("https://", []), ("https://a\u{202E}b", ["https://a"]), ("見てhttps://例え.jp/道", ["https://例え.jp/道"]),
        ("javascript:alert(1) file:///etc/passwd", []), ("https://a.example/\u{1B}[31m", ["https://a.example/"]),
    ])
    func linksAreWhatAPersonTakesForThem(text: String, links: [String]) {
        #expect(Links.all(in: text) == links)
    }

    @Test func theChosenLinkIsCopiedWholeAndItsMessageStaysSelected() {
        var state = state("see https://a.example/x-y and https://b.example")
        state.press(.alt("o"))
        state.press(Key(.down))
        #expect(state.press(.alt("c")) == [.copy("https://b.example")])
        #expect(state.overlay == nil && state.chosen != nil)
        #expect(state.notice?.text == "Copied: “https://b.example”")
    }

    @Test(arguments: [(80, 24), (40, 10), (30, 12)])
    func whatCanBeDoneWithALinkIsToldInWholeWords(size: (Int, Int)) {
        var state = Fixture.state(
            size.0, size.1, entries: Fixture.entries([Fixture.message(1, "https://a.example", minutesAgo: 3)]))
        state.press(.alt("o"))
        let screen = Screen.draw(state).lines.map { $0.filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == " " } }
            .joined(separator: " ").split(separator: " ").joined(separator: " ")
        #expect(screen.contains("Enter opens it in your browser Esc goes back Alt-C copies it"), "\(screen)")
    }

    @Test func aQuoteStandsInTheComposeLineWithTheCursorBelow() {
        var state = state("one\ntwo")
        state.press(.alt("q"))
        state.type("yes")
        #expect(state.draft.text == "> one\n> two\nyes")
    }

    @Test func detailsTellWhatCannotBeSeen() {
        var state = state("a\u{202E}b")
        state.press(.alt("i"))
        let screen = Screen.draw(state).lines.joined(separator: "\n")
        for fact in ["U+0061 a", "U+202E", "2026-11-24T11:00:00", "m0", "@mei"] {
            #expect(screen.contains(fact), "\(fact)")
        }
    }

    @Test func whoWritesHasLetGo() {
        var state = state("one")
        state.press(Key(.up, .alt))
        state.type("x")
        #expect(state.chosen == nil && state.draft.text == "x")
    }

    @Test func theNextUnreadConversationIsGoneToAndIfThereIsNoneThatIsSaid() {
        var state = Fixture.state(80, 24)
        state.press(.alt("a"))
        #expect(state.selected == Fixture.tomaszGroup)
        state.press(.alt("a"))
        #expect(state.selected == Fixture.longGroup)
        state.press(.alt("a"))
        #expect(state.selected == Fixture.tomaszGroup)
        var snapshot = state.snapshot
        snapshot.conversations.removeSubrange(1...2)
        _ = update(&state, .snapshot(snapshot))
        state.press(.alt("a"))
        #expect(state.notice?.text.contains("No other conversation") ?? false)
    }

    @Test func whoIsLookedForAtTheStartIsTheFirstToBeRead() {
        var state = Fixture.starting()
        #expect(update(&state, .open("@mei")).contains(.lookUp(handle: "mei")))
        let known = Fixture.state(80, 24).snapshot
        let effects = update(&state, .snapshot(known))
        #expect(state.selected == nil && effects.allSatisfy { if case .showing = $0 { false } else { true } })
        _ = update(&state, .person(handle: "mei", .success(.init(id: Fixture.meiGroup, title: Fixture.mei))))
        #expect(state.selected == Fixture.meiGroup && state.overlay == nil)
    }
}
