import ChatClient
import Foundation
import Testing
import Timestamps

@testable import CruddurTUI

/// Screens as they are, compared with the files in Golden: the text, and below it a
/// letter for each cell's style. `UPDATE_GOLDEN=1 bin/test --filter Golden` writes them.
struct GoldenTests {
    private static let sizes = [(80, 24), (40, 10), (120, 40)]
    private static let scenes: [(name: String, prepare: @Sendable (inout AppState) -> Void)] = [
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
    ]

    @Test(arguments: scenes.indices, sizes.indices)
    func screenIsAsItWas(scene: Int, size: Int) throws {
        let (name, prepare) = Self.scenes[scene]
        let (width, height) = Self.sizes[size]
        try Self.compare(Screen.draw(Fixture.state(width, height, change: prepare)), "\(name)-\(width)x\(height)")
    }

    /// Screens that say much, or have little room for it.
    private static let translated = [
        "chat", "groups", "gap", "help", "new-conversation", "offline", "quit", "search", "sending", "signed-out",
        "vim-help",
    ]

    @Test(arguments: translated, sizes.indices.prefix(2))
    func screenIsAsItWasInGerman(name: String, size: Int) throws {
        let prepare = try #require(Self.scenes.first { $0.name == name }).prepare
        let (width, height) = Self.sizes[size]
        let canvas = try Language.$current.withValue(German.language) {
            Screen.draw(Fixture.state(width, height, change: prepare))
        }
        try Self.compare(canvas, "de-\(name)-\(width)x\(height)")
    }

    /// Screens that have every role between them.
    private static let themed = [
        "chat", "unread", "sending", "search", "offline", "production", "signed-out", "help", "misspelled", "marked",
        "draft",
    ]

    @Test(arguments: themed, ColorTheme.builtIn.dropFirst())
    func screenIsAsItWasInEachTheme(name: String, theme: ColorTheme) throws {
        let prepare = try #require(Self.scenes.first { $0.name == name }).prepare
        let canvas = Screen.draw(Fixture.state(80, 24, change: prepare))
        try Self.compare(Self.describe(canvas) { Self.look(of: $0, in: theme) }, "theme-\(theme.name)-\(name)")
    }

    @Test func theThemesScreensHaveEveryRole() {
        var roles: Set<Style.Role> = []
        for scene in Self.scenes where Self.themed.contains(scene.name) {
            let canvas = Screen.draw(Fixture.state(80, 24, change: scene.prepare))
            roles.formUnion(canvas.rows.joined().map(\.style.role))
        }
        #expect(Set(Style.Role.allCases).subtracting(roles) == [])
    }

    @Test(arguments: scenes.indices)
    func nothingOfWhatWeSayIsLeftInEnglish(scene: Int) throws {
        let (name, prepare) = Self.scenes[scene]
        let (width, height) = Self.sizes[2]
        let screen = try Language.$current.withValue(German.language) {
            Screen.draw(Fixture.state(width, height, change: prepare)).lines.joined(separator: "\n")
        }
        // Shorter ones may be a word of what somebody has written.
        let english = try LanguageFile.texts(German.json).filter { $0.key.count > 11 && $0.key != $0.value }.keys
        for text in english where screen.contains(text) { Issue.record("\(name): \(text)") }
    }

    private static func compare(_ canvas: Canvas, _ name: String) throws {
        // What a theme may make of it is the theme's.
        try compare(
            describe(canvas) { "colour \($0.color) attributes \($0.attributes.rawValue)" }, name)
    }

    /// With a terminal of millions, and of 256 colours.
    private static func look(of style: Style, in theme: ColorTheme) -> String {
        let look = theme.look(style.role)
        func name(_ color: RGB?) -> String {
            color.map { "#\(hex($0.red))\(hex($0.green))\(hex($0.blue)) (\($0.nearest(of: 256)))" } ?? "none"
        }
        func hex(_ part: UInt8) -> String { (part < 16 ? "0" : "") + String(part, radix: 16) }
        return "\(name(look.color)) on \(name(look.ground)) attributes \(theme.attributes(style).rawValue)"
    }

    private static func compare(_ drawn: String, _ name: String) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
        let file = folder.appendingPathComponent("\(name).txt")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
            try drawn.write(to: file, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(drawn == expected, "\(name)")
    }

    /// One letter for each look; a dot for plain cells.
    private static func describe(_ canvas: Canvas, look: (Style) -> String) -> String {
        var letters: [String: Character] = [look(.plain): "."]
        var free = Array("abcdefghijklmnopqrstuvwxyz").reversed() as [Character]
        var styles: [String] = []
        for y in 0..<canvas.height {
            styles.append(
                String(
                    canvas.rows[y].map { cell in
                        let seen = look(cell.style)
                        if let letter = letters[seen] { return letter }
                        let letter = free.popLast() ?? "?"
                        letters[seen] = letter
                        return letter
                    }))
        }
        let legend = letters.sorted { $0.value < $1.value }.map { "\($1) \($0)" }
        let cursor = canvas.cursor.map { "cursor \($0.x),\($0.y)" } ?? "no cursor"
        // A bar at the end shows that no row is wider than the screen.
        return (canvas.lines.map { $0 + "|" } + [cursor] + styles + legend).joined(separator: "\n") + "\n"
    }
}

extension AppState {
    fileprivate mutating func take(profile: String, isProduction: Bool) {
        let known = snapshot
        snapshot = ChatSnapshot(me: "nia", backend: known.backend, profile: profile, isProduction: isProduction)
        snapshot.conversations = known.conversations
        snapshot.transcript = known.transcript
        snapshot.connection = known.connection
    }
}
