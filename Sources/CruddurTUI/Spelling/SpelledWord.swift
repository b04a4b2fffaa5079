/// A word of a draft that a dictionary may know.
struct SpelledWord: Equatable, Sendable {
    let text: String
    /// Where it stands, in UTF-8 bytes.
    let range: Range<Int>

    /// Longer ones are no words.
    private static let longest = 40

    /// Those of a text, in order: no handles, emoji's names, addresses, code, and nothing with digits in it.
    static func all(in text: String) -> [SpelledWord] {
        var words: [SpelledWord] = []
        var (offset, isCode) = (0, false)
        for part in text.split(omittingEmptySubsequences: false, whereSeparator: \.isWhitespace) {
            let count = part.utf8.count
            let marks = part.count { $0 == "`" }
            if !isCode, marks == 0, !isOther(part) { words += pieces(part, from: offset) }
            if !marks.isMultiple(of: 2) { isCode.toggle() }
            offset += count
            // What stood between this part and the next.
            let end = text.utf8.index(text.startIndex, offsetBy: offset)
            if end < text.endIndex { offset += text[end].utf8.count }
        }
        return words
    }

    /// A handle, a tag, an emoji's name, an address, a path, a command.
    private static func isOther(_ part: Substring) -> Bool {
        guard let first = part.first, !"@#:/".contains(first), !part.contains(where: \.isNumber) else { return true }
        let core = part.drop { !$0.isLetter }.reversed().drop { !$0.isLetter }
        return core.contains { "@/\\:._".contains($0) }
    }

    private static func pieces(_ part: Substring, from start: Int) -> [SpelledWord] {
        var (words, word, offset) = ([SpelledWord](), "", start)
        for character in part {
            if character.isLetter || isApostrophe(character) {
                word.append(character)
            } else {
                words += Self.word(word, endingAt: offset)
                word = ""
            }
            offset += character.utf8.count
        }
        return words + Self.word(word, endingAt: offset)
    }

    /// Without the marks around it, which are none of it; nothing if it is none.
    private static func word(_ letters: String, endingAt end: Int) -> [SpelledWord] {
        let begun = letters.drop(while: isApostrophe)
        let core = String(begun.reversed().drop(while: isApostrophe).reversed())
        guard core.count > 1, core.count <= longest else { return [] }
        let start = end - begun.utf8.count
        return [SpelledWord(text: core, range: start..<start + core.utf8.count)]
    }

    private static func isApostrophe(_ character: Character) -> Bool { character == "'" || character == "’" }
}
