import ChatClient
import Foundation
import TerminalText
import Testing
import Timestamps

@testable import CruddurTUI

/// What somebody is told who does not look.
struct TellingTests {
    /// Nobody looks, and `count` conversations of three get a message each, one after the other.
    private func away(
        _ means: NotificationSettings.Means = .desktop, text: Bool = false, quiet: QuietHours? = nil,
        change: (inout AppState) -> Void = { _ in }
    ) -> AppState {
        var state = Fixture.state(100, 24)
        state.telling.settings = .init(means: means, tellsText: text, quietHours: quiet, setsTitle: true)
        _ = update(&state, .focus(false))
        change(&state)
        return state
    }

    private func unread(_ state: AppState, _ counts: [Int], keeping: ConversationKeeping = []) -> ChatSnapshot {
        var snapshot = state.snapshot
        for (place, count) in counts.enumerated() {
            let old = snapshot.conversations[place]
            snapshot.conversations[place] = ConversationSummary(
                id: old.id, group: old.group, title: old.title, preview: "a\u{1B}]0;x\u{7} text", at: old.at,
                unread: old.unread + count, keeping: keeping)
        }
        return snapshot
    }

    private func told(_ state: AppState, _ snapshot: ChatSnapshot) -> [Effect] {
        var state = state
        return update(&state, .snapshot(snapshot)).filter {
            switch $0 {
            case .terminal(.bell), .terminal(.tell), .asking(.tell): true
            default: false
            }
        }
    }

    private func body(_ effects: [Effect]) -> String? {
        guard effects.count == 1, case .asking(.tell(let told)) = effects[0] else { return nil }
        return told.body
    }

    @Test func whatComesIsToldOnceAndNotWhatWasThere() {
        let state = away()
        #expect(body(told(state, unread(state, [1]))) == "A message from @mei")
        #expect(body(told(state, unread(state, [2]))) == "2 messages from @mei")
        #expect(body(told(state, unread(state, [1, 1]))) == "2 messages from @mei, @tomasz")
        #expect(told(state, state.snapshot).isEmpty)
        // The first list of all is no news.
        var starting = away()
        starting.snapshot.hasGroups = false
        #expect(told(starting, unread(state, [1])).isEmpty)
    }

    @Test func aTextIsToldOnlyToWhoWantsIt() {
        let state = away(text: true)
        #expect(body(told(state, unread(state, [1]))) == "@mei: a\u{1B}]0;x\u{7} text")
        #expect(body(told(state, unread(state, [1, 1]))) == "2 messages from @mei, @tomasz")
    }

    @Test func nothingIsToldToWhoLooks() {
        var looking = away()
        _ = update(&looking, .focus(true))
        #expect(told(looking, unread(looking, [0, 1])).isEmpty)
        // Where the terminal says nothing, a key counts for a minute.
        var silent = Fixture.state(100, 24)
        silent.telling.settings = .init(means: .desktop)
        _ = update(&silent, .key(Key(.left)))
        #expect(told(silent, unread(silent, [0, 1])).isEmpty)
        silent.now = silent.now.advanced(bySeconds: Telling.attention)
        #expect(told(silent, unread(silent, [0, 1])).count == 1)
    }

    @Test func ofAMutedConversationAndInQuietHoursNothingIsTold() throws {
        let state = away()
        #expect(told(state, unread(state, [1], keeping: .muted)).isEmpty)
        #expect(state.windowTitle == "(23) Cruddur")
        var muted = state
        muted.snapshot = unread(state, [1, 1, 1], keeping: .muted)
        #expect(muted.windowTitle == "Cruddur")
        // It is noon.
        let quiet = away(quiet: QuietHours("11:59-12:01"))
        #expect(told(quiet, unread(quiet, [1])).isEmpty)
        let loud = away(quiet: QuietHours("12:01-11:59"))
        #expect(told(loud, unread(loud, [1])).count == 1)
        let night = away(quiet: QuietHours("22:00-07:00"))
        #expect(told(night, unread(night, [1])).count == 1)
    }

    @Test(arguments: [
        (NotificationSettings.Means.none, 0), (.bell, 1), (.terminal, 1), (.desktop, 1), (.command, 1),
    ])
    func itIsToldAsIsWanted(means: NotificationSettings.Means, count: Int) {
        let state = away(means)
        let effects = told(state, unread(state, [1]))
        #expect(effects.count == count)
        switch (means, effects.first) {
        case (.none, nil), (.bell, .terminal(.bell)), (.terminal, .terminal(.tell)), (.desktop, .asking(.tell)),
            (.command, .asking(.tell)):
            break
        default: Issue.record("\(means): \(effects)")
        }
    }

