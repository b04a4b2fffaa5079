import ChatClient
import Foundation
import TerminalText
import TestSupport
import Testing
import Timestamps

@testable import CruddurTUI

/// Whatever others write, and call themselves: nothing of it reaches a terminal as anything but a picture.
struct HostileTextTests {
    private static let pieces = [
        "\u{1B}[31m", "\u{1B}]0;title\u{7}", "\u{9B}2J", "\u{0}", "\r", "\n", "\u{85}", "\u{2028}", "\u{202E}",
        "\u{2066}",
        "\u{2069}", "\u{200E}", "\u{200D}", "\u{FE0F}", "\u{301}", "👩‍💻", "🇨", "🇦", "🏽", "l\u{200D}", "中", "ᅡ", "한",
        "\u{FEFF}", "\u{E0041}", "\u{FFF9}", "\u{10FFFF}", "\t", "<b>", "|", "\"", "\\", "{", " ", "\u{7F}",
        "\u{1FA77}",
        "\u{AD}", "\u{61C}", "\u{34F}", "क्", "\u{1F9}", "\u{31350}", "\u{20C1}", "\u{1FADD}",
    ]

    static func text(_ random: inout Seeded) -> String {
        (0..<Int.random(in: 0...12, using: &random)).map { _ in
            switch Int.random(in: 0..<6, using: &random) {
            case 0: "word"
            case 1: Unicode.Scalar(UInt32.random(in: 0...0x10_FFFF, using: &random)).map(String.init) ?? ""
            default: pieces.randomElement(using: &random) ?? ""
            }
        }.joined()
    }

    /// Something in it would be obeyed by a terminal.
    private static func isObeyed(_ text: String, lineEnds: Bool = false) -> Bool {
        text.unicodeScalars.contains { scalar in
            switch scalar.value {
            case 0x0A: !lineEnds
            case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x206F, 0x2028, 0x2029: true
            default: false
            }
        }
    }

    /// `HOSTILE_ROUNDS` says how many; some twenty texts each.
    private static let rounds =
        ProcessInfo.processInfo.environment["HOSTILE_ROUNDS"].flatMap { UInt64($0) } ?? 150

    @Test func nothingThatATerminalObeysIsOnAnyScreen() {
        for seed in 0..<Self.rounds {
            var random = Seeded(seed)
            var state = Fixture.state(100, 30)
            let person = UserShort(handle: Self.text(&random), displayName: Self.text(&random))
            state.snapshot.me = Self.text(&random)
            state.snapshot.conversations = (0..<4).map { number in
                ConversationSummary(
                    id: ConversationID(Int64(number) + 1), title: person, preview: Self.text(&random), at: Fixture.now,
                    unread: 0)
            }
            let entries = (0..<8).map { Fixture.message($0, Self.text(&random), minutesAgo: Double(9 - $0)) }
            state.snapshot.transcript = Transcript(
                id: Fixture.meiGroup, title: person, entries: entries.map { TranscriptEntry($0, me: "nia") },
                isLoaded: true)
            for keys in [[], [Key.control("f")], [Key.control("s")], [Key.control("n")]] {
                var state = state
                for key in keys { state.press(key) }
                _ = update(&state, .paste(Self.text(&random)))
                let canvas = Screen.draw(state)
                // An expectation for each row would take longer than all that is tried.
                let isSafe = canvas.rows.allSatisfy { row in
                    // Each cell is one's own, or the rest of the one to its left.
                    row.allSatisfy { !Self.isObeyed($0.cluster.text) && ($0.isContinuation || $0.cluster.width > 0) }
                        && row.reduce(0) { $0 + ($1.isContinuation ? 0 : $1.cluster.width) } == canvas.width
                }
                if !isSafe { Issue.record("seed \(seed), \(keys)") }
            }
        }
    }

    @Test func nothingThatATerminalObeysIsEverPrintable() {
        var random = Seeded(7)
        for _ in 0..<Self.rounds * 130 {
            let text = Self.text(&random)
            let person = UserShort(handle: text, displayName: text)
            let entry = TranscriptEntry(Fixture.message(1, text, from: text, minutesAgo: 1), me: "nia")
            let lines = [
                PlainWording.talking(to: person), PlainWording.message(entry, LocalTime { _ in 0 }),
                PlainWording.news(MessageOutput(entry, group: text, with: person), isHere: false),
                PlainWording.connection(.offline(reason: text, since: Fixture.now, nextTry: nil)),
            ]
            let isSafe =
                !lines.contains { Self.isObeyed($0.text) } && !Self.isObeyed(PrintableText(line: text).text)
                && !Self.isObeyed(PrintableText(lines: text).text, lineEnds: true)
                && !Self.isObeyed(("\(text)" as PrintableText).text)
                && PrintableText(quoting: text).text.unicodeScalars.allSatisfy { (0x20..<0x7F).contains($0.value) }
                && !Self.isObeyed(LogLine.json([text: text]).text, lineEnds: true)
            if !isSafe { Issue.record("\(text.debugDescription)") }
        }
    }

    @Test func whatJoinsNothingIsNotPassedOn() {
        for (text, clusters) in [
            ("l\u{200D}👨‍👩‍👧", ["l", "👨‍👩‍👧"]), ("l\u{FE0F}", ["l"]), ("👩\u{200D}", ["👩"]), ("1\u{FE0F}", ["1"]),
            ("a\u{E0041}", ["a"]), ("👩‍💻", ["👩‍💻"]), ("1️⃣", ["1️⃣"]), ("❤️", ["❤️"]), ("🏴󠁧󠁢󠁷󠁬󠁳󠁿", ["🏴󠁧󠁢󠁷󠁬󠁳󠁿"]),
            ("क्‍ष", Lines.single("क्‍ष").map(\.text)), ("中\u{E0100}", ["中\u{E0100}"]), ("a\u{200C}", ["a"]),
            ("\u{1161}", ["\u{115F}\u{1161}"]), ("🏳️‍🌈", ["🏳️‍🌈"]), ("👩🏽‍💻", ["👩🏽‍💻"]),
        ] {
            let drawn = Lines.single(text).map(\.text)
            #expect(
                drawn.map { Array($0.unicodeScalars) } == clusters.map { Array($0.unicodeScalars) },
                "\(text.debugDescription)")
            for cluster in drawn { #expect(cluster.unicodeScalars.last != "\u{200D}") }
        }
    }

    @Test func scalarsThatAreNewHaveTheCellsThatTheyWillHave() {
        for (scalar, width) in [
            ("\u{1FA77}", 2), ("\u{1FAE8}", 2), ("\u{1F6DC}", 2), ("\u{20C1}", 1), ("\u{31350}", 2), ("\u{1FADD}", 2),
        ] {
            #expect(Lines.single(scalar).map(\.width) == [width], "\(scalar.debugDescription)")
        }
    }

    @Test func aRedrawIsPossibleInFrontOfEverythingAndChangesNothing() {
        for keys in [
            [], [Key(.function(1))], [Key.control("f")], [Key.control("s")], [Key.control("n")], [Key.control("r")],
        ] {
            var state = Fixture.state(100, 30)
            for key in keys { state.press(key) }
            let before = Screen.draw(state)
            #expect(state.press(.control("l")) == [.redraw], "\(keys)")
            #expect(Screen.draw(state) == before, "\(keys)")
        }
        var waiting = Fixture.state(100, 30)
        for key in [Key.control("n"), Key(.character("x")), Key(.enter)] { waiting.press(key) }
        #expect(waiting.press(.control("l")) == [.redraw])
    }
}
