import ChatClient
import Foundation
import TerminalText
import Testing
import Timestamps

@testable import CruddurTUI

/// What somebody who sees it for the first time takes for granted.
struct NewcomerTests {
    private func lines(_ state: AppState) -> [String] { Screen.draw(state).lines }
    private func last(_ state: AppState) -> String { lines(state).last ?? "" }

    private func tells(_ line: String, _ pattern: String) -> Bool {
        line.range(of: pattern, options: .regularExpression) != nil
    }

    // MARK: Reading

    @Test(arguments: [(80, 24), (40, 10), (120, 40), (50, 7)])
    func aScrolledPageKeepsTheDayOfItsFirstRow(width: Int, height: Int) {
        var state = Fixture.state(
            width, height, entries: Fixture.entries((0..<200).map { Fixture.message($0, "m\($0)", minutesAgo: 2880) }))
        #expect(lines(state).prefix(2).joined().contains("Sunday, 22 Nov 2026"))
        state.press(Key(.pageUp), Key(.pageUp))
        #expect(lines(state).prefix(2).joined().contains("Sunday, 22 Nov 2026"))
        state.press(Key(.home, .control))
        // Its own row tells it there: not twice.
        #expect(lines(state).joined(separator: "\n").components(of: "Sunday, 22 Nov 2026") == 1)
    }

    @Test func previewsSayWhoWroteAndHowFarItHasCome() {
        for (state, mark) in [
            (Outgoing.State.queued, "◦ You: soon"), (.failed(reason: "no"), "! You: soon"),
            (.unsure(reason: "no"), "? You: soon"),
        ] {
            let screen = lines(
                Fixture.state(80, 24) {
                    $0.snapshot.conversations[1] = ConversationSummary(
                        id: Fixture.tomaszGroup, group: "g", title: Fixture.tomasz.title, preview: "soon",
                        at: Fixture.now,
                        previewState: state, isPreviewOwn: true, unsent: 1)
                })
            #expect(screen.joined(separator: "\n").contains(mark))
        }
        let theirs = lines(Fixture.state(80, 24)).joined(separator: "\n")
        #expect(!theirs.contains("You: see you there"))
    }

    @Test func aConversationThatNobodyHasAnsweredYetIsNewAndNotOfNow() {
        let screen = lines(
            Fixture.state(100, 24) {
                $0.snapshot.conversations[0] = ConversationSummary(
                    id: Fixture.meiGroup, title: Fixture.mei, preview: "hello", at: Fixture.now,
                    previewState: .failed(reason: "no"), isPreviewOwn: true, unsent: 1)
            })
        #expect(screen[2].contains(" new ") && !screen[2].contains("now"))
    }

    @Test(arguments: [120, 200, 300])
    func aMarkStandsNearItsText(width: Int) {
        let screen = lines(
            Fixture.state(width, 30, entries: Fixture.entries([Fixture.message(2, "Yes", from: "nia", minutesAgo: 3)])))
        let row = Array(screen.first { $0.contains("✓") } ?? "")
        let text = row.lastIndex(of: "Y") ?? 0
        #expect(row.firstIndex(of: "✓").map { $0 - text < TranscriptRows.widest + 2 } ?? false)
    }

    @Test func theCompactDensityHasARowForAMessage() {
        let turns = (0..<40).map {
            Fixture.message($0, "m\($0)", from: $0.isMultiple(of: 2) ? "mei" : "nia", minutesAgo: Double(400 - $0))
        }
        var state = Fixture.state(80, 24, entries: Fixture.entries(turns))
        let airy = lines(state).count { tells($0, "m[0-9]+ ") }
        state.type("/compact")
        state.press(Key(.enter))
        let compact = lines(state).count { tells($0, "m[0-9]+ ") }
        #expect(airy < 9 && compact >= 18, "\(airy), \(compact)")
        #expect(lines(state).contains { tells($0, "Mei Tanaka 0[0-9]:[0-9]+ m[0-9]+ ") })
        #expect(AppState.sent(state.press(Key(.enter))).isEmpty)
    }

    // MARK: The last line