    @Test func aLostConnectionIsToldOnceAndItsEnd() {
        var state = away()
        var offline = state.snapshot
        offline.connection = Connection(state: .offline(reason: "no network", since: state.now, nextTry: nil))
        let online = state.snapshot
        func take(_ snapshot: ChatSnapshot) -> String? { body(update(&state, .snapshot(snapshot))) }
        #expect(take(offline) == "no network")
        #expect(take(offline) == nil)
        #expect(take(online) == "Connected again.")
        // A line that comes and goes.
        state.now = state.now.advanced(bySeconds: 60)
        #expect(take(offline) == nil && take(online) == nil)
        state.now = state.now.advanced(bySeconds: Telling.lossesApart)
        #expect(take(offline) == "no network" && take(online) == "Connected again.")
    }

    @Test(arguments: [
        (["TERM": "xterm-kitty"], "\u{1B}]99;"), (["TERM": "foot"], "\u{1B}]777;notify;"),
        (["TERM": "xterm-256color", "VTE_VERSION": "7000"], "\u{1B}]777;notify;"),
        (["TERM": "xterm-256color"], "\u{1B}]9;"), (["TERM": "tmux-256color"], "\u{7}"),
        (["TERM": "xterm-kitty", "TMUX": "/tmp/tmux"], "\u{7}"), ([:], "\u{1B}]9;"),
    ])
    func aTerminalGetsWhatItTakesAndNothingThatAMessageSays(environment: [String: String], start: String) {
        let sequence = TerminalNotification.sequence(
            title: PrintableText(line: "Cruddur"), body: PrintableText(line: "a;b\u{1B}\\\u{7}\u{9C}\u{202E}c"),
            environment: environment)
        #expect(sequence.hasPrefix(start))
        let inside = sequence.dropFirst(start.count).replacingOccurrences(of: "\u{1B}\\", with: "")
            .replacingOccurrences(of: "\u{1B}]99;i=cruddur:d=1:p=body;", with: "")
        #expect(
            !inside.unicodeScalars.contains { $0.value < 32 || (0x7F...0x9F).contains($0.value) || $0.value == 0x202E })
        if start.contains("777") { #expect(inside == "Cruddur;a,b" + inside.dropFirst(11)) }
    }

    // MARK: Pinned, away, muted

    @Test func whatIsWantedOfAConversationIsDoneAndSaid() {
        var state = Fixture.state(100, 24)
        #expect(state.press(.alt("p")) == [.keep(.pinned, true, of: Fixture.meiGroup)])
        #expect(state.notice?.text == "@mei stays at the top of the list.")
        state.snapshot = unread(state, [0], keeping: [.pinned, .muted])
        #expect(Screen.draw(state).lines[2].contains("▴z "))
        #expect(state.press(.alt("p")) == [.keep(.pinned, false, of: Fixture.meiGroup)])
        // Twice is as before, however late the history tells of the first.
        #expect(state.press(.alt("p")) == [.keep(.pinned, true, of: Fixture.meiGroup)])
        #expect(state.press(.alt("m")) == [.keep(.muted, false, of: Fixture.meiGroup)])
        let effects = state.press(.alt("z"))
        #expect(
            effects.prefix(2) == [
                .markRead(Fixture.meiGroup, told: .max), .keep(.archived, true, of: Fixture.meiGroup),
            ])
        #expect(state.selected == Fixture.tomaszGroup && state.notice?.text.contains("Ctrl-F finds it") == true)
    }

    @Test func whatIsWrittenIsNotPutAway() {
        var state = Fixture.state(100, 24)
        state.type("not yet")
        #expect(!state.press(.alt("z")).contains { if case .writing(.keep) = $0 { true } else { false } })
        #expect(state.notice?.text.contains("something is written here") == true)
        #expect(state.selected == Fixture.meiGroup)
    }

    @Test func whatIsOursIsNotTheOthers() {
        let state = away(text: true)
        var snapshot = unread(state, [1])
        let mei = snapshot.conversations[0]
        snapshot.conversations[0] = ConversationSummary(
            id: mei.id, group: mei.group, title: mei.title, preview: "ours", at: mei.at, previewState: .queued,
            isPreviewOwn: true, unread: 1)
        #expect(body(told(state, snapshot)) == "A message from @mei")
    }

    @Test func whatIsAwayIsFound() {
        var state = Fixture.state(100, 24)
        let mei = state.snapshot.conversations.removeFirst()
        state.snapshot.archived = [
            ConversationSummary(
                id: mei.id, group: mei.group, title: mei.title, preview: "", at: mei.at, keeping: .archived)
        ]
        state.selection = nil
        state.press(.control("f"))
        #expect(Screen.draw(state).lines.joined().contains("@mei  (away)"))
        state.type("mei")
        state.press(Key(.enter))
        #expect(state.selected == Fixture.meiGroup && state.title == Fixture.mei)
    }
}
