import ChatClient
import CruddurDemo
import Timestamps

@testable import CruddurTUI

/// What the golden screens show.
enum GoldenScenes {
    static let all: [(name: String, prepare: @Sendable (inout AppState) -> Void)] = [
        ("chat", { _ in }),
        ("groups", { $0.pane = .groups }),
        (
            "scrolled",
            {
                $0.press(Key(.home, .control))
                $0.press(Key(.down), Key(.down))
            }
        ),
        ("unread", { $0.reading.unreadLine = .message(Fixture.messages[7].id) }),
        (
            "composing",
            {
                $0.type("A first line that is long enough to be wrapped in every one of these terminals, I hope.\u{0}");
                $0.press(.control("j")); $0.type("你好 👩‍💻")
            }
        ),
        (
            "part",
            {
                $0.press(
                    Key(.up, .alt), Key(.up, .alt), Key(.up, .alt), .alt("v"), Key(.right, .control), Key(.enter),
                    Key(.down))
            }
        ),
        ("list-on-top", { $0.listPlace = .top }),
        (
            "misspelled",
            {
                $0.spelling.isOn = true
                $0.type("Teh words that no dictionary has are maked, while one writes ")
                _ = update(
                    &$0, .spelled(.success(["Teh": .wrong(["The", "Tea"]), "maked": .wrong(["maked", "made"])])))
                $0.press(.alt("$"))
            }
        ),
        (
            "sending",
            { state in
                state.snapshot.transcript = Transcript(
                    id: Fixture.meiGroup, title: Fixture.mei,
                    entries: Fixture.entries() + [
                        Fixture.outgoing(1, "sent", .sent(at: Fixture.now)), Fixture.outgoing(2, "sending", .sending),
                        Fixture.outgoing(3, "waiting", .queued),
                        Fixture.outgoing(4, "unsure", .unsure(reason: "the server did not answer in time")),
                        Fixture.outgoing(5, "failed", .failed(reason: "this conversation is not yours")),
                    ], isLoaded: true)
            }
        ),
        (
            "gap",
            { state in
                state.snapshot.transcript = Transcript(
                    id: Fixture.meiGroup, title: Fixture.mei,
                    entries: Fixture.messages.enumerated().map {
                        TranscriptEntry($1, me: "nia", isBeforeGap: $0 == 1 || $0 == 7)
                    }, isLoaded: true)
            }
        ),
        (
            "read-only",
            { state in
                let known = state.snapshot
                state.snapshot = ChatSnapshot(me: "nia", backend: known.backend, isReadOnly: true)
                state.snapshot.conversations = known.conversations
                state.snapshot.transcript = known.transcript
                state.snapshot.connection = known.connection
                state.press(Key(.enter))
            }
        ),
        ("profile", { $0.take(profile: "local", isProduction: false) }),
        ("production", { $0.take(profile: "prod", isProduction: true) }),
        (
            "production-offline",
            {
                $0.take(profile: "prod", isProduction: true)
                $0.snapshot.connection.state = .offline(
                    reason: "cannot reach the server (connection refused)",
                    since: Fixture.now.advanced(bySeconds: -600), nextTry: nil)
            }
        ),
        ("help", { $0.press(Key(.function(1))) }),
        (
            "new-conversation",
            {
                $0.press(.control("n")); $0.type("nobody"); $0.press(Key(.enter));
                _ = update(&$0, .person(handle: "nobody", .success(nil)))
            }
        ),
        (
            "find",
            {
                $0.press(.control("f")); $0.type("o")
            }
        ),
        (
            "quit",
            {
                $0.snapshot.unsent = 2
                $0.snapshot.keeping = .inMemoryByChoice
                $0.press(.control("q"))
            }
        ),
        (
            "offline",
            {
                $0.snapshot.connection.state = .offline(
                    reason: "cannot reach the server (connection refused)",
                    since: Fixture.now.advanced(bySeconds: -600),
                    nextTry: Fixture.now.advanced(bySeconds: 12))
            }
        ),
        ("signed-out", { $0.snapshot.connection.state = .signedOut(expired: Fixture.now.advanced(bySeconds: -600)) }),
        ("not-kept", { $0.snapshot.keeping = .inMemory(because: .full) }),
        (
            "search",
            { state in
                state.press(.control("s"))
                state.type("see the")
                let hits = [Fixture.messages[8], Fixture.messages[0], Fixture.messages[4]].map {
                    SearchHit(conversation: Fixture.meiGroup, title: Fixture.mei, message: $0)
                }
                _ = update(&state, .found(typed: "see the", hits))
            }
        ),
        (
            "found",
            { state in
                state.reading.wanted = .message(Fixture.messages[2].id)
                _ = update(&state, .snapshot(state.snapshot))
            }
        ),
        (
            "not-listed",
            { state in
                state.snapshot.conversations[1] = ConversationSummary(
                    id: Fixture.tomaszGroup, title: UserShort(handle: "tomasz", displayName: "Tomasz Wiśniewski"),
                    preview: "see you next year", at: Fixture.now.advanced(bySeconds: -7200), unread: 0,
                    isListed: false)
                state.snapshot.conversations[0] = ConversationSummary(
                    id: Fixture.meiGroup, title: Fixture.mei, preview: "see you there",
                    at: Fixture.now.advanced(bySeconds: -180), isListed: false)
            }
        ),
        (
            "first-start",
            {
                $0.selection = nil
                $0.snapshot = ChatSnapshot(backend: "api.cruddur.example")
            }
        ),
        (
            "new-group",
            { state in
                state.selection = .init(id: Fixture.lena.id, title: Fixture.mei)
                state.snapshot.transcript = Transcript(
                    id: Fixture.lena.id, title: Fixture.mei, isGroup: false, entries: [], isLoaded: true)
            }
        ),
        (
            "written-meanwhile",
            {
                $0.press(.control("n")); $0.type("lenna"); $0.press(Key(.enter))
                $0.type("are you there?"); $0.press(Key(.enter))
                _ = update(&$0, .person(handle: "lenna", .success(nil)))
            }
        ),
        (
            "loading",
            {
                $0.press(Key(.tab)); $0.type("typed before anything is there")
            }
        ),
        (
            "waiting",
            { state in
                state.snapshot.unsent = 3
                state.snapshot.transcript = Transcript(
                    id: Fixture.meiGroup, title: Fixture.mei,
                    entries: Fixture.entries() + [
                        Fixture.outgoing(1, "did this one arrive?", .unsure(reason: "no answer came in time")),
                        Fixture.outgoing(2, "this waits", .queued), Fixture.outgoing(3, "and this", .queued),
                    ], isLoaded: true)
            }
        ),
        (
            "draft",
            {
                $0.press(Key(.tab)); $0.type("half a sentence"); $0.press(Key(.tab), Key(.tab), Key(.tab))
                $0.press(Key(.up, .alt))
            }
        ),
        ("compact", { $0.density = .compact }),
        ("selected", { $0.press(Key(.up, .alt), Key(.up, .alt), Key(.up, .alt)) }),
        (
            "calls",
            {
                $0.press(Key(.function(4)))
                $0.take(CallLogTests.message + CallChoiceTests.list)
            }
        ),
        (
            "call",
            {
                $0.press(Key(.function(4)))
                $0.take(CallLogTests.message + CallChoiceTests.list)
                $0.press(Key(.up), Key(.enter))
            }
        ),
        (
            "table",
            {
                $0.table.file = "/home/nia/table.sqlite"
                $0.pane = .groups
                $0.press(Key(.function(3)))
                _ = update(&$0, .table(TableViewTests.table(messages: 5, moved: 4)))
                _ = update(&$0, .table(TableViewTests.table(messages: 5, moved: 5)))
            }
        ),
        (
            "item",
            {
                $0.table.file = "/home/nia/table.sqlite"
                $0.press(Key(.function(3)))
                _ = update(&$0, .table(TableViewTests.table(messages: 5, moved: 5)))
                $0.press(Key(.function(4)), Key(.enter))
            }
        ),
        ("details", { $0.press(Key(.up, .alt), Key(.up, .alt), .alt("i")) }),
        (
            "links",
            { state in
                let texts = [
                    "see https://example.org/a-long-path/with-hyphens/and/slashes?and=more and http://b.example"
                ]
                state.snapshot.transcript = Transcript(
                    id: Fixture.meiGroup, title: Fixture.mei,
                    entries: Fixture.entries(texts.map { Fixture.message(1, $0, minutesAgo: 3) }), isLoaded: true)
                state.press(.alt("o"), Key(.down))
            }
        ),
        (
            "no-such-command",
            {
                $0.type("/hepl")
                $0.press(Key(.enter))
            }
        ),
        (
            "silent",
            {
                $0.snapshot.connection.lastRefresh = Fixture.now.advanced(bySeconds: -46)
                $0.snapshot.connection.answerDue = Fixture.now.advanced(bySeconds: -1)
            }
        ),
        (
            "waits-in-the-list",
            {
                $0.snapshot.conversations[1] = ConversationSummary(
                    id: Fixture.tomaszGroup, group: "g", title: Fixture.tomasz.title, preview: "今日は、see you soon",
                    at: Fixture.now.advanced(bySeconds: -60), previewState: .queued, isPreviewOwn: true, unsent: 1)
            }
        ),
        (
            "marked",
            { state in
                state.keywords = ["deploy"]
                let texts = [
                    "*look*, @nia: the deploy of `cruddur` is _late_, see https://ci.example/runs/1?full=yes and call",
                    "```\nlet *x* = 1\n```\nعربي *نص* हिन्दी *दो* 日本語 *強調* 👩‍💻 *emoji*",
                ]
                state.snapshot.transcript = Transcript(
                    id: Fixture.meiGroup, title: Fixture.mei,
                    entries: Fixture.entries(
                        texts.enumerated().map { Fixture.message($0.offset, $0.element, minutesAgo: 3) }),
                    isLoaded: true)
            }
        ),
        (
            "in-words",
            {
                $0.hasWordsForEmoji = true
                _ = update(&$0, .snapshot($0.adding([Fixture.message(9, "done 🎉 👩‍💻 🇨🇦 中文", minutesAgo: 0)])))
            }
        ),
        (
            "normal-mode",
            {
                $0.keys = Keymap.preset("vim") ?? .readline
                $0.type("half a word")
                $0.press(Key(.escape), Key(.character("j")))
            }
        ),
        (
            "vim-help",
            {
                $0.keys = Keymap.preset("vim") ?? .readline
                $0.press(Key(.escape), Key(.character("?")))
            }
        ),
        (
            "forgotten",
            {
                $0.snapshot.conversations.removeFirst()
                $0.snapshot.transcript = nil
            }
        ),
        (
            "sign-in",
            { state in
                var snapshot = state.snapshot
                snapshot.canSignIn = true
                snapshot.signInName = "nia@cruddur.example"
                snapshot.connection.state = .signedOut(expired: nil, reason: "it was revoked")
                _ = update(&state, .snapshot(snapshot))
                state.type("Passw0rd!")
            }
        ),
        (
            "people",
            {
                $0.press(.control("n"))
                $0.type("m")
                $0.press(Key(.down))
            }
        ),
        (
            "completion",
            {
                $0.type("well done :grinning_face")
                $0.press(Key(.tab), Key(.down))
            }
        ),
        (
            "stage",
            {
                $0.stage = [.streamOff]
                $0.press(Key(.function(8)), Key(.down))
            }
        ),
        (
            "tour",
            {
                $0.stage = []
                $0.table.file = "/home/nia/table.sqlite"
                $0.tour = Tour(position: 0, since: 0)
            }
        ),
        (
            "presenter",
            {
                _ = update(&$0, .key(Key(.function(9))))
                for key in [.control("f"), Key(.character("o"))] { _ = update(&$0, .key(key)) }
            }
        ),
        (
            "scripts",
            { state in
                state.show(
                    from: [
                        ("田中芽衣", "「東京」へ行きますか。はい、行きます！全角ＡＢＣと半角ｶﾅ、それから長い長い文章が続きます。"),
                        ("ليلى حسن", "مرحبا، كيف حالك؟ لا بأس، شكرًا — see https://cruddur.example/عربي"),
                        ("प्रिया शर्मा", "नमस्ते, क्या हाल है? क्षत्रिय श्री कि की कु ज्ञान"),
                        ("🦊 👩‍🚀", "🎉🎉🎉 👨‍👩‍👧‍👦 👍🏽 🇯🇵🇮🇳🇪🇬 ❤️‍🔥 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
                    ])
                state.type("混ぜて मिला कर مع 🎈 ")
            }
        ),
        (
            "scripts-search",
            { state in
                let messages = state.show(
                    from: [
                        ("田中芽衣", "東京タワーの下で待っています"), ("ليلى حسن", "أنتظر تحت برج طوكيو 東京"),
                        ("प्रिया शर्मा", "मैं 東京 में प्रतीक्षा कर रही हूँ"), ("🦊 👩‍🚀", "🗼 東京 🎉👨‍👩‍👧‍👦"),
                    ])
                state.press(.control("s"))
                state.type("東京")
                let hits = messages.map { message in
                    SearchHit(
                        conversation: Fixture.meiGroup,
                        title: UserShort(handle: message.handle, displayName: message.displayName), message: message)
                }
                _ = update(&state, .found(typed: "東京", hits))
            }
        ),
    ]
}

extension AppState {
    fileprivate mutating func take(profile: String, isProduction: Bool) {
        let known = snapshot
        snapshot = ChatSnapshot(me: "nia", backend: known.backend, profile: profile, isProduction: isProduction)
        snapshot.conversations = known.conversations
        snapshot.transcript = known.transcript
        snapshot.connection = known.connection
    }

    /// Nothing but these names and texts: a conversation with each of them, and all of them in the first.
    @discardableResult
    fileprivate mutating func show(from people: [(name: String, text: String)]) -> [Message] {
        let ids = [Fixture.meiGroup, Fixture.tomaszGroup, Fixture.longGroup, Fixture.oldGroup]
        let messages = people.enumerated().map { place, person in
            Message(
                uuid: "s\(place)", text: person.text, handle: "p\(place)", displayName: person.name,
                at: Fixture.now.advanced(bySeconds: Double(place - people.count) * 60))
        }
        snapshot.conversations = zip(ids, people).map { id, person in
            ConversationSummary(
                id: id, title: UserShort(handle: "p", displayName: person.name), preview: person.text,
                at: Fixture.now.advanced(bySeconds: -60), unread: id == Fixture.meiGroup ? 0 : 2)
        }
        let title = UserShort(handle: "p", displayName: people[0].name)
        selection = .init(id: Fixture.meiGroup, title: title, wasListed: true)
        snapshot.transcript = Transcript(
            id: Fixture.meiGroup, title: title, entries: Fixture.entries(messages), isLoaded: true)
        return messages
    }
}