    @Test func aServerThatIsSilentIsNotCalledConnected() {
        var state = Fixture.state(100, 24) {
            $0.snapshot.connection = Connection(
                state: .online, lastRefresh: Fixture.now.advanced(bySeconds: -46),
                answerDue: Fixture.now.advanced(bySeconds: 2))
        }
        #expect(last(state).contains("connected"))
        // It wakes up to say so.
        guard let tick = state.nextTick else { return #expect(Bool(false)) }
        #expect(tick.seconds(since: Fixture.now) < 3)
        state.now = tick
        #expect(!last(state).contains("connected") && last(state).contains("silent since 11:59:14"))
        #expect(last(state).contains("^R try again"))
    }

    @Test(arguments: [80, 100, 120])
    func theKeysToFindThingsAreToldWhereThereIsRoom(width: Int) {
        let line = last(Fixture.state(width, 24))
        for hint in ["F1 help", "^N new", "^F find", "^S search", "^Q quit"] { #expect(line.contains(hint), "\(line)") }
    }

    @Test func theLastLineTellsTheKeysOfWhatIsInFront() {
        var state = Fixture.state(80, 24)
        state.press(.control("s"))
        #expect(last(state).contains("Enter go there") && last(state).contains("Esc close"))
        #expect(!last(state).contains("^N"))
    }

    @Test func refreshingEnds() {
        var state = Fixture.state(80, 24)
        #expect(state.press(.control("r")) == [.refresh])
        #expect(state.notice?.text == "Refreshing…")
        _ = update(&state, .snapshot(state.snapshot))
        #expect(state.notice?.text == "Refreshing…")
        var answered = state.snapshot
        answered.connection.lastRefresh = Fixture.now
        _ = update(&state, .snapshot(answered))
        #expect(state.notice?.text == "Refreshed.")
        state.press(.control("r"))
        answered.connection.state = .offline(reason: "no such host", since: Fixture.now, nextTry: nil)
        _ = update(&state, .snapshot(answered))
        #expect(state.notice?.text == "Could not refresh: no such host.")
    }

    // MARK: What was not sent

    private let waiting = [
        Fixture.outgoing(7, "lost one", .failed(reason: "no")), Fixture.outgoing(8, "lost two", .failed(reason: "no")),
        Fixture.outgoing(9, "behind them", .queued),
    ]

    @Test func ofSeveralTheOneThatIsMeantIsShownBeforeAnythingIsDone() {
        var state = Fixture.state(100, 24, entries: Fixture.entries() + waiting)
        #expect(state.press(.alt("x")) == [])
        #expect(state.reading.chosen == .outgoing(.init(7)))
        #expect(state.notice?.text.contains("lost one") ?? false)
        state.press(Key(.down, .alt))
        #expect(state.press(.alt("x")) == [.discard(.init(8), in: Fixture.meiGroup)])
    }

    @Test func whatIsDiscardedIsSaidAndUndoBringsItBack() {
        var state = Fixture.state(100, 24, entries: Fixture.entries() + [waiting[0]])
        state.press(.alt("x"))
        _ = update(&state, .discarded("lost one", in: Fixture.meiGroup))
        #expect(state.notice?.text.contains("Discarded: “lost one”") ?? false)
        state.press(.control("_"))
        #expect(state.draft.text == "lost one")
        // Once, and not into another conversation.
        state.press(.control("_"))
        #expect(state.draft.text != "lost one\nlost one")
        _ = update(&state, .discarded("other", in: Fixture.meiGroup))
        state.press(Key(.tab), .control("_"))
        #expect(state.draft.text.isEmpty)
    }

    @Test func whatWentMeanwhileIsNotCalledDiscarded() {
        var state = Fixture.state(100, 24)
        _ = update(&state, .discarded(nil, in: Fixture.meiGroup))
        #expect(state.notice?.text.contains("on its way") ?? false)
    }

    @Test func aMessageThatIsMarkedAsWaitingIsNotSaidNotToWait() {
        var state = Fixture.state(100, 24, entries: Fixture.entries() + [Fixture.outgoing(1, "soon", .queued)])
        #expect(state.press(.alt("r")) == [.refresh])
        #expect(state.notice?.text.contains("soon") ?? false)
        state = Fixture.state(100, 24, entries: Fixture.entries() + waiting)
        state.reading.chosen = .outgoing(.init(9))
        #expect(state.press(.alt("r")) == [])
        #expect(state.reading.chosen == .outgoing(.init(7)) && state.notice?.text.contains("lost one") ?? false)
    }

    // MARK: Commands in the compose line

    @Test func whatLooksLikeACommandAndIsNoneIsAskedAbout() {
        var state = Fixture.state(80, 24)
        state.type("/hepl me")
        #expect(state.press(Key(.enter)) == [])
        #expect(state.notice?.text.contains("/hepl") ?? false)
        #expect(state.draft.text == "/hepl me")
        #expect(AppState.sent(state.press(Key(.enter))) == ["/hepl me": Fixture.meiGroup])
        // Whoever changes it is asked again.
        state.type("/etc/passwd")
        state.press(Key(.enter))
        state.type("x")
        #expect(AppState.sent(state.press(Key(.enter))).isEmpty)
    }

    @Test func aDoubledSlashSendsOne() {
        var state = Fixture.state(80, 24)
        state.type("//help is a command")
        #expect(AppState.sent(state.press(Key(.enter))) == ["/help is a command": Fixture.meiGroup])
    }

    @Test(arguments: TypedCommand.all.map(\.name))
    func aCommandIsDoneAndNeverSent(name: String) {
        var state = Fixture.state(80, 24)
        state.type("/\(name)")
        let effects = state.press(Key(.enter))
        #expect(AppState.sent(effects).isEmpty)
        #expect(state.drafts.texts.allSatisfy { !$0.contains("/\(name)") })
    }

    @Test func aCommandTakesWhatStandsBehindIt() {
        var state = Fixture.state(80, 24)
        state.type("/find tomasz")
        state.press(Key(.enter))
        guard case .findGroup(let finder) = state.overlay else { return #expect(Bool(false)) }
        #expect(finder.input.text == "tomasz")
        state.press(Key(.escape))
        state.type("/new lena")
        #expect(state.press(Key(.enter)) == [.lookUp(handle: "lena")])
    }

    @Test func tabCompletesACommandAndElseGoesOn() {
        var state = Fixture.state(80, 24)
        state.type("/hel")
        state.press(Key(.tab))
        #expect(state.draft.text == "/help " && state.selected == Fixture.meiGroup)
        state.draft = TextBuffer("half a text")
        state.press(Key(.tab))
        #expect(state.selected == Fixture.tomaszGroup)
    }

    // MARK: Contrast

    @Test func noWordIsWrittenInAColourThatSomeBackgroundSwallows() {
        var state = Fixture.state(100, 30, entries: Fixture.entries(unread: 2) + waiting) {
            $0.snapshot.isProductionOffline()
        }
        state.drafts[Fixture.tomaszGroup] = TextBuffer("a draft")
        for cell in Screen.draw(state).rows.joined()
        where cell.cluster.text.contains(where: { $0.isLetter || $0.isNumber }) {
            #expect(cell.style.color == -1, "\(cell.cluster.text)")
        }
    }
}

extension ChatSnapshot {
    fileprivate mutating func isProductionOffline() {
        connection.state = .offline(reason: "no such host", since: Fixture.now, nextTry: nil)
    }
}

extension String {
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
