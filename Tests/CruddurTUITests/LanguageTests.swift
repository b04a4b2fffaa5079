import ChatClient
import CruddurDemo
import Foundation
import TerminalText
import TestSupport
import Testing
import Timestamps

@testable import CruddurTUI

/// What the interface says, in which language.
struct LanguageTests {
    // MARK: The catalogue

    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Sources/CruddurTUI").standardizedFileURL

    private static func texts(_ folder: String) throws -> [(file: String, found: [SourceTexts.Found])] {
        try FileManager.default.contentsOfDirectory(
            at: sources.appendingPathComponent(folder), includingPropertiesForKeys: nil
        ).filter { $0.pathExtension == "swift" }.map {
            ("\(folder)/\($0.lastPathComponent)", SourceTexts(try String(contentsOf: $0, encoding: .utf8)).found)
        }
    }

    /// Those that stand in tables, and are looked up where they are shown.
    private static var tables: [String] {
        let keymaps = Keymap.presets.compactMap(Keymap.preset)
        let tour = TourTexts.english.values.flatMap { text in
            [text.title, text.look, text.seed, text.here].compactMap(\.self) + text.acts.flatMap { [$0.does, $0.then] }
        }
        return keymaps.flatMap { $0.sections.flatMap { [$0.title] + $0.rows.map(\.does) } }.filter { !$0.isEmpty }
            + NamedCommand.all.map(\.does) + Keymap.hintWords + tour + SeedFault.allCases.map(\.says)
            + Reasons.all.map(\.sentence) + LocalTime.names
    }

    /// Every English text of the interface.
    private static func catalogue() throws -> Set<String> {
        let folders = try FileManager.default.contentsOfDirectory(atPath: sources.path)
        let inCode = try folders.flatMap(texts).flatMap(\.found).filter(\.isLookedUp).map(\.text)
        return Set(inCode + tables)
    }

    @Test func germanHasEveryTextAndNoOther() throws {
        let german = try LanguageFile.texts(German.json)
        let english = try Self.catalogue()
        #expect(english.count > 700)
        #expect(english.subtracting(german.keys).sorted() == [])
        #expect(Set(german.keys).subtracting(english).sorted() == [])
    }

    @Test func germanPutsInWhatEnglishPutsIn() throws {
        for (english, german) in try LanguageFile.texts(German.json) {
            #expect(Language.places(in: english) == Language.places(in: german), "\(english)")
            #expect(english.hasPrefix(" ") == german.hasPrefix(" "), "\(english)")
            #expect(english.hasSuffix(" ") == german.hasSuffix(" "), "\(english)")
        }
    }

    /// What is no words: names of settings, attributes and programs, of who is in the demo, and keys.
    private static let names: Set<String> = [
        "client", "server", "consumer", "RU", "WU", "%1 ms", "%1 kB", "%1 RU, %2 WU", "%1 · %2 RU, %3 WU · %4%5",
        "POST",
        "Cruddur", "(%1) Cruddur", "authenticator", "sms", "email", "all", "pause", "mark", "open", "aws", "curl",
        "/day ",
        "cruddur-ops", "scan", "--embedded", "cruddur-ops scan", "mei", "lena", "cost", "limits", "cruddur: %1", "dumb",
        "keys, theme", "cruddur keys", "cruddur help keys", "cruddur help files", "TERM", "chat",
        "message-group-sk-index %1",
        "message-group", "https://", "http://",
    ]
    /// Tables; what is copied, and what is typed.
    private static let withoutTexts: Set<String> = [
        "Keys/KeyTable.swift", "Keys/KeyChange.swift", "Keys/KeyName.swift", "Keys/KeyPresets.swift",
        "Keys/Keymap.swift", "Keys/KeyPlaces.swift", "Keys/NamedCommand.swift", "Keys/TypedCommand.swift",
        "Tour/TourTexts.swift",
        "Transcript/Emoji.swift", "Calls/CopiedCall.swift",
    ]

