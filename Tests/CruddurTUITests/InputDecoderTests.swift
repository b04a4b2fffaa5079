import Testing

@testable import CruddurTUI

/// What bytes mean, and how long they wait.
struct InputDecoderTests {
    private func keys(_ keys: Key...) -> [Input] { keys.map(Input.key) }

    private func letters(_ text: String) -> [Input] { text.map { .key(Key(.character($0))) } }

    // MARK: Time

    @Test(
        "over a slow line a key is what it is",
        arguments: [
            ("\u{1B}[D", Key(.left)), ("\u{1B}b", .alt("b")), ("\u{1B}[B", Key(.down)), ("\u{1B}OP", Key(.function(1))),
            ("\u{1B}[1;5D", Key(.left, .control)), ("\u{1B}\u{1B}[D", Key(.left, .alt)), ("é", Key(.character("é"))),
            ("👍", Key(.character("👍"))), ("\u{1B}ü", .alt("ü")), ("\u{1B}[[A", Key(.function(1))),
        ])
    func overASlowLine(_ bytes: String, _ key: Key) {
        #expect(Typing.slowly(bytes, apart: .milliseconds(2)) == [.key(key)])
        #expect(Typing.slowly(bytes, apart: .milliseconds(40)) == [.key(key)])
    }

    @Test func anEscapeWaitsForWhatBelongsToItAndNoLonger() {
        var typing = Typing()
        typing.read("\u{1B}")
        #expect(typing.inputs.isEmpty)
        typing.pause(.milliseconds(49))
        #expect(typing.inputs.isEmpty)
        typing.pause(.milliseconds(1))
        #expect(typing.inputs == keys(Key(.escape)))
        typing.read("[A")
        #expect(typing.inputs == keys(Key(.escape)) + letters("[A"))
    }

    @Test func howLongAnEscapeWaitsCanBeSet() {
        var decoder = InputDecoder(patience: .milliseconds(400))
        #expect(decoder.decode([0x1B], at: .zero).isEmpty)
        #expect(decoder.deadline == .milliseconds(400))
    }

    @Test func aKeyOfCertainMeaningNeverWaits() {
        for certain in ["a", "\r", "\t", "\u{11}", "\u{1B}[A", "\u{1B}b", "\u{1B}OA", "é", "\u{7F}"] {
            var typing = Typing()
            typing.read(certain)
            #expect(typing.inputs.count == 1, "\(certain.debugDescription)")
        }
    }

    @Test func aCutThatTookLongIsStillWholeIfItsRestIsThereToBeRead() {
        // The program was held up: what is there to be read counts, not when it came to look.
        var decoder = InputDecoder()
        #expect(decoder.decode([0x1B], at: .zero).isEmpty)
        #expect(decoder.decode(Array("[A".utf8), at: .seconds(60)) == keys(Key(.up)))
    }

    @Test func escapesThatStandAloneAreKeys() {
        #expect(Typing.outcome("\u{1B}\u{1B}") == keys(Key(.escape), Key(.escape)))
        #expect(Typing.outcome("\u{1B}[") == keys(.alt("[")))
        #expect(Typing.outcome("\u{1B}O") == keys(.alt("O")))
        #expect(Typing.outcome("\u{1B}]") == keys(.alt("]")))
        #expect(Typing.outcome("\u{1B}\u{1B}x") == keys(Key(.escape), .alt("x")))
        #expect(Typing.outcome(["\u{1B}", "x"], apart: .milliseconds(60)) == keys(Key(.escape)) + letters("x"))
    }

    @Test func whatIsCutForGoodIsNoText() {
        for cut in ["\u{1B}[1;", "\u{1B}[<0;1", "\u{1B}[M!", "\u{1B}]11;rgb:", "\u{1B}P1$r", "\u{1B}O5"] {
            #expect(Typing.outcome([cut, "x"], apart: .milliseconds(60)) == letters("x"), "\(cut.debugDescription)")
        }
        var typing = Typing()
        typing.read([0xE2, 0x82])
        typing.pause(.milliseconds(60))
        typing.read("x")
        #expect(typing.outcome == letters("x"))
    }

