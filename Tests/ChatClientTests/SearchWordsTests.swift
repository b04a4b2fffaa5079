import Foundation
import GRDB
import Testing

@testable import ChatClient

/// In an index like the history's.
@Suite struct SearchWordsTests {
    private func index(of text: String) throws -> DatabaseQueue {
        let index = try DatabaseQueue()
        try index.write { database in
            try database.execute(
                sql: """
                    CREATE VIRTUAL TABLE word USING fts5 (
                        words, content = '', detail = none, tokenize = 'ascii', prefix = '1 2 3')
                    """)
            try database.execute(sql: "INSERT INTO word VALUES (?)", arguments: [SearchWords.indexed(text)])
        }
        return index
    }

    private func finds(_ typed: String, in index: DatabaseQueue) throws -> Bool {
        guard let expression = SearchWords.expression(typed) else { return false }
        return try index.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM word WHERE word MATCH ?", arguments: [expression]) == 1
        }
    }

    private func finds(_ typed: String, in text: String) throws -> Bool {
        try finds(typed, in: index(of: text)) && SearchWords.isIn(text, typed)
    }

    @Test(arguments: [
        // Skin tones: none typed means all.
        ("👍", "fine 👍🏽"), ("👍", "fine 👍"), ("👍🏽", "fine 👍🏽"), ("🏽", "fine 👍🏽"), ("👍", "a👍b"), ("b", "a👍b"),
        // Selectors.
        ("❤", "I ❤️ NY"), ("❤️", "I ❤ NY"), ("❤️", "I❤️NY"), ("ℹ", "ℹ️ read"), ("‼️", "now‼"), ("☎", "☎︎"),
        // Joined ones: each picture of them, and all together, with a tone or without.
        ("👩", "👨‍👩‍👧‍👦"), ("👨‍👩‍👧", "👨‍👩‍👧‍👦"), ("👩‍💻", "👩🏽‍💻 at work"), ("👩🏽‍💻", "👩🏽‍💻"), ("💻", "👩🏽‍💻"), ("🤷", "🤷🏻‍♀️"),
        ("♀", "🤷🏻‍♀️"), ("🔥", "❤️‍🔥"),
        // Keycaps and flags.
        ("1️⃣", "1️⃣ first"), ("1⃣", "1️⃣ first"), ("1", "1️⃣ first"), ("#️⃣", "dial #️⃣"), ("*⃣", "*️⃣"), ("🇩🇪", "in 🇫🇷🇩🇪"),
        ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", "from 🏴󠁧󠁢󠁳󠁣󠁴󠁿"), ("🏴", "from 🏴󠁧󠁢󠁳󠁣󠁴󠁿"), ("🏳", "🏳️‍🌈"),
        // Signs of ASCII and others, also inside words.
        ("€", "5€"), ("5", "5€"), ("$", "US$20"), ("us 20", "US$20"), ("＄", "US$20"), ("→", "a→b"), ("<", "<\u{338}b>"),
        ("c++", "in C++"),
        ("≠", "1≠2"),
        // Marks, and what draws nothing.
        ("cafe", "cafe\u{301}"), ("café", "cafe\u{301}"), ("cooperate", "co\u{AD}ope\u{200B}rate"),
        ("co\u{AD}operate", "cooperate"),
        ("می‌خواهم", "میخواهم"), ("q\u{301}", "q"),
        // A NUL is between words.
        ("after", "before\u{0}after"), ("before\u{0}after", "after and before"), ("👍", "\u{0}👍🏿\u{0}"),
    ])
    func whatOneSeesIsFound(_ typed: String, _ text: String) throws {
        #expect(try finds(typed, in: text), "\(SearchWords.indexed(text)) \(SearchWords.expression(typed) ?? "nil")")
    }

    @Test(arguments: [
        ("👍🏽", "👍🏿"), ("👍🏽", "👍"), ("👍🏽", "👍 and 👎🏽"), ("👎", "👍"), ("👨‍👩‍👧", "👨 and 👩 and 👧"), ("🇩🇪", "🇩🇰🇪🇪"), ("2️⃣", "1️⃣"),
        ("c++", "c"), ("€", "$"), ("\u{0}", "\u{0}"), ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"),
    ])
    func whatOneDoesNotSeeIsNot(_ typed: String, _ text: String) throws {
        #expect(try !finds(typed, in: text))
    }

    @Test func whateverIsTypedIsAnExpressionThatTheIndexUnderstands() throws {
        let index = try index(of: "")
        for value in (0 as UInt32)..<0x3_0000 where value % 7 == 0 || value < 0x3000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            for typed in ["\(scalar)", "a\(scalar)", "\(scalar)\u{20E3}\u{FE0F}"] {
                #expect(throws: Never.self, "U+\(String(value, radix: 16))") { try finds(typed, in: index) }
            }
        }
    }
}
