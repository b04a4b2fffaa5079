import ChatClient
import TerminalText
import Testing
import Timestamps

@testable import CruddurTUI

/// What keys, pastes and snapshots do.
struct UpdateTests {
    private let other = ConversationID.group("group-tomasz")

    private func opened(_ state: AppState, _ id: ConversationID, formerly: ConversationID? = nil) -> ChatSnapshot {
        var snapshot = state.snapshot
        snapshot.open = OpenConversation(
            id: id, formerID: formerly, title: Fixture.mei, entries: [], readUntil: Fixture.now, isLoaded: true)
        return snapshot
    }

    // MARK: Composing

    @Test func enterSendsWhatWasTypedAndEmptiesTheLine() {
        var state = Fixture.state(80, 24)
        state.type("hello")
        #expect(state.press(Key(.enter)) == [.send("hello", to: Fixture.meiGroup)])
        #expect(state.draft.isEmpty)
    }

    @Test func whereNothingCanBeSentNothingIsWritten() {
        var state = Fixture.state(80, 24)
        let writable = state.snapshot
        state.snapshot = ChatSnapshot(me: writable.me, backend: writable.backend, isReadOnly: true)
        state.snapshot.conversations = writable.conversations
        state.snapshot.open = writable.open
        state.type("hello")
        _ = update(&state, .paste("more"))
        #expect(state.press(Key(.enter)).allSatisfy { if case .send = $0 { false } else { true } })
        #expect(state.draft.isEmpty)
        #expect(state.notice?.text == "These conversations are for reading only.")
        _ = state.press(.control("n"))
        #expect(state.overlay == nil)
    }

    @Test func aBlankLineIsNotSent() {
        var state = Fixture.state(80, 24)
        state.type("  ")
        #expect(state.press(.control("j"), Key(.enter)) == [])
        #expect(state.draft.text == "  \n")
    }

    @Test func aLineThatIsTooLongIsKeptAndSaidToBeSo() {
        var state = Fixture.state(80, 24)
        _ = update(&state, .paste(String(repeating: "👨‍👩‍👧‍👦", count: 147)))
        #expect(state.remainingScalars == 1024 - 147 * 7)
        #expect(state.press(Key(.enter)) == [])
        #expect(state.notice?.isProblem == true)
        #expect(state.draft.text.count == 147)
        state.press(Key(.backspace))
        #expect(state.press(Key(.enter)).count == 1)
    }

