import Testing

@testable import CruddurTUI

struct InputDecoderTests {
    private func decode(_ chunks: String...) -> [Input] {
        var decoder = InputDecoder(known: [Array("\u{1B}[7$".utf8): Key(.home)])
        return chunks.flatMap { decoder.decode(Array($0.utf8)) }
    }

    private func key(_ code: Key.Code, _ modifiers: Key.Modifiers = []) -> Input { .key(Key(code, modifiers)) }

    @Test(
        "keys of the terminals that people use",
        arguments: [
            ("\r", Key(.enter)), ("\n", .control("j")), ("\t", Key(.tab)), ("\u{1B}[Z", Key(.tab, .shift)),
            ("\u{7F}", Key(.backspace)), ("\u{8}", .control("h")), ("\u{1B}\u{7F}", Key(.backspace, .alt)),
            ("\u{1B}\r", Key(.enter, .alt)), ("\u{1B}[13;3u", Key(.enter, .alt)),
            ("\u{1B}[27;5;13~", Key(.enter, .control)),
            ("\u{1B}[A", Key(.up)), ("\u{1B}OA", Key(.up)), ("\u{1B}[1;5D", Key(.left, .control)),
            ("\u{1B}[1;3A", Key(.up, .alt)),
            ("\u{1B}[H", Key(.home)), ("\u{1B}[1~", Key(.home)), ("\u{1B}[7~", Key(.home)), ("\u{1B}OF", Key(.end)),
            ("\u{1B}[1;5F", Key(.end, .control)), ("\u{1B}[5~", Key(.pageUp)), ("\u{1B}[6~", Key(.pageDown)),
            ("\u{1B}[3~", Key(.delete)), ("\u{1B}OP", Key(.function(1))), ("\u{1B}[11~", Key(.function(1))),
            ("\u{1B}[[A", Key(.function(1))), ("\u{1B}f", .alt("f")), ("\u{11}", .control("q")),
            ("\u{1F}", .control("_")),
            ("ü", Key(.character("ü"))), ("👍", Key(.character("👍"))), ("\u{1B}ü", .alt("ü")), ("\u{1B}[7$", Key(.home)),
        ])
    func keys(_ bytes: String, _ expected: Key) {
        #expect(decode(bytes) == [.key(expected)])
    }

    @Test func aLoneEscapeIsToldAtOnce() {
        #expect(decode("\u{1B}") == [key(.escape)])
    }

    @Test func aSequenceThatIsCutBehindItsEscapeIsStillAKeyAndNeverText() {
        #expect(decode("\u{1B}", "[A") == [key(.escape), key(.up)])
        #expect(decode("\u{1B}", "x") == [key(.escape), key(.character("x"))])
    }

    @Test func aSequenceThatIsCutLaterWaitsForItsEnd() {
        #expect(decode("\u{1B}[1;", "5D") == [key(.left, .control)])
        #expect(decode("\u{1B}[20", "0~a\u{1B}[2", "01~b") == [.paste("a"), key(.character("b"))])
    }

    @Test func charactersThatAreCutAreWhole() {
        var decoder = InputDecoder()
        let bytes = Array("é👍".utf8)
        #expect(bytes.flatMap { decoder.decode([$0]) } == [key(.character("é")), key(.character("👍"))])
    }

    @Test func bytesThatAreNotUTF8AreDroppedAndTheRestIsKept() {
        var decoder = InputDecoder()
        #expect(decoder.decode([0xFF, 0x61, 0xC3, 0x28]) == [key(.character("a")), key(.character("("))])
    }

    @Test func aPasteIsTextWhateverIsInIt() {
        #expect(decode("\u{1B}[200~one\r\ntwo\u{1B}[A\u{3}\u{1B}[201~") == [.paste("one\r\ntwo\u{1B}[A\u{3}")])
    }

    @Test func aLargePasteInSmallPiecesIsWhole() {
        var decoder = InputDecoder()
        let text = String(repeating: "0123456789 ünï ", count: 6000)
        let bytes = Array("\u{1B}[200~\(text)\u{1B}[201~".utf8)
        var inputs: [Input] = []
        var position = 0
        while position < bytes.count {
            inputs += decoder.decode(bytes[position..<min(position + 1021, bytes.count)])
            position += 1021
        }
        #expect(inputs == [.paste(text)])
    }

    @Test func reportsAreNotKeys() {
        #expect(decode("\u{1B}[I\u{1B}[O") == [.focus(true), .focus(false)])
        #expect(decode("\u{1B}[2;3R") == [.position(row: 2, column: 3)])
    }

    @Test func whatNobodyKnowsIsDroppedWhole() {
        #expect(decode("\u{1B}[99;99;99za") == [key(.character("a"))])
    }
}
