import TerminalText
import TestSupport
import Testing
import Timestamps

@testable import CruddurTUI

struct ClusterTests {
    private func clusters(_ text: String) -> [Cluster] { Lines.single(text) }

    @Test(
        "each takes two cells",
        arguments: ["😀", "👩‍💻", "👨‍👩‍👧‍👦", "👍🏽", "❤️", "🇨🇦", "1️⃣", "你", "한", "が", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "🐈‍⬛", "Ａ"])
    func wide(_ text: String) {
        #expect(clusters(text).map(\.width) == [2])
    }

    @Test("each takes one cell", arguments: ["a", "é", "e\u{301}", "ش", "ש", "ก", "กี่", "ằ", "☎", "│", "…"])
    func narrow(_ text: String) {
        #expect(clusters(text).map(\.width) == [1])
    }

    @Test func whatTerminalsDisagreeOnIsNotGivenToNcurses() {
        for text in ["👩‍💻", "👍🏽", "❤️", "🇨🇦", "1️⃣", "क्षि"] { #expect(clusters(text)[0].kind != .plain, "\(text)") }
        for text in ["a", "你", "😀", "e\u{301}", "กี่"] { #expect(clusters(text)[0].kind == .plain, "\(text)") }
    }

    @Test func everyStandInTakesTheCellsThatWerePlannedOrFewer() {
        for text in ["👩‍💻", "👨‍👩‍👧‍👦", "👍🏽", "❤️", "🇨🇦", "1️⃣"] {
            let cluster = clusters(text)[0]
            #expect(cluster.standIn.width <= cluster.width)
            #expect(cluster.standIn.kind == .plain)
        }
        #expect(clusters("🇨🇦")[0].standIn.text == "CA")
    }

    @Test func controlsAndEscapeSequencesAreShownNotObeyed() {
        let shown = clusters("\u{1B}[31m\u{7}\u{0}\u{9B}\u{7F}").map(\.text).joined()
        #expect(shown == "␛[31m␇␀\u{FFFD}␡")
    }

    @Test func noScalarThatCouldMoveTheCursorOrTurnTheTextIsEverLeft() {
        for value in UInt32(0)...0x2FFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            for cluster in Lines.split("a\(scalar)b").joined() {
                for left in cluster.text.unicodeScalars {
                    let isControl = left.value < 0x20 || (0x7F..<0xA0).contains(left.value)
                    let isBidi = (0x202A...0x202E).contains(left.value) || (0x2066...0x2069).contains(left.value)
                    #expect(!isControl && !isBidi, "U+\(String(value, radix: 16))")
                }
            }
        }
    }

    @Test func aThousandMarksAreBounded() {
        let cluster = clusters("a" + String(repeating: "\u{301}", count: 1024))
        #expect(cluster.count == 1)
        #expect(cluster[0].text.unicodeScalars.count <= 8)
    }

    @Test func aMarkWithoutALetterGetsACircle() {
        #expect(clusters("\u{301}").map(\.text) == ["\u{25CC}\u{301}"])
    }

    @Test func everyKindOfLineBreakBreaks() {
        #expect(Lines.split("a\nb\r\nc\rd\u{2028}e").map { $0.map(\.text).joined() } == ["a", "b", "c", "d", "e"])
    }

    @Test func cuttingLeavesAnEllipsisAndNeverHalfACluster() {
        #expect(Lines.fit(clusters("你好你好"), width: 6).map(\.text).joined() == "你好…")
        #expect(Lines.width(Lines.fit(clusters("你好你好"), width: 6)) == 5)
        #expect(Lines.fit(clusters("abc"), width: 3).map(\.text).joined() == "abc")
    }
}

struct WrappingTests {
    private static let pool: [String] = [
        "a", "word", "Donaudampfschiff", " ", " ", "  ", "-", "你", "好", "。", "「", "」", "👩‍💻", "❤️", "e\u{301}", "\n", "\t",
        "क्षि", "\u{1B}", "안녕", "https://example.com/a/b?c=d",
    ]