    // MARK: Reports

    @Test(
        "no report is a key",
        arguments: [
            "\u{1B}[<0;1;1M", "\u{1B}[<0;1;1m", "\u{1B}[<64;10;10M", "\u{1B}[<35;1000;2000M", "\u{1B}[M !!",
            "\u{1B}[M\u{20}\u{7E}\u{7E}", "\u{1B}[Mé", "\u{1B}[M éé", "\u{1B}[32;5;5M", "\u{1B}[t!!", "\u{1B}[T!!!!!!",
            "\u{1B}]11;rgb:1a1a/1b1b/1c1c\u{7}", "\u{1B}]11;rgb:ffff/ffff/ffff\u{1B}\\", "\u{1B}]52;c;aGVsbG8=\u{7}",
            "\u{1B}]lwindow title with ünï\u{1B}\\", "\u{1B}P>|xterm(390)\u{1B}\\", "\u{1B}P1$r0m\u{1B}\\",
            "\u{1B}P!|00000000\u{1B}\\", "\u{1B}_Gi=31;OK\u{1B}\\", "\u{1B}^private\u{1B}\\", "\u{1B}Xstart\u{1B}\\",
            "\u{1B}[?62;22c", "\u{1B}[>41;390;0c", "\u{1B}[=1c", "\u{1B}[0n", "\u{1B}[?997;1n", "\u{1B}[?2026;2$y",
            "\u{1B}[4;1$y", "\u{1B}[8;30;100t", "\u{1B}[48;30;100;600;1000t", "\u{1B}[?1u", "\u{1B}[?1;1R",
            "\u{1B}[1;5R",
            "\u{1B}[2;3R", "\u{1B}[I", "\u{1B}[O", "\u{1B}[?64;1;2S", "\u{1B}[2;1;1x", "\u{1B}[1;1;5;7&w",
            "\u{1B}[97;1:3u", "\u{1B}[1;1:3A", "\u{1B}[3;1:3~", "\u{1B}[57441;2u", "\u{1B}[97;9u", "\u{1B}[99;99;99z",
            "\u{1B}[>0;276;0c", "\u{1B}[?1;2;4c", "\u{1B}[5;6\"q",
        ])
    func noReportIsAKey(_ report: String) {
        for inputs in [
            Typing.outcome(report), Typing.slowly(report, apart: .milliseconds(2)), Typing.outcome(report + "\u{1B}[A"),
        ] {
            #expect(inputs.keys.filter { $0 != Key(.up) }.isEmpty, "\(report.debugDescription): \(inputs)")
            #expect(inputs.written.isEmpty, "\(report.debugDescription): \(inputs)")
        }
    }

    @Test func reportsThatSomebodyWaitsForAreTold() {
        #expect(Typing.outcome("\u{1B}[I\u{1B}[O") == [.focus(true), .focus(false)])
        #expect(Typing.outcome("\u{1B}[2;3R") == [.position(row: 2, column: 3)])
        #expect(Typing.outcome("\u{1B}[?2026;2$y") == [.mode(2026, setting: 2)])
    }

    @Test(
        "a mouse is told in every form",
        arguments: [
            ("\u{1B}[<0;3;4M", Mouse.Action.press), ("\u{1B}[<0;3;4m", .release), ("\u{1B}[<32;3;4M", .drag),
            ("\u{1B}[<64;3;4M", .wheelUp), ("\u{1B}[<65;3;4M", .wheelDown), ("\u{1B}[M #$", .press),
            ("\u{1B}[M##$", .release), ("\u{1B}[M`#$", .wheelUp), ("\u{1B}[Ma#$", .wheelDown), ("\u{1B}[M@#$", .drag),
            ("\u{1B}[32;3;4M", .press), ("\u{1B}[35;3;4M", .release), ("\u{1B}[96;3;4M", .wheelUp),
            ("\u{1B}[<2;3;4M", .other), ("\u{1B}[<66;3;4M", .other),
        ])
    func aMouse(_ report: String, _ action: Mouse.Action) {
        #expect(Typing.outcome(report) == [.mouse(Mouse(action: action, x: 2, y: 3))])
    }

