import ChatClient
import TestSupport
import Testing

@testable import CruddurTUI

/// A letter is on the screen before the state knows of it. So whatever there is must come to the same.
struct LetterEchoTests {
    private static let texts = [
        "hello ", "/", "@me", ":smi", "👍", "e\u{301}", "\u{600}", "\u{200D}", "ש", "王", "two\nlines", "teh wrnog ",
        "\t",
        String(repeating: "long ", count: 30), String(repeating: "x", count: 990),
    ]

    private static let keys: [Key] = [
        Key(.enter), Key(.escape), Key(.tab), Key(.backspace), Key(.left), Key(.right), Key(.up), Key(.down),
        Key(.home),
        Key(.end), Key(.pageUp), Key(.up, .alt), Key(.down, .alt), Key(.enter, .alt), .control("n"), .control("f"),
        .control("s"), .control("u"), .control("w"), .control("x"), .control("y"), .control("q"), .control("_"),
        .alt("g"),
        .alt("v"), .alt("o"), .alt("i"), Key(.function(1)), Key(.function(2)), Key(.function(3)), Key(.function(4)),
        Key(.function(5)), Key(.function(6)), Key(.function(7)), Key(.function(8)), Key(.function(9)),
    ]

    private static func event(_ state: AppState, _ random: inout Seeded) -> Event {
        switch Int.random(in: 0..<12, using: &random) {
        case 0...3: .key(Key(.character("abz.~ /:@jk1".randomElement(using: &random) ?? "a")))
        case 4: .paste(texts.randomElement(using: &random) ?? "")
        case 5:
            .resize(
                .init(width: Int.random(in: 1..<130, using: &random), height: Int.random(in: 1..<40, using: &random)))
        case 6: .snapshot(state.adding([Fixture.message(50, "one more", minutesAgo: 0)]))
        case 7: .focus(Bool.random(using: &random))
        default: .key(keys.randomElement(using: &random) ?? Key(.enter))
        }
    }

    private static func draw(_ state: AppState) -> Canvas { PresenterScreen.draw(Screen.draw(state), state) }

    @Test(arguments: 0..<60)
    func whatIsEchoedIsWhatIsDrawn(seed: Int) throws {
        var random = Seeded(UInt64(seed))
        var state = Fixture.state(Int.random(in: 1..<130, using: &random), Int.random(in: 1..<40, using: &random))
        state.keys = try #require(Keymap.preset(Keymap.presets.randomElement(using: &random) ?? "readline"))
        for _ in 0..<40 {
            _ = update(&state, Self.event(state, &random))
            let before = Self.draw(state)
            guard before.echoesLetters, let cursor = before.cursor else { continue }
            for letter in ["a", "j", "/"] {
                var typed = state
                _ = update(&typed, .key(Key(.character(Character(letter)))))
                let after = Self.draw(typed)
                var echoed = before
                echoed.echo(letter)
                #expect(after.cursor == echoed.cursor, "seed \(seed): \(letter)")
                #expect(
                    after.rows[cursor.y][cursor.x...] == echoed.rows[cursor.y][cursor.x...], "seed \(seed): \(letter)")
                #expect(typed.draft.text == state.draft.text + letter)
            }
        }
    }

    @Test func aWrittenLineEchoesAndACommandDoesNot() {
        var state = Fixture.state(100, 30)
        #expect(!Self.draw(state).echoesLetters, "the hint goes with the first letter")
        state.type("hello")
        #expect(Self.draw(state).echoesLetters)
        for key in [Key(.left), Key(.function(1)), Key(.up, .alt), .control("n")] {
            var other = state
            _ = update(&other, .key(key))
            #expect(!Self.draw(other).echoesLetters, "\(key.name)")
        }
        state.keys = Keymap(
            "own",
            state.keys.sections + [
                KeySection(
                    title: "Own",
                    rows: [
                        KeyRow([Key(.character("j")): .program(.quit)], "", in: [.chat])
                    ])
            ])
        #expect(!Self.draw(state).echoesLetters)
    }

    @Test func aLetterInTheMidstOfAPasteIsNotTyped() {
        var decoder = InputDecoder()
        #expect(decoder.isTypedLetter([UInt8(ascii: "a")]))
        for bytes in ["\u{1B}", "\u{1B}[20", "\u{1B}[200~some", "\u{1B}]0;", "a\rb"] {
            var other = decoder
            _ = other.decode(Array(bytes.utf8), at: .zero)
            #expect(!other.isTypedLetter([UInt8(ascii: "a")]), "\(bytes.debugDescription)")
        }
        _ = decoder.decode([0xC3], at: .zero)
        #expect(!decoder.isTypedLetter([UInt8(ascii: "a")]))
    }

    @Test func whatIsWrittenForALetterIsLearntFromOneThatStandsAlone() {
        var echo = LetterEcho()
        #expect(echo.foretell(UInt8(ascii: "a")) == nil)
        echo.learn(Array("\u{1B}[33m3\u{1B}[m".utf8), of: UInt8(ascii: "3"))
        #expect(echo.foretell(UInt8(ascii: "a")) == nil, "which of them is the letter?")
        echo.learn(Array("\u{1B}[33mx\u{1B}[m".utf8), of: UInt8(ascii: "x"))
        #expect(echo.foretell(UInt8(ascii: "m")) == Array("\u{1B}[33mm\u{1B}[m".utf8))
        echo.forget()
        #expect(echo.foretell(UInt8(ascii: "a")) == nil)
    }
}
