import ChatClient
import TerminalText
import TestSupport
import Testing
import Timestamps
import Traces

@testable import CruddurDemo
@testable import CruddurTUI

/// The tour: what is said of each step, and what its key does.
struct TourTests {
    private static let steps = TourStep.all

    private func state(_ width: Int = 80, _ height: Int = 24, at name: String? = nil, done: Int = 0) -> AppState {
        Fixture.state(width, height) { state in
            state.stage = []
            state.table.file = "/home/nia/table.sqlite"
            state.tour = name.flatMap(Tour.position(of:)).map { Tour(position: $0, done: done, since: 0) }
        }
    }

    @Test func eachStepHasItsWordsAndEachPressOfTheKeyToo() {
        #expect(Set(Self.steps.map(\.name)) == Set(TourTexts.english.keys))
        for step in Self.steps {
            #expect(TourTexts.english[step.name]?.acts.count == step.acts.count, "\(step.name)")
            #expect((step.fault != nil) == (step.text.seed != nil && step.text.here != nil), "\(step.name)")
        }
        // Every fault there is has a step of its own.
        #expect(Set(Self.steps.compactMap(\.fault)) == Set(SeedFault.allCases))
    }

    @Test func whereThereIsLittleRoomWhatTheKeyDoesIsSaidNevertheless() {
        for step in Self.steps where !step.acts.isEmpty {
            let lines = Screen.draw(state(40, 10, at: step.name)).lines
            #expect(lines.contains { $0.hasPrefix(" F5: ") }, "\(step.name)")
        }
    }