    @Test(arguments: 0..<300)
    func nothingIsLostAndNoRowIsWiderThanThePane(seed: Int) {
        var random = Seeded(UInt64(seed))
        let text = (0..<Int.random(in: 0..<60, using: &random)).map { _ in Self.pool.randomElement(using: &random) ?? ""
        }.joined()
        let width = Int.random(in: 1...40, using: &random)
        for line in Lines.split(text) {
            let rows = Wrapping.rows(line, width: width)
            #expect(rows.flatMap { line[$0] } == line)
            for row in rows {
                let visible = line[row].reversed().drop(while: \.isSpace)
                let cells = Lines.width(Array(visible))
                // One cluster that is wider than the whole pane has a row for itself.
                #expect(cells <= width || visible.count == 1, "\(cells) cells in \(width)")
            }
        }
    }

    private func wrap(_ text: String, _ width: Int) -> [String] {
        Wrapping.rows(of: text, width: width).map { $0.map(\.text).joined() }
    }

    @Test func wordsStayWhole() {
        #expect(wrap("the quick brown fox", 10) == ["the quick ", "brown fox"])
    }

    @Test func aWordThatFitsNowhereIsCut() {
        #expect(wrap("abcdefghij", 4) == ["abcd", "efgh", "ij"])
        #expect(wrap("x abcdefghij", 4) == ["x ", "abcd", "efgh", "ij"])
    }

    @Test func chineseBreaksAnywhereButNotBeforePunctuation() {
        #expect(wrap("你好世界", 4) == ["你好", "世界"])
        #expect(wrap("你好。世界", 4) == ["你", "好。", "世界"])
    }

    @Test func anEmptyTextIsOneRow() {
        #expect(wrap("", 10) == [""])
    }
}

struct LocalTimeTests {
    private let time = LocalTime { _ in 3600 }
    private let now = Timestamp("2026-11-24T12:00:00Z")!

    private func relative(_ secondsAgo: Double) -> String {
        time.relative(now.advanced(bySeconds: -secondsAgo), now: now)
    }

    @Test func agesAreMinutesHoursThenADate() {
        #expect([0, 59, 60, 3599, 3600, 86_399].map(relative) == ["now", "now", "1m", "59m", "1h", "23h"])
        #expect(relative(86_400) == "23 Nov")
        #expect(relative(86_400 * 400) == "2025-10-20")
    }

    @Test(arguments: [
        ("2026-11-24T23:00:05Z", "12:00 am", "12:00:05 am"), ("2026-11-24T08:07:00Z", "9:07 am", "9:07:00 am"),
        ("2026-11-24T11:30:59Z", "12:30 pm", "12:30:59 pm"), ("2026-11-24T22:59:00Z", "11:59 pm", "11:59:00 pm"),
    ])
    func halfDays(_ instant: String, _ clock: String, _ whole: String) throws {
        var time = time
        time.hasHalfDays = true
        let instant = try #require(Timestamp(instant))
        #expect(time.clock(instant) == clock && time.clockWithSeconds(instant) == whole)
        // What programs read is as it was.
        #expect(time.iso8601(instant) == self.time.iso8601(instant))
    }

    @Test func whoWantsTimesHasThemAndNoAges() {
        var time = time
        time.isAbsolute = true
        #expect(time.relative(now.advanced(bySeconds: -59), now: now) == "12:59")
        #expect(time.relative(now.advanced(bySeconds: -86_400), now: now) == "23 Nov")
        #expect(time.relative(now.advanced(bySeconds: 30), now: now) == "13:00")
    }

    @Test func aClockThatIsAheadIsNow() {
        #expect(relative(-30) == "now")
    }

    @Test func aTimeFarAheadIsADate() {
        #expect(relative(-86_400 * 3) == "27 Nov")
    }

    @Test func daysAreThoseOfThePersonsZone() {
        let late = Timestamp("2026-11-23T23:30:00Z")!
        #expect(time.dayName(late, now: now) == "Today")
        #expect(time.clock(late) == "00:30")
        #expect(time.dayName(late.advanced(bySeconds: -3600), now: now) == "Yesterday")
    }
}
