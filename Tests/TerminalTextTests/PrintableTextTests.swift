import Foundation
import TerminalText
import Testing

@Suite struct PrintableTextTests {
    /// What a terminal, or the person before it, must not get from others.
    static let hostile: [Unicode.Scalar] =
        (0..<0x20).compactMap(Unicode.Scalar.init) + (0x7F..<0xA0).compactMap { Unicode.Scalar($0 as UInt32) }
        + (0x202A...0x202E).compactMap { Unicode.Scalar($0 as UInt32) }
        + (0x2066...0x2069).compactMap { Unicode.Scalar($0 as UInt32) } + [
            "\u{200E}", "\u{200F}", "\u{2028}", "\u{FEFF}",
        ]

    @Test(arguments: hostile)
    func whateverIsInterpolatedIsSanitised(_ scalar: Unicode.Scalar) {
        struct Strange: CustomStringConvertible { let description: String }
        let remote = "a\(scalar)b"
        let optional: String? = remote
        let texts: [PrintableText] = [
            "\(remote)", "\(remote.prefix(3))", "\(Strange(description: remote))", "\(optional as Any)", "\([remote])",
            PrintableText(line: remote), "\(PrintableText(line: remote))", PrintableText(quoting: remote),
            ["\(remote)"].joined(separator: "\(remote)"),
        ]
        for text in texts {
            #expect(!text.text.unicodeScalars.contains(scalar), "\(text.text.debugDescription)")
            #expect(!text.text.utf8.contains(0x0A))
        }
    }

    @Test func whatWeWroteOurselvesStaysAsItIs() {
        let text: PrintableText = "\r\u{1B}[K\("\r\u{1B}[K")"
        #expect(text.text == "\r\u{1B}[K ␛[K")
    }

    @Test func linesStayOnlyWhereTheyAreAskedFor() {
        let remote = "one\ntwo\r\nthree\u{1B}"
        #expect(("\(remote)" as PrintableText).text == "one two three␛")
        #expect(("\(lines: remote)" as PrintableText).text == "one\ntwo\nthree␛")
        #expect(PrintableText.lines(of: "\n").map(\.text) == ["", ""])
    }

    @Test func quotedTextIsASCIIAndExactlyTheSame() throws {
        let texts = ["", "a\"\\/\u{0}\u{1B}\u{7F}\u{85}\r\n\t", "é e\u{301} <\u{338} 👨‍👩‍👧 \u{10FFFF}\u{FFFE}\u{202E}"]
        for text in texts {
            let quoted = PrintableText(quoting: text)
            #expect(quoted.text.utf8.allSatisfy { (0x20..<0x7F).contains($0) })
            let back = try JSONDecoder().decode(String.self, from: Data(quoted.text.utf8))
            // As scalars: strings are equal also where only their canonical forms are.
            #expect(Array(back.unicodeScalars) == Array(text.unicodeScalars))
        }
    }

    @Test func escapingSeesScalarsNotWhatAMarkMakesOfThem() {
        let text = PrintableText(line: "<\u{338}b>\u{301}")
        let escaped = text.escaping { ["<": "&lt;", ">": "&gt;"][$0] }
        #expect(Array(escaped.text.unicodeScalars) == Array("&lt;\u{338}b&gt;\u{301}".unicodeScalars))
    }

    @Test func paddingCountsCells() {
        #expect(PrintableText(line: "日本").padded(to: 6).text == "日本  ")
        #expect(PrintableText(line: "too long").padded(to: 3).text == "too long ")
    }
}