    @Test(arguments: [80, 120])
    func allThatIsSaidHasRoom(_ width: Int) {
        for step in Self.steps {
            for done in 0...step.acts.count {
                let state = state(width, width == 80 ? 24 : 40, at: step.name, done: done)
                let rows = TourScreen.rows(state.tour!, state, width: width)
                // The calls and the table, which are empty here, add three rows at most.
                let facts = rows.count { $0.clusters.first?.text == "▸" }
                let most = done == 0 ? 0 : (step.acts[done - 1].letter == nil ? 0 : 2) + (step.pane == .table ? 1 : 0)
                #expect(
                    rows.count - facts + most < Layout.tourRows, "\(step.name) \(done): \(rows.count - facts) + \(most)"
                )
            }
        }
    }

    @Test(arguments: [102, 110, 120, 200])
    func whatTheSeedDoesAndWhatIsDoneHereStandSideBySide(_ width: Int) {
        for step in Self.steps where step.fault != nil {
            let state = state(width, 40, at: step.name, done: 1)
            let lines = TourScreen.rows(state.tour!, state, width: width).map(\.clusters).filter { row in
                row.contains { $0.text == "│" }
            }
            #expect(!lines.isEmpty, "\(step.name)")
            let places = lines.map { row in Lines.width(Array(row.prefix { $0.text != "│" })) }
            #expect(Set(places).count == 1, "\(step.name): \(places)")
        }
    }

    @Test func theKeyGoesFromStepToStepAndEndsTheTourAtItsEnd() {
        var state = state()
        var presses = 0
        let lena = FoundConversation(id: ConversationID(9), title: UserShort(handle: "lena", displayName: "Lena"))
        repeat {
            state.now = state.now.advanced(bySeconds: 10)
            _ = update(&state, .key(Key(.function(5))))
            _ = update(&state, .person(handle: "lena", .success(lena)))
            presses += 1
        } while state.tour != nil && presses < 100
        #expect(presses == 1 + Self.steps.count + Self.steps.map(\.acts.count).reduce(0, +))
        #expect(state.stage == [] && state.showsList)
    }

    @Test func whatAStepSwitchesOnIsOffWhenOneLeavesItInWhateverWay() {
        for leave in [Event.key(Key(.function(6))), .key(Key(.function(5)))] {
            var state = state(at: "stream-off")
            let effects = update(&state, .key(Key(.function(5))))
            #expect(state.stage == [.streamOff] && effects.contains(.stage(.set(.streamOff, true))))
            state.now = state.now.advanced(bySeconds: 10)
            #expect(update(&state, leave).contains(.stage(.set(.streamOff, false))))
            #expect(state.stage == [])
        }
        var ended = state(at: "move-gap")
        _ = update(&ended, .key(Key(.function(5))))
        #expect(toggleTour(&ended, "").contains(.stage(.set(.moveGap, false))))
        #expect(ended.tour == nil && ended.stage == [])
    }

    @Test func whatItSendsGoesToItsPartnerAndNoDraftIsTouched() {
        var state = state(at: "C")
        state.selection = .init(id: Fixture.tomaszGroup)
        state.draft.insert("for Tomasz, not sent")
        let effects = update(&state, .key(Key(.function(5))))
        let sent = effects.compactMap { effect -> ConversationID? in
            guard case .writing(.send(let submission, let id)) = effect, submission.text == TourTexts.hello else {
                return nil
            }
            return id
        }
        #expect(sent == [Fixture.meiGroup] && state.selected == Fixture.meiGroup)
        #expect(state.drafts[Fixture.tomaszGroup].text == "for Tomasz, not sent")
    }

    @Test func whatIsShownBesideItMayBeChangedAndIsWatchedAllTheTime() {
        var state = state()
        var effects = update(&state, .key(Key(.function(5))))
        #expect(effects.contains(.watchCalls(true)) && effects.contains(.watchTable(true)))
        for key in [3, 3, 2, 2, 3, 2, 5, 5, 6] {
            effects = update(&state, .key(Key(.function(key))))
            #expect(effects.allSatisfy { $0 != .watchCalls(false) && $0 != .watchTable(false) })
            // A second time all would come again.
            #expect(!effects.contains(.watchCalls(true)))
        }
        effects = toggleTour(&state, "")
        #expect(effects.contains(.watchCalls(false)) && effects.contains(.watchTable(false)))
    }

    @Test func whatItWritesToSomebodyNewTouchesNeitherALineNorWhoIsSelected() {
        var state = state(at: "D")
        state.selection = .init(id: Fixture.tomaszGroup)
        state.draft.insert("dear Tomasz, ")
        #expect(update(&state, .key(Key(.function(5)))).contains(.lookUp(handle: "lena")))
        let lena = FoundConversation(id: ConversationID(9), title: UserShort(handle: "lena", displayName: "Lena"))
        let effects = update(&state, .person(handle: "lena", .success(lena)))
        #expect(
            effects.contains {
                if case .writing(.send(let text, let id)) = $0 {
                    text.text == TourTexts.welcome && id == lena.id
                } else {
                    false
                }
            })
        #expect(state.selected == Fixture.tomaszGroup && state.draft.text == "dear Tomasz, " && state.overlay == nil)
        // Once: the answer to somebody else's question sends nothing.
        #expect(update(&state, .person(handle: "lena", .success(lena))).isEmpty)
    }

    @Test func whatCannotBeDoneYetIsNotCounted() {
        var state = state(at: "C")
        let conversations = state.snapshot.conversations
        state.snapshot.conversations = []
        _ = update(&state, .key(Key(.function(5))))
        #expect(state.tour?.done == 0 && state.notice != nil)
        state.snapshot.conversations = conversations
        _ = update(&state, .key(Key(.function(5))))
        #expect(state.tour?.done == 1)
        // Of what goes wrong, the healing must not overtake the message.
        var faulty = self.state(at: "same-time")
        for _ in 0..<3 { _ = update(&faulty, .key(Key(.function(5)))) }
        #expect(faulty.tour?.done == 1 && faulty.stage == [.sameTime])
        faulty.now = faulty.now.advanced(bySeconds: 6)
        _ = update(&faulty, .key(Key(.function(5))))
        #expect(faulty.tour?.done == 2 && faulty.stage == [])
    }

    @Test func aKeyOfTheTourIsNotForWhomeverIsLookedFor() {
        var state = state(at: "E")
        _ = update(&state, .open("tomasz"))
        for key in [Key(.function(5)), Key(.character("h")), Key(.character("i"))] { _ = update(&state, .key(key)) }
        #expect(state.tour?.done == 0)
        let found = FoundConversation(
            id: Fixture.tomaszGroup, title: UserShort(handle: "tomasz", displayName: "Tomasz"))
        _ = update(&state, .person(handle: "tomasz", .success(found)))
        #expect(state.selected == Fixture.tomaszGroup && state.draft.text == "hi" && state.tour?.done == 0)
    }

    @Test(arguments: [(120, 3), (80, 1), (80, 4), (40, 1), (20, 8)])
    func thatSomethingGoesWrongIsSaidAtEveryWidth(_ width: Int, _ faults: Int) {
        var state = state(width, 10)
        state.stage = Set(SeedFault.allCases.prefix(faults))
        let last = Screen.draw(state).lines.last ?? ""
        #expect(last.contains("as the seed: ") || last.contains("SEED"), "\(last)")
    }

    @Test func itIsOnlyWhereItsBackendIs() {
        var state = state()
        state.stage = nil
        for key in 5...8 {
            let effects = update(&state, .key(Key(.function(key))))
            #expect(effects.allSatisfy { $0 == .noteActivity })
        }
        #expect(state.tour == nil && state.overlay == nil && state.notice?.isProblem == true)
    }

    @Test func whatCameOfAnActIsReadFromTheTableAndTheCalls() {
        let state = state(at: "E", done: 1)
        func facts(_ table: [TableRow]) -> [String] {
            TourFacts(state.tour!, [], table, group: "group-mei", me: "nia", state.localTime, .standard).lines
        }
        #expect(
            facts(TableViewTests.table(messages: 2, moved: 1)) == [
                "Nothing has come of it yet.", "your row at 11:11:00.000000, newest message at 11:12:00.000000",
            ])
        #expect(
            facts(TableViewTests.table(messages: 2, moved: 2)).last
                == "your row at 11:12:00.000000, as the newest message")
        // It stands where the newest message does, and tells another one.
        let replaced = TableViewTests.table(messages: 2, moved: 2).map { row in
            row.partition.hasPrefix("MSG#") && row.sort.contains("11:12")
                ? TableRow(
                    partition: row.partition, sort: row.sort, group: row.group, owner: nil, entity: nil,
                    isIndexed: false,
                    text: "@mei: another", json: "") : row
        }
        #expect(facts(replaced).last == "your row at 11:12:00.000000, but it tells a message that is gone")
        let gone = TableViewTests.table(messages: 2, moved: 2).filter { $0.owner != "nia" }
        #expect(facts(gone).last == "no row of yours; newest message at 11:12:00.000000")
    }

    @Test func aFaultIsSwitchedByItsLineAndTheLastLineOfTheScreenSaysSo() {
        var state = state(120, 30)
        _ = update(&state, .key(Key(.function(8))))
        _ = update(&state, .key(Key(.down)))
        #expect(update(&state, .key(Key(.enter))) == [.stage(.set(.streamLate, true))])
        #expect(state.stage == [.streamLate])
        let screen = Screen.draw(state).lines
        #expect(screen.contains { $0.contains("[x] stream-late") })
        #expect(screen.last?.contains("as the seed: stream-late") == true)
        #expect(update(&state, .key(Key(.enter))) == [.stage(.set(.streamLate, false))])
        _ = update(&state, .key(Key(.escape)))
        #expect(update(&state, .key(Key(.function(7)))) == [.stage(.set(.streamOff, true))])
        #expect(update(&state, .key(Key(.function(7)))) == [.stage(.set(.streamOff, false))])
    }
}