    @Test func farPlacesAreToldInUTF8AndInBytes() {
        #expect(Typing.outcome("\u{1B}[M \u{C8}\u{21}") == [.mouse(Mouse(action: .press, x: 167, y: 0))])
        var typing = Typing()
        typing.read([0x1B, UInt8(ascii: "["), UInt8(ascii: "M"), 0x20, 0xC8, 0x21])
        #expect(typing.outcome == [.mouse(Mouse(action: .press, x: 167, y: 0))])
    }

    @Test func aStringWithoutEndTakesNoKeyAway() {
        #expect(Typing.outcome("\u{1B}]0;title\u{11}") == keys(.control("q")))
        #expect(Typing.outcome("\u{1B}]0;title\u{1B}[A") == keys(Key(.up)))
        #expect(Typing.outcome("\u{1B}P" + String(repeating: "x", count: 65_537) + "y").written == "y")
    }

    @Test func eightBitControlsAreWhatTheyAre() {
        var typing = Typing()
        typing.read([0x9B, UInt8(ascii: "A"), 0x8F, UInt8(ascii: "P"), 0x9D, UInt8(ascii: "1"), 0x9C, 0x9B, 0x33, 0x7E])
        #expect(typing.outcome == keys(Key(.up), Key(.function(1)), Key(.delete)))
        #expect(Typing.outcome("\u{9B}A\u{9D}title é\u{9C}x") == keys(Key(.up)) + letters("x"))
    }

    @Test func bytesThatAreNotUTF8AreDroppedAndTheRestIsKept() {
        var typing = Typing()
        typing.read([0xFF, 0x61, 0xC3, 0x28])
        #expect(typing.outcome == letters("a("))
    }

    // MARK: Keyboard protocols

    @Test(
        "what keyboard protocols write is what is on the key",
        arguments: [
            ("\u{1B}[97;2u", Key(.character("A"))), ("\u{1B}[97:65;2u", Key(.character("A"))),
            ("\u{1B}[49:33;2u", Key(.character("!"))), ("\u{1B}[97;;229u", Key(.character("å"))),
            ("\u{1B}[97;65u", Key(.character("A"))), ("\u{1B}[113;5u", .control("q")),
            ("\u{1B}[1081::113;5u", .control("q")), ("\u{1B}[113;6u", .control("q")),
            ("\u{1B}[27;5;113~", .control("q")),
            ("\u{1B}[98;3u", .alt("b")), ("\u{1B}[60:62;4u", .alt(">")), ("\u{1B}[105;5u", Key(.tab)),
            ("\u{1B}[91;5u", Key(.escape)), ("\u{1B}[27u", Key(.escape)), ("\u{1B}[13;2u", Key(.enter, .shift)),
            ("\u{1B}[9;2u", Key(.tab, .shift)), ("\u{1B}[127;5u", Key(.backspace, .control)),
            ("\u{1B}[97;1:1u", Key(.character("a"))), ("\u{1B}[97;1:2u", Key(.character("a"))),
            ("\u{1B}[97;129u", Key(.character("a"))), ("\u{1B}[32;2u", Key(.character(" "))),
            ("\u{1B}[57400u", Key(.character("1"))), ("\u{1B}[57414u", Key(.enter)), ("\u{1B}[57419u", Key(.up)),
            ("\u{1B}[1;1:1A", Key(.up)), ("\u{1B}[3;5:1~", Key(.delete, .control)),
        ])
    func protocols(_ bytes: String, _ key: Key) {
        #expect(Typing.outcome(bytes) == [.key(key)])
    }

    // MARK: Pastes