    @Test func aPasteIsTextAndSendsNothing() {
        var state = Fixture.state(80, 24)
        #expect(
            update(&state, .paste("one\r\ntwo\rthree")) == [
                .noteActivity, .keepDrafts([Fixture.meiGroup: "one\ntwo\nthree"]),
            ])
        #expect(state.draft.text == "one\ntwo\nthree")
    }

    @Test func aPasteWhileTheHelpIsShownIsNotLost() {
        var state = Fixture.state(80, 24)
        state.press(Key(.function(1)))
        _ = update(&state, .paste("kept"))
        #expect(state.draft.text == "kept")
    }

    @Test func eachConversationHasItsOwnDraft() {
        var state = Fixture.state(80, 24)
        state.type("for mei")
        #expect(state.press(Key(.tab)) == [.open(other)])
        _ = update(&state, .snapshot(opened(state, other)))
        #expect(state.draft.isEmpty)
        state.type("for tomasz")
        _ = update(&state, .snapshot(opened(state, Fixture.meiGroup)))
        #expect(state.draft.text == "for mei")
    }

    @Test func theDraftGoesAlongWhenANewConversationBecomesAGroup() {
        var state = Fixture.state(80, 24)
        _ = update(&state, .snapshot(opened(state, .new(handle: "mei"))))
        state.type("second message")
        _ = update(&state, .snapshot(opened(state, .group("made"), formerly: .new(handle: "mei"))))
        #expect(state.draft.text == "second message")
    }

    @Test func whatIsTypedBeforeAnythingIsOpenGoesIntoTheFirstConversation() {
        var state = Fixture.state(80, 24) { $0.snapshot = ChatSnapshot(backend: "b") }
        state.type("early")
        #expect(state.press(Key(.enter)) == [])
        _ = update(&state, .snapshot(Fixture.state(80, 24).snapshot))
        #expect(state.draft.text == "early")
    }

    @Test func draftsAreKeptAsTheyAreTypedAndAreThereTheNextTime() {
        var state = Fixture.state(80, 24)
        #expect(update(&state, .key(Key(.character("a")))).contains(.keepDrafts([Fixture.meiGroup: "a"])))
        #expect(update(&state, .key(Key(.left))) == [])
        #expect(update(&state, .key(Key(.delete))).contains(.keepDrafts([:])))
        _ = update(&state, .drafts([Fixture.meiGroup: "from yesterday", other: "to tomasz"]))
        #expect(state.draft.text == "from yesterday")
        #expect(Screen.draw(state).lines.joined().contains("draft: to tomasz"))
    }

    @Test func whatIsBeingTypedIsNotReplacedByAnOldDraft() {
        var state = Fixture.state(80, 24)
        state.type("new")
        _ = update(&state, .drafts([Fixture.meiGroup: "old"]))
        #expect(state.draft.text == "new")
    }

    @Test func quittingAsksFirstWhenADraftCannotBeKept() {
        var state = Fixture.state(80, 24) { $0.snapshot.keeping = .inMemory(because: .full) }
        #expect(Screen.draw(state).lines.last?.contains("the disk is full: nothing is kept") == true)
        state.type("unsent")
        #expect(state.press(.control("q")) == [])
        #expect(state.press(Key(.escape)) == [])
        #expect(state.draft.text == "unsent")
        #expect(state.press(.control("q"), .control("q")) == [.quit])
    }

    @Test func whatIsInTheOutboxOnDiskDoesNotHoldUpTheQuitting() {
        var state = Fixture.state(80, 24) { $0.snapshot.unsent = 1 }
        #expect(state.press(.control("q")) == [.quit])
    }

    @Test func quittingWhileSomethingIsUnsentAsksAndAnswersItselfOnceItIsSent() {
        var state = Fixture.state(80, 24) {
            $0.snapshot.unsent = 1
            $0.snapshot.keeping = .inMemoryByChoice
        }
        #expect(state.press(.control("q")) == [])
        var sent = state.snapshot
        sent.unsent = 0
        #expect(update(&state, .snapshot(sent)).contains(.quit))
    }

    @Test func quittingWithNothingUnsentDoesNotAsk() {
        var state = Fixture.state(80, 24)
        state.type("a draft that is kept")
        #expect(state.press(.control("q")) == [.quit])
    }

    @Test func ctrlQQuitsFromEverywhere() {
        for key in [Key(.function(1)), .control("n"), .control("f")] {
            var state = Fixture.state(80, 24)
            state.press(key)
            #expect(state.press(.control("q")) == [.quit])
        }
        var busy = Fixture.state(80, 24)
        busy.press(.control("n"))
        busy.type("tomasz")
        busy.press(Key(.enter))
        #expect(busy.press(.control("q")) == [.quit])
    }

    @Test func ctrlCNeitherLosesADraftNorQuits() {
        var state = Fixture.state(80, 24)
        state.type("kept")
        #expect(state.press(.control("c")) == [])
        #expect(state.draft.text == "kept")
        #expect(state.notice?.text.contains("Ctrl-Q") == true)
    }

    @Test func aKilledLineCanBePutBack() {
        var state = Fixture.state(80, 24)
        state.type("hello there")
        state.press(.control("w"), .control("u"), .control("y"))
        #expect(state.draft.text == "hello ")
    }

    @Test func upAndDownMoveWithinALongDraft() {
        var state = Fixture.state(80, 24)
        state.type("first")
        state.press(.control("j"))
        state.type("second")
        state.press(Key(.up))
        state.type("X")
        #expect(state.draft.text == "firstX\nsecond")
    }

    // MARK: What was sent

    @Test func aTextIsKeptUntilItIsInTheOutbox() {
        var state = Fixture.state(80, 24)
        state.type("important")
        let effects = update(&state, .key(Key(.enter)))
        #expect(effects.contains(.send("important", to: Fixture.meiGroup)))
        // What is kept on disk for the next time has not changed.
        #expect(state.draft.isEmpty)
        #expect(state.unsentTexts[Fixture.meiGroup] == "important")
        #expect(Screen.draw(state).lines.joined().contains("important"))
        #expect(update(&state, .accepted("important")) == [.keepDrafts([:])])
    }

    @Test func aTextThatIsNotTakenComesBack() {
        var state = Fixture.state(80, 24)
        state.type("important")
        state.press(Key(.enter))
        state.type("more")
        _ = update(&state, .notAccepted("important"))
        #expect(state.draft.text == "important\nmore")
    }

    @Test func upInAnEmptyComposeLineBringsBackWhatWasSent() {
        var state = Fixture.state(80, 24)
        state.press(Key(.up))
        #expect(state.draft.text == "two lines\nin one message\tand a tab")
        state.press(Key(.up))
        #expect(state.draft.text == "👩‍💻 👨‍👩‍👧‍👦 👍🏽 ❤️ 🇨🇦 1️⃣ and a plain 😀")
        state.press(Key(.down), Key(.down))
        #expect(state.draft.isEmpty)
        state.press(Key(.up))
        state.type("!")
        #expect(state.draft.text == "two lines\nin one message\tand a tab!")
        // Now it is a text of its own: the keys move within it.
        state.press(Key(.up))
        #expect(state.draft.text == "two lines\nin one message\tand a tab!")
    }

    // MARK: Search

    @Test func theSearchAsksAsOneTypesAndJumpsToWhatItFound() {
        var state = Fixture.state(80, 24)
        #expect(state.press(.control("s")) == [])
        #expect(update(&state, .key(Key(.character("s")))).contains(.search("s")))
        let hit = SearchHit(
            conversation: .group("group-tomasz"), title: UserShort(handle: "tomasz", displayName: "Tomasz"),
            message: Fixture.message(77, "she said", minutesAgo: 5000))
        _ = update(&state, .found(typed: "other", [hit]))
        #expect(state.press(Key(.enter)) == [])
        _ = update(&state, .found(typed: "s", [hit]))
        #expect(Screen.draw(state).lines.joined().contains("she said"))
        #expect(state.press(Key(.enter)) == [.openAt(.group("group-tomasz"), hit.message.at)])
        #expect(state.overlay == nil)
        var snapshot = state.snapshot
        let around = (0..<100).map { Fixture.message($0, "m\($0)", minutesAgo: Double(5050 - $0)) }
        let entries = around.prefix(50) + [hit.message] + around.suffix(50)
        snapshot.open = OpenConversation(
            id: hit.conversation, title: hit.title, entries: Fixture.entries(Array(entries)),
            readUntil: Fixture.now, isLoaded: true, newer: 3)
        _ = update(&state, .snapshot(snapshot))
        #expect(state.reading.marked == .message(hit.message.id))
        #expect(Screen.draw(state).lines.joined().contains("she said"))
    }

    // MARK: Reading

    @Test func whoScrollsNearTheEndOfTheWindowGetsMoreOfIt() {
        var state = long(80, 24, count: 100)
        #expect(state.press(Key(.pageUp)) == [])
        for _ in 0..<8 { state.press(Key(.pageUp)) }
        #expect(state.press(Key(.pageUp)) == [.loadOlder(Fixture.meiGroup)])
        var snapshot = state.snapshot
        snapshot.open = OpenConversation(
            id: Fixture.meiGroup, title: Fixture.mei, entries: state.snapshot.open!.entries, readUntil: Fixture.now,
            isLoaded: true, newer: 500)
        _ = update(&state, .snapshot(snapshot))
        for _ in 0..<20 { state.press(Key(.pageDown)) }
        // The window's end is not the conversation's.
        #expect(state.reading.position != .newest)
        #expect(Screen.draw(state).lines.joined().contains("500 below"))
        #expect(state.press(Key(.pageDown)).contains(.loadNewer(Fixture.meiGroup)))
        #expect(state.press(Key(.end)) == [.show(.newest)])
    }

    private func long(_ width: Int = 80, _ height: Int = 24, count: Int = 300) -> AppState {
        let messages = (0..<count).map { Fixture.message($0, "message \($0)", minutesAgo: Double(count - $0) * 10) }
        return Fixture.state(width, height, entries: Fixture.entries(messages))
    }

    private func top(_ state: AppState) -> [TranscriptRow] {
        TranscriptView(
            TranscriptRows(state), position: state.reading.position, height: state.layout.transcript.count
        ).rows
    }

    private func adding(_ state: AppState, _ messages: [Message]) -> ChatSnapshot {
        var snapshot = state.snapshot
        let entries = (snapshot.open?.entries ?? []) + messages.map { TranscriptEntry($0, me: "nia") }
        snapshot.open = OpenConversation(
            id: Fixture.meiGroup, title: Fixture.mei, entries: entries, readUntil: Fixture.now, isLoaded: true)
        return snapshot
    }

    @Test func theReaderStaysWhereTheyAreWhileNewMessagesArrive() {
        var state = long()
        state.press(Key(.pageUp), Key(.pageUp))
        let before = top(state)
        _ = update(&state, .snapshot(adding(state, (0..<5).map { Fixture.message(1000 + $0, "new", minutesAgo: -1) })))
        #expect(top(state) == before)
        let screen = Screen.draw(state).lines.joined(separator: "\n")
        #expect(screen.contains("5 new"))
    }

    @Test func atTheBottomTheNewestMessageStaysInView() {
        var state = long()
        _ = update(&state, .snapshot(adding(state, [Fixture.message(1000, "brand new", minutesAgo: -1)])))
        #expect(Screen.draw(state).lines.joined().contains("brand new"))
    }

    @Test func scrollingUpAndDownAgainComesBackToTheSameRows() {
        var state = long(60, 20)
        state.press(Key(.pageUp))
        let start = top(state)
        for _ in 0..<37 { state.press(Key(.up, .shift)) }
        #expect(top(state) != start)
        for _ in 0..<37 { state.press(Key(.down, .shift)) }
        #expect(top(state) == start)
    }

    @Test func homeAndEndGoToTheEndsOfTheConversationWhenNothingIsWritten() {
        var state = long()
        state.press(Key(.home))
        #expect(Screen.draw(state).lines.joined().contains("message 0 "))
        state.press(Key(.end))
        #expect(state.reading.position == .newest)
        state.type("abc")
        state.press(Key(.home))
        #expect(state.draft.cursor == 0)
        #expect(state.reading.position == .newest)
    }

    @Test func pageUpAtTheTopStaysThere() {
        var state = long(80, 24, count: 3)
        state.press(Key(.pageUp), Key(.pageUp))
        #expect(state.reading.position == .newest)
    }

    @Test func everySizeDownToOneCellIsDrawn() {
        for width in 1...70 {
            for height in 1...14 {
                for pane in [AppState.Pane.groups, .conversation] {
                    for overlay in [
                        nil, AppState.Overlay.help(scroll: 3), .newConversation(.init()), .findGroup(.init()), .quit,
                    ] {
                        let canvas = Screen.draw(
                            Fixture.state(width, height) {
                                $0.pane = pane
                                $0.overlay = overlay
                                $0.drafts[Fixture.meiGroup] = TextBuffer("你好 a draft\nof two lines")
                            })
                        #expect(canvas.lines.allSatisfy { Lines.width(Lines.single($0)) <= width })
                        if let cursor = canvas.cursor {
                            #expect((0..<width).contains(cursor.x) && (0..<height).contains(cursor.y))
                        }
                    }
                }
            }
        }
    }

    @Test func aPainterThatRemembersDrawsWhatOneThatDoesNotWould() {
        var state = Fixture.state(80, 24)
        var painter = Painter()
        let keys: [Key] = [
            Key(.character("a")), .control("j"), Key(.character("你")), .control("n"), Key(.character("b")),
            Key(.escape),
            Key(.pageUp), Key(.pageUp), Key(.character("c")), .control("u"), Key(.end, .control), Key(.function(1)),
            Key(.escape), .control("q"),
        ]
        for key in keys {
            state.press(key)
            #expect(painter.draw(state) == Screen.draw(state), "after \(key)")
        }
        _ = update(&state, .snapshot(adding(state, [Fixture.message(1000, "brand new", minutesAgo: -1)])))
        #expect(painter.draw(state) == Screen.draw(state))
        _ = update(&state, .resize(.init(width: 50, height: 12)))
        #expect(painter.draw(state) == Screen.draw(state))
    }

    // MARK: Read marks

    private func unread(_ state: inout AppState) -> [Effect] {
        var snapshot = state.snapshot
        snapshot.open = OpenConversation(
            id: Fixture.meiGroup, title: Fixture.mei, entries: Fixture.entries(),
            readUntil: Fixture.now.advanced(bySeconds: -1000), isLoaded: true)
        return update(&state, .snapshot(snapshot))
    }

    @Test func whatIsOnScreenCountsAsRead() {
        var state = Fixture.state(80, 24)
        #expect(unread(&state) == [.markRead(Fixture.meiGroup, until: Fixture.messages.last!.at)])
    }

    @Test func whatIsNotLookedAtStaysUnread() {
        var away = Fixture.state(80, 24)
        _ = update(&away, .focus(false))
        #expect(unread(&away) == [])
        #expect(away.reading.unreadAfter == Fixture.now.advanced(bySeconds: -1000))
        var list = Fixture.state(40, 10) { $0.pane = .groups }
        #expect(unread(&list) == [])
        var scrolled = Fixture.state(80, 12)
        scrolled.press(Key(.pageUp))
        #expect(unread(&scrolled) == [])
    }

    // MARK: Conversations

    @Test func tabGoesRoundTheGroupsBothWays() {
        var state = Fixture.state(80, 24)
        #expect(state.press(Key(.tab)) == [.open(other)])
        #expect(state.press(Key(.tab, .shift)) == [.open(.group("group-old"))])
    }

    @Test func aPersonIsLookedUpBeforeAnythingIsSent() {
        var state = Fixture.state(80, 24)
        state.press(.control("n"))
        state.type("@tomasz ")
        #expect(state.press(Key(.enter)) == [.lookUp(handle: "tomasz")])
        let tomasz = UserShort(handle: "tomasz", displayName: "Tomasz")
        #expect(update(&state, .person(handle: "tomasz", .success(tomasz))) == [.openWith(tomasz)])
        #expect(state.overlay == nil)
    }

    @Test func aPersonWhoIsNotThereCanBeCorrected() {
        var state = Fixture.state(80, 24)
        state.press(.control("n"))
        state.type("tomas")
        state.press(Key(.enter))
        #expect(update(&state, .person(handle: "tomas", .success(nil))) == [])
        state.type("z")
        #expect(state.press(Key(.enter)) == [.lookUp(handle: "tomasz")])
    }

    @Test func anAnswerForAQuestionThatWasCancelledOpensNothing() {
        var state = Fixture.state(80, 24)
        state.press(.control("n"))
        state.type("tomasz")
        state.press(Key(.enter), Key(.escape))
        #expect(update(&state, .person(handle: "tomasz", .success(Fixture.mei))) == [])
    }

    @Test func oneDoesNotWriteToOneself() {
        var state = Fixture.state(80, 24)
        state.press(.control("n"))
        state.type("nia")
        #expect(state.press(Key(.enter)) == [])
    }

    @Test func findingOpensTheSelectedGroup() {
        var state = Fixture.state(80, 24)
        state.press(.control("f"))
        state.type("wiśn")
        #expect(state.press(Key(.enter)) == [.open(other)])
    }

    @Test func theNewestConversationIsOpenedWhenTheListComes() {
        var state = Fixture.state(80, 24) { $0.snapshot = ChatSnapshot(backend: "b") }
        var snapshot = Fixture.state(80, 24).snapshot
        snapshot.open = nil
        #expect(update(&state, .snapshot(snapshot)) == [.open(Fixture.meiGroup)])
    }

    @Test func inANarrowTerminalEscapeGoesToTheGroupsAndEnterBack() {
        var state = Fixture.state(40, 10)
        state.press(Key(.escape))
        #expect(state.layout.conversation.isEmpty)
        state.press(Key(.enter))
        #expect(state.layout.groups.isEmpty)
    }

    @Test func aFailedMessageCanBeSentAgainOrEdited() {
        let failed = Fixture.outgoing(7, "lost?", .failed(reason: "no"))
        var state = Fixture.state(80, 24, entries: Fixture.entries() + [failed])
        #expect(state.press(.alt("r")) == [.retry(7, in: Fixture.meiGroup)])
        #expect(state.press(.alt("e")) == [.takeBack(7, in: Fixture.meiGroup)])
        _ = update(&state, .takenBack("lost?"))
        #expect(state.draft.text == "lost?")
    }
}
