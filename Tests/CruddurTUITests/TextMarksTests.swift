import ChatClient
import Foundation
import TerminalText
import Testing
import Timestamps

@testable import CruddurTUI

/// What stands out in a message, and that its text stays exactly as it is.
struct TextMarksTests {
    private func spans(
        _ text: String, _ concerns: TextMarks.Concerns = .none
    ) -> [[(String, TextMarks.Span.Kind)]] {
        var marks = TextMarks(concerns)
        return Lines.split(text).map { line in
            marks.spans(of: line).map { (line[$0.range].map(\.text).joined(), $0.kind) }
        }
    }

    private func marked(_ text: String, _ kind: TextMarks.Span.Kind) -> [String] {
        spans(text).joined().filter { $0.1 == kind }.map(\.0)
    }

    @Test(arguments: [
        ("*now*", ["*now*"]), ("do it *right now*, please", ["*right now*"]),
        ("(*a*) *b* *c d*", ["*a*", "*b*", "*c d*"]),
        ("**", []), ("***", []), ("* a *", []), ("2*3*4", []), ("*a", []), ("a*b*", []), ("*a*b", []), ("* a*", []),
        ("*a\nb*", []), ("*你好*", ["*你好*"]), ("*👩‍💻*", ["*👩‍💻*"]), ("*a *b*", ["*a *b*"]),
    ])
    func bold(_ text: String, _ expected: [String]) { #expect(marked(text, .bold) == expected) }

    @Test func italicCodeAndBlocksOfIt() {
        #expect(marked("_so_ and snake_case_name and __init__", .italic) == ["_so_"])
        #expect(marked("run `ls *.txt` and `x`", .code) == ["`ls *.txt`", "`x`"])
        #expect(marked("run `a *b* c`", .bold).isEmpty)
        #expect(marked("see:\n```\n*a* @nia\n\nx\n```\n*b*", .code) == ["```", "*a* @nia", "x", "```"])
        #expect(marked("see:\n```\n*a*\n```\n*b*", .bold) == ["*b*"])
        // One that never ends is one to the end.
        #expect(marked("```\na", .code) == ["```", "a"])
    }

    @Test func linksAreWholeAndNothingElse() {
        let text = "see https://a.example/x_y_z*1*, or (http://b.example)."
        #expect(spans(text)[0].map(\.0) == ["https://a.example/x_y_z*1", "http://b.example"])
        #expect(spans(text)[0].map(\.1) == [.link("https://a.example/x_y_z*1"), .link("http://b.example")])
    }

    @Test(arguments: [
        ("@nia look", ["@nia"]), ("hey @Nia, @nia!", ["@Nia", "@nia"]), ("@niamh", []), ("mail@nia.example", ["@nia"]),
        ("@nia_2", []), ("the deploy failed", ["deploy"]), ("Deployment", []), ("redeploy", []),
        ("DEPLOY!", ["DEPLOY"]),
        ("who is on call today", ["on call"]), ("`deploy`", []), ("https://a.example/deploy", []),
    ])
    func whatConcernsWhoeverReads(_ text: String, _ expected: [String]) {
        let concerns = TextMarks.Concerns(me: "nia", words: ["deploy", "on call"])
        #expect(spans(text, concerns)[0].filter { $0.1 == .concern }.map(\.0) == expected)
    }

    /// Whatever a message holds and however wide the pane is: the rows are the text.
    @Test func nothingIsLostByIt() {
        let texts = [
            "*bold* _it_ `c` https://a.example/very/long/path/that/is/broken @nia deploy", "```\ncode\n```", "*", "`",
            "_a",
            "👩‍💻*a*👩‍💻", "*你好世界你好世界你好世界*", "a\u{200D}*b*", "\u{202E}*x*", String(repeating: "*a* ", count: 300),
        ]
        for text in texts {
            for width in [1, 2, 7, 30, 90] {
                for density in [Density.airy, .compact] {
                    let rows = TranscriptRows(
                        Fixture.entries([Fixture.message(1, text, minutesAgo: 1)]), width: width, density: density,
                        now: Fixture.now,
                        localTime: LocalTime { _ in 0 }, concerns: .init(me: "nia", words: ["deploy"]))
                    let shown = rows.rows(at: 0).compactMap { row -> TranscriptRow.Text? in
                        if case .text(let text) = row.kind { text } else { nil }
                    }
                    let lead = shown.first.map { $0.nameCount + $0.timeCount } ?? 0
                    let all = shown.flatMap(\.clusters).map(\.text).joined()
                    let plain = Lines.split(text).joined().map(\.text).joined()
                    #expect(all.hasSuffix(plain) || lead > 0 && density == .compact, "\(text) at \(width)")
                    for row in shown {
                        #expect(row.spans.allSatisfy { $0.range.upperBound <= row.clusters.count && !$0.range.isEmpty })
                    }
                }
            }
        }
    }

    // MARK: For who hears them

    @Test(arguments: [
        ("😀", ":grinning face:"), ("❤️", ":heavy black heart:"), ("🇨🇦", ":flag CA:"),
        ("1️⃣", ":digit one, combining enclosing keycap:"),
        ("👍🏽", ":thumbs up sign, emoji modifier fitzpatrick type-4:"),
    ])
    func picturesHaveWords(_ text: String, _ word: String) { #expect(Emoji.word(for: text) == word) }

    @Test(arguments: ["a", "1", "©", "中", "é", "#", " ", "—", "✓"])
    func whatIsNoPictureHasNone(_ text: String) { #expect(Emoji.word(for: text) == nil) }

    /// The address is the message's.
    @Test func aLinkStaysWhatItIs() {
        var state = Fixture.state(120, 20)
        state.hasWordsForEmoji = true
        _ = update(&state, .snapshot(state.adding([Fixture.message(9, "🎉 http://x.example/a😀b 🎉", minutesAgo: 0)])))
        let canvas = Screen.draw(state)
        #expect(canvas.links == ["http://x.example/a😀b"])
        #expect(canvas.lines.joined().contains(":party popper: http://x.example/a😀b :party popper:"))
    }

    /// What nobody writes by hand costs no more than its length: these took 15 s each.
    @Test(arguments: [
        String(repeating: "*a ", count: 1300), String(repeating: "`a *b _c ", count: 450),
        "http://a" + String(repeating: ")", count: 19_000), String(repeating: "http://a.example ", count: 900),
        String(repeating: "*a ", count: 33_000),
    ])
    func whatIsHostileIsReadOnce(_ text: String) {
        var marks = TextMarks(.init(me: "nia", words: ["deploy", "a"]))
        for line in Lines.split(text) {
            let spans = marks.spans(of: line)
            #expect(zip(spans, spans.dropFirst()).allSatisfy { $0.range.lowerBound <= $1.range.lowerBound })
        }
    }

    @Test func aTranscriptIsReadInWords() {
        var state = Fixture.state(80, 20)
        state.hasWordsForEmoji = true
        _ = update(&state, .snapshot(state.adding([Fixture.message(9, "done 🎉 *yes*", minutesAgo: 0)])))
        #expect(Screen.draw(state).lines.joined().contains("done :party popper: *yes*"))
    }

    // MARK: To the terminal

    @Test func anAddressIsWrittenSoThatNothingCanBeDoneWithIt() throws {
        let begin = try #require(Hyperlink.begin("https://a.example/é;x\u{1B}]0;owned\u{7}\\"))
        #expect(begin.hasPrefix("\u{1B}]8;id="))
        #expect(begin.dropFirst(1).dropLast(2).unicodeScalars.allSatisfy { (0x21...0x7E).contains($0.value) })
        #expect(begin.hasSuffix(";https://a.example/%C3%A9%3Bx%1B]0%3Bowned%07\\\u{1B}\\"))
        #expect(Hyperlink.begin("javascript:alert(1)") == nil && Hyperlink.begin("file:///etc/passwd") == nil)
        #expect(Hyperlink.begin("https://a.example/" + String(repeating: "x", count: 2000)) == nil)
    }

    @Test func theCellsOfALinkLeadThereAndNoOthers() {
        var state = Fixture.state(60, 20)
        _ = update(
            &state,
            .snapshot(
                state.adding([Fixture.message(9, "go to https://a.example/x now and https://b.example", minutesAgo: 0)])
            ))
        let canvas = Screen.draw(state)
        for row in canvas.rows {
            let linked = Dictionary(grouping: row.filter { $0.style.link > 0 }, by: \.style.link)
            for (link, cells) in linked {
                #expect(canvas.links[Int(link) - 1].contains(cells.map(\.cluster.text).joined()))
            }
        }
        #expect(Set(canvas.links) == ["https://a.example/x", "https://b.example"])
    }
}