    @Test func aPasteIsTextWhateverIsInIt() {
        #expect(
            Typing.outcome("\u{1B}[200~one\r\ntwo\u{1B}[A\u{3}\u{11}!\u{1B}[201~")
                == [.paste("one\r\ntwo\u{1B}[A\u{3}\u{11}!")])
    }

    @Test func aLargePasteInSmallPiecesIsWhole() {
        let text = String(repeating: "0123456789 ünï ~ ", count: 6000)
        let bytes = Array("\u{1B}[200~\(text)\u{1B}[201~".utf8)
        var typing = Typing()
        for start in stride(from: 0, to: bytes.count, by: 1021) {
            typing.read(bytes[start..<min(start + 1021, bytes.count)])
        }
        #expect(typing.inputs == [.paste(text)])
    }

    @Test func aPasteThatNeverEndsGivesTheKeyboardBack() {
        var typing = Typing()
        typing.read("\u{1B}[200~half of ")
        typing.pause(.milliseconds(1900))
        typing.read("it\u{1B}[20")
        #expect(typing.inputs.isEmpty)
        typing.pause(.seconds(2))
        #expect(typing.inputs == [.paste("half of it")])
        typing.read("\u{1B}[A")
        #expect(typing.inputs.last == .key(Key(.up)))
    }

    @Test func withinAPasteThatNeverEndsCtrlQStillQuits() {
        var typing = Typing()
        typing.read("\u{1B}[200~half of it")
        typing.pause(.milliseconds(500))
        typing.read("\u{11}")
        typing.pause(.milliseconds(50))
        #expect(typing.inputs == [.paste("half of it"), .key(.control("q"))])
    }

    @Test func aPasteWithoutMarksIsNotSentLineByLine() {
        for text in [
            "one\rtwo\rthree\r", "one\rtwo", "one\r\r\rtwo\r", "if x {\r\treturn\r}\r", "one\ntwo\n", "one\r\ntwo",
        ] {
            for inputs in [Typing.outcome(text), Typing.slowly(text, apart: .milliseconds(2))] {
                #expect(inputs.written == text, "\(text.debugDescription)")
                #expect(!inputs.keys.contains(Key(.enter)) && !inputs.keys.contains(Key(.tab)))
            }
        }
        // Also when the terminal is slow to hand it over.
        let pieces = ["one\rtwo\r", "three\r"]
        #expect(Typing.outcome(pieces, apart: .milliseconds(30)).written == "one\rtwo\rthree\r")
    }

    @Test func whatHandsTypeIsNoPaste() {
        let line = "hello\r"
        #expect(Typing.outcome(line) == letters("hello") + keys(Key(.enter)))
        #expect(Typing.slowly("one\rtwo\r", apart: .milliseconds(60)).keys.count { $0 == Key(.enter) } == 2)
        #expect(Typing.outcome(["one\r", "two\r"], apart: .milliseconds(20)).keys.count { $0 == Key(.enter) } == 2)
        #expect(Typing.outcome("\u{6}bob\rhello\rand\r").keys.count { $0 == Key(.enter) } == 3)
        #expect(Typing.outcome("\thello\r") == keys(Key(.tab)) + letters("hello") + keys(Key(.enter)))
        #expect(Typing.outcome("\r\r\r") == keys(Key(.enter), Key(.enter), Key(.enter)))
    }

    @Test func keysAreInTheirOrderAlsoWhenSomeWait() {
        #expect(Typing.outcome("a\r\u{1B}[A") == letters("a") + keys(Key(.enter), Key(.up)))
        #expect(Typing.outcome("a\r\u{11}") == letters("a") + keys(Key(.enter), .control("q")))
        #expect(Typing.outcome("a\r\u{1B}") == letters("a") + keys(Key(.enter), Key(.escape)))
        #expect(Typing.outcome("a\r\u{1B}[200~b\u{1B}[201~") == letters("a") + [.key(Key(.enter)), .paste("b")])
    }
}