    @Test(arguments: ["State", "Screens", "Plain", "Transcript", "Calls", "Table", "Tour", "Keys"])
    func noTextIsShownWithoutALookUp(folder: String) throws {
        for (file, found) in try Self.texts(folder) where !Self.withoutTexts.contains(file) {
            for text in found where !text.isLookedUp && text.text.contains(/[A-Za-z]{2}/) {
                let isName = text.text.wholeMatch(of: /[a-z_]+\.[a-z_.]+|[A-Z]+#(%1)?|[x-]+/) != nil
                #expect(isName || Self.names.contains(text.text), "\(file):\(text.line): \(text.text)")
            }
        }
    }

    @Test func aTextIsFoundInTheSource() {
        let found = SourceTexts(
            #"""
            let a = tr("one \(b ? "no" : tr("two \(n)")) \"three\"") // tr("no")
            x(tr(key: "no"), tr(c ? "four" : "five"), f("no"))
            let d = printed(
                """
                six \(n), \
                seven
                """)
            """#
        ).found
        #expect(
            Set(found.filter(\.isLookedUp).map(\.text)) == [
                "one %1 \"three\"", "two %1", "four", "five", "six %1, seven",
            ])
        #expect(found.filter { !$0.isLookedUp }.map(\.text) == ["no", "no", "no"])
    }

    // MARK: A text

    @Test func aLanguageMayPutThingsElsewhereAndWhatIsPutInStaysAsItIs() {
        let language = Language(["%1 of %2": "%2: %1, %2", "Sent.": "Fort."])
        let (one, two) = ("%2 \u{1B}[1m", "%1")
        Language.$current.withValue(language) {
            #expect(tr("\(one) of \(two)") == "%1: %2 \u{1B}[1m, %1")
            #expect(tr("Sent.") == "Fort." && tr(key: "Sent.") == "Fort.")
            #expect(tr("\(7) of \(two.prefix(1))") == "%: 7, %")
            // What it does not have is English.
            #expect(tr("\(one): not kept") == "%2 \u{1B}[1m: not kept")
        }
        #expect(tr("\(one) of \(two)") == "%2 \u{1B}[1m of %1")
    }

    @Test func whatIsPrintedPassesTheDoorInEveryLanguage() {
        let hostile = "a\u{1B}[1m\nb"
        let english = printed("Forgotten: \(hostile)")
        #expect(english == "Forgotten: \(hostile)")
        Language.$current.withValue(Language(["Forgotten: %1": "\u{1B}[2m%1", "Sent.": "\u{7}"])) {
            #expect(printed("Forgotten: \(hostile)") == "\("\u{1B}[2m")\(hostile)")
            #expect(!printed("Sent.").text.contains("\u{7}"))
        }
    }

    @Test(arguments: [
        ("100 %", ["100 %"]), ("%0 %%1", ["%0 %", "1"]), ("%12%3", ["", "12", "", "3", ""]), ("", [""]),
    ])
    func placesAreFoundInAPattern(_ pattern: String, _ pieces: [String]) {
        let found = Language.pieces(of: pattern).map { piece in
            switch piece {
            case .text(let text): String(text)
            case .place(let place): "\(place + 1)"
            }
        }
        #expect((found.last == "" && pieces.last != "" ? found.dropLast() : found) == pieces)
    }

    // MARK: Which it is

    @Test(arguments: [
        (["LANG": "de_AT.UTF-8"], true), (["LANG": "de"], true), (["LANG": "de@euro"], true),
        (["LC_MESSAGES": "de_DE.UTF-8", "LANG": "en_US.UTF-8"], true),
        (["LC_ALL": "C.UTF-8", "LC_MESSAGES": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"], false),
        (["LC_ALL": "", "LANG": "de_DE.UTF-8"], true), (["LANG": "en_GB.UTF-8"], false), (["LANG": "C"], false),
        (["LANG": "POSIX"], false), (["LANG": "fr_FR.UTF-8"], false), (["LANG": "den"], false), ([:], false),
    ])
    func autoIsTheLanguageOfTheSystem(_ environment: [String: String], _ isGerman: Bool) throws {
        let language = try LanguageFile.language("auto", in: "/nowhere", environment)
        #expect((language?.translation(of: "Sent.") == "Gesendet.") == isGerman && (language != nil) == isGerman)
        #expect(try LanguageFile.language("en", in: "/nowhere", environment) == nil)
        #expect(try LanguageFile.language("de", in: "/nowhere", environment) != nil)
    }

    private func load(_ content: String, name: String = "mine") throws -> Language? {
        let folder = try TemporaryFolder()
        try Data(content.utf8).write(to: URL(fileURLWithPath: folder.path + "/mine.json"))
        return try LanguageFile.language(name, in: folder.path, [:])
    }

    @Test(arguments: [("fr_FR.UTF-8", true), ("fr", true), ("nds_DE", false), ("../fr", false), ("C", false)])
    func aFileOfOnesOwnIsTakenWhereTheSystemSpeaksIt(locale: String, isTaken: Bool) throws {
        let folder = try TemporaryFolder()
        try Data(#"{"Sent.": "Envoyé."}"#.utf8).write(to: URL(fileURLWithPath: folder.path + "/fr.json"))
        let language = try LanguageFile.language("auto", in: folder.path, ["LANG": locale])
        #expect((language?.translation(of: "Sent.") == "Envoyé.") == isTaken && (language != nil) == isTaken)
        // One with a slip is told of, as one that was asked for is.
        try Data("[]".utf8).write(to: URL(fileURLWithPath: folder.path + "/fr.json"))
        guard isTaken else { return }
        #expect(throws: LanguageFault.self) {
            try LanguageFile.language("auto", in: folder.path, ["LANG": locale])
        }
    }

    /// Whoever has written the file: nothing of it moves a cursor, changes a colour or turns a line around.
    @Test func noLanguageGetsPastTheDoorOfTheScreen() throws {
        let hostile = "\u{1B}[2J\u{9B}31m\u{202E}\u{7}\n\u{0}"
        let language = Language(try LanguageFile.texts(German.json).mapValues { hostile + $0 + hostile })
        for prepare: @Sendable (inout AppState) -> Void in [
            { _ in }, { $0.press(Key(.function(1))) }, { $0.press(.control("q")) }, { $0.press(.control("n")) },
            { $0.snapshot.connection.state = .signedOut(expired: nil) },
            {
                $0.type("/hepl"); $0.press(Key(.enter))
            },
        ] {
            for (width, height) in [(80, 24), (30, 8)] {
                let lines = Language.$current.withValue(language) {
                    Screen.draw(Fixture.state(width, height, change: prepare)).lines
                }
                #expect(lines.count == height)
                for line in lines {
                    #expect(
                        !line.unicodeScalars.contains {
                            $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0.value == 0x202E
                        })
                }
            }
        }
    }

    @Test func aFileOfOnesOwnSaysWhatIsOtherwise() throws {
        let language = try load(#"{"Refreshing…": "Vernieuwen…", "%1 messages wait": "%1 berichten wachten"}"#)
        Language.$current.withValue(language) {
            #expect(tr("Refreshing…") == "Vernieuwen…" && tr("\(3) messages wait") == "3 berichten wachten")
            #expect(tr("Refreshed.") == "Refreshed.")
        }
    }

    @Test(arguments: [
        ("[]", "mine.json, line 1: it is no JSON object"),
        ("{\n\"Sent.\"", "mine.json, line 2, column 8: a : is missing"),
        ("{\n\"Sent.\": 7}", "mine.json, line 2: behind \"Sent.\" stands a text"),
        ("{\"Sent.\": \"a\",\n\"Sent.\": \"b\"}", "mine.json, line 2: \"Sent.\" stands here twice"),
        ("{\"Copied: %1\": \"%1 %2\"}", "mine.json, line 1: \"Copied: %1\" has no %2"),
    ])
    func aSlipInItIsSaidWithItsPlace(content: String, reason: String) throws {
        let fault = #expect(throws: LanguageFault.self) { try load(content) }
        #expect(fault?.description.hasPrefix("language /") == true)
        #expect(fault?.description.contains(reason) == true, "\(fault?.description ?? "")")
    }

    @Test(arguments: [
        ("none", "there is no language none: there are auto, en, de, and files such as"),
        ("../mine", "a path begins with /"), ("/nowhere/x.json", "/nowhere/x.json: there is no such file"),
    ])
    func whatIsNoLanguageIsSaid(name: String, reason: String) throws {
        let fault = #expect(throws: LanguageFault.self) { try load("{}", name: name) }
        #expect(fault?.description.contains(reason) == true, "\(fault?.description ?? "")")
    }

    // MARK: What is said elsewhere

    /// Of the backend alone.
    private static let pathError = APIError.wrongPath(setting: "paths.user_short", path: "/x")
    private static let errors: [APIError] = [
        .unreachable("connection refused"), .unreachable("no such host x.example"), .timedOut, .connectionLost,
        .unauthorized, .forbidden, .notFound, .rejected([]), .rejected(["message_blank"]), .refused(status: 418),
        .rateLimited(retryAfter: nil), .server(status: 502, retryAfter: nil), .redirected, .portal(nil),
        .portal("portal.example"), .cannotLookUp,
        .unexpectedAnswer("HTML"), .unexpectedAnswer("no JSON"), .answerTooLarge,
    ]

    @Test(arguments: errors.flatMap { [$0, .signIn($0)] } + [pathError])
    func whyACallFailedIsSaidInTheLanguage(error: APIError) throws {
        let reason = "\(error)"
        let said = try Language.$current.withValue(German.language) { tr(reason: reason) }
        #expect(said != reason)
        #expect(Reasons.all.contains { $0.parts(of: reason) != nil })
        for name in ["418", "502", "portal.example", "x.example", "/x"] where reason.contains(name) {
            #expect(said.contains(name), "\(said)")
        }
    }

    @Test(arguments: [
        SignInError.missing(setting: "cognito.client_id"), .unknownChallenge("CUSTOM"), .anothers("mei"),
        .anothers(nil),
        .notOurs, .outOfTurn, .notAnswered(.timedOut), .refused(type: "CodeMismatchException", message: ""),
        .refused(type: "", message: ""), .refused(type: "Odd", message: "words"),
    ])
    func whyASignInFailedIsSaidInTheLanguage(error: SignInError) throws {
        let said = try Language.$current.withValue(German.language) { tr(reason: "\(error)") }
        #expect(said != "\(error)")
    }

    @Test func aReasonWithinAReasonIsSaidToo() throws {
        try Language.$current.withValue(German.language) {
            #expect(
                tr(reason: "cannot reach the server (connection refused)")
                    == "Server nicht erreichbar (Verbindung abgelehnt)")
            // What somebody else has said.
            #expect(tr(reason: "the gremlins have it") == "the gremlins have it")
        }
    }

    @Test func aDayIsSaidInTheLanguage() throws {
        let time = LocalTime { _ in 0 }
        let old = Fixture.now.advanced(bySeconds: -86_400 * 200)
        #expect(time.dayName(old, now: Fixture.now) == "Friday, 8 May 2026")
        try Language.$current.withValue(German.language) {
            #expect(time.dayName(old, now: Fixture.now) == "Freitag, 8. Mai 2026")
            #expect(time.relative(old, now: Fixture.now) == "8. Mai")
            #expect(time.dayName(Fixture.now, now: Fixture.now) == "Heute")
        }
    }
}
