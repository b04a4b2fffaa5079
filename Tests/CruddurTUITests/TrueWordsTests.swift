import ChatClient
import TerminalText
import Testing
import Timestamps

@testable import CruddurTUI

/// What the screen says is true, at every width.
struct TrueWordsTests {
    private func lines(_ width: Int, _ change: (inout AppState) -> Void) -> [String] {
        Screen.draw(Fixture.state(width, 24, change: change)).lines
    }

    private static let reasons = [
        "cannot reach the server (connection refused)", "the server does not know it (404)",
        "cannot reach Cognito (no such host)", "the server has a problem (500)",
    ]

    @Test(arguments: reasons, [40, 60, 80, 100, 120, 140])
    func whyItIsOfflineComesFirst(reason: String, width: Int) {
        let status =
            lines(width) {
                $0.snapshot.connection.state = .offline(
                    reason: reason, since: Fixture.now.advanced(bySeconds: -600),
                    nextTry: Fixture.now.advanced(bySeconds: 12))
            }.last ?? ""
        let start = status.drop { $0 == " " }
        #expect(start.hasPrefix(reason.prefix(20)) || start.hasPrefix("offline: " + reason.prefix(20)), "\(status)")
        if width >= 60 { #expect(status.contains(reason), "\(status)") }
        if width >= 100 { #expect(status.contains("offline since 11:50"), "\(status)") }
        if width >= 120 { #expect(status.contains("next try 12:00:12"), "\(status)") }
    }

    @Test(arguments: reasons)
    func anEmptyListSaysWhyItIsEmpty(reason: String) {
        let list = Screen.draw(
            {
                var state = Fixture.starting()
                state.snapshot.connection.state = .offline(reason: reason, since: Fixture.now, nextTry: nil)
                return state
            }()
        ).lines.map { String($0.prefix(28)) }
        let text = list.joined().split(separator: " ").joined(separator: " ")
        #expect(text.contains("No conversations to show: \(reason)."), "\(text)")
        #expect(!text.contains("has not answered"))
    }

    @Test func unreadMessagesAreCountedAsMessages() {
        #expect(lines(120) { _ in }[0].contains("Conversations · 23+ unread in 2"))
        #expect(lines(80) { _ in }[0].contains("Conversations · 23+ unread"))
    }

    @Test func theStreamsLagIsThatOfTheSelectedConversation() {
        let mei = Fixture.conversations[0]
        var state = Fixture.state(100, 24)
        state.snapshot.conversations[0] = ConversationSummary(
            id: mei.id, title: mei.title, preview: mei.preview, at: mei.at, listedAfter: 0.44)
        #expect(Screen.draw(state).lines.joined().contains("stream lag, as polled: 0.4 s"))
        state.press(Key(.tab))
        #expect(!Screen.draw(state).lines.joined().contains("stream lag"))
    }

    @Test func aConversationWithoutAMessageHasNoTime() {
        let screen = lines(100) {
            $0.snapshot.conversations[0] = ConversationSummary(
                id: Fixture.meiGroup, title: Fixture.mei, preview: "", at: nil)
        }
        #expect(screen[2].contains("new ") && !screen[2].contains("now"))
    }

    @Test(arguments: [20, 34, 51, 80, 120])
    func theWordsOfAGapAreWhole(width: Int) {
        let time = LocalTime { _ in 0 }
        let gaps = [(180.0, 1620.0), (86_400 * 2, 1620.0)].map { before, after in
            GapLine.text(
                from: Fixture.now.advanced(bySeconds: -before - 1740), to: Fixture.now.advanced(bySeconds: -180),
                width: width - 2, time)
        }
        for gap in gaps + [GapLine.text(from: Fixture.now, to: nil, width: width - 2, time)] {
            #expect(Lines.width(Lines.single(gap)) <= width - 2, "\(gap)")
            #expect(gap.contains("missing"))
        }
        if width >= 51 { #expect(gaps[0].contains("messages between") && gaps[0].contains("may be missing")) }
    }

    // MARK: When there is something to wake up for

    private func tick(_ change: (inout AppState) -> Void = { _ in }) -> Double? {
        Fixture.state(80, 24, change: change).nextTick.map { $0.seconds(since: Fixture.now) }
    }

    @Test func onlyATimeOnScreenThatChangesWakesAnybodyUp() {
        // Mei's message was three minutes ago: it will be four in a minute.
        #expect(tick() == 60)
        // Two hours, a month and a year: the next to change is the hour.
        #expect(tick { $0.snapshot.conversations.removeFirst() } == 3600)
        // Dates stay until the day ends.
        #expect(tick { $0.snapshot.conversations.removeFirst(2) } == 43_200)
        #expect(Fixture.starting().nextTick == nil)
    }

    @Test(arguments: [0, 1, 29, 59, 60, 61, 3599, 3600, 7201, 86_399])
    func nothingOnScreenHasChangedBeforeTheTickAndSomethingHasAfterIt(age: Int) {
        var state = Fixture.state(80, 24) {
            $0.snapshot.conversations = [
                ConversationSummary(
                    id: Fixture.meiGroup, title: Fixture.mei, preview: "",
                    at: Fixture.now.advanced(bySeconds: -Double(age)))
            ]
        }
        let before = Screen.draw(state).lines
        guard let tick = state.nextTick else { return #expect(Bool(false)) }
        // It comes at a whole minute: a row may be that much late, and no more.
        #expect(tick > state.now && tick.microseconds.isMultiple(of: 60_000_000))
        state.now = tick.advanced(bySeconds: -60)
        if state.now > Fixture.now { #expect(Screen.draw(state).lines == before) }
        state.now = tick
        #expect(Screen.draw(state).lines != before)
    }

    @Test func aNoticeIsSaidWhole() {
        let text = "Your own handle is not known, so your messages stand as somebody else's: set handle."
        let screen = lines(80) { $0.notice = .init(text: text, isProblem: true) }
        let pane = screen.map { String($0.drop { $0 != "│" && $0 != "├" }.dropFirst()) }
        let words = pane.joined(separator: " ").split { $0 == " " || $0 == "─" }
        #expect(words.joined(separator: " ").contains(text))
    }
}
