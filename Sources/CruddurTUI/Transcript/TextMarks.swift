import TerminalText

/// What stands out in the lines of a message: links, what is marked as the web page's users mark it (`*bold*`, `_italic_`,
/// `` `code` ``), and what concerns whoever reads. The text itself stays as it is, with its signs.
struct TextMarks {
    struct Span: Equatable, Sendable {
        enum Kind: Equatable, Sendable {
            case bold, italic, code
            /// To there.
            case link(String)
            /// Your handle, or a word of yours.
            case concern
        }

        /// Of clusters.
        let range: Range<Int>
        let kind: Kind
    }

    /// What whoever reads wants to see in texts, beside signs and links.
    struct Concerns: Equatable, Sendable {
        /// Your handle, without `@`.
        var me: String?
        /// Words of yours, in small letters.
        var words: [String] = []
        /// Emoji are read by their names: `:grinning face:`.
        var hasWordsForEmoji = false

        static let none = Concerns()
    }

    private let concerns: Concerns
    /// Between two lines of three backticks, all is code.
    private var isInBlock = false

    init(_ concerns: Concerns) { self.concerns = concerns }

    private static let fence = "```"

    /// The next line; its spans, in order, none within another but links.
    mutating func spans(of line: [Cluster]) -> [Span] {
        let text = line.map(\.text)
        let isFence = text.joined().hasPrefix(Self.fence)
        if isFence { isInBlock.toggle() }
        if isFence || isInBlock { return line.isEmpty ? [] : [Span(range: 0..<line.count, kind: .code)] }
        let links = links(text)
        func isFree(_ range: Range<Int>) -> Bool { !links.contains { $0.range.overlaps(range) } }
        let signs = signs(text).filter { isFree($0.range) }
        let code = signs.filter { $0.kind == .code }
        let concerned = concerned(text).filter { found in
            isFree(found.range) && !code.contains { $0.range.overlaps(found.range) }
        }
        return (links + signs + concerned).sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    // MARK: Links

    private func links(_ text: [String]) -> [Span] {
        guard text.contains("/") else { return [] }
        var starts: [String.Index] = []
        var line = ""
        var offsets: [Int] = []
        for cluster in text {
            offsets.append(line.utf8.count)
            line += cluster
        }
        starts = offsets.map { line.utf8.index(line.startIndex, offsetBy: $0) }
        return Links.ranges(in: line).compactMap { range in
            guard let first = starts.lastIndex(where: { $0 <= range.lowerBound }),
                let last = starts.lastIndex(where: { $0 < range.upperBound }), first <= last
            else { return nil }
            return Span(range: first..<last + 1, kind: .link(String(line[range])))
        }
    }

    // MARK: Signs

    private static let signs: [String: Span.Kind] = ["*": .bold, "_": .italic, "`": .code]

    /// A sign counts where a word begins, if the same stands where one ends, further on in the line.
    private func signs(_ text: [String]) -> [Span] {
        var spans: [Span] = []
        var place = 0
        while place < text.count {
            guard let kind = Self.signs[text[place]],
                place == 0 || !Self.isOfWord(text[place - 1]) && text[place - 1] != text[place],
                let end = close(text, from: place)
            else {
                place += 1
                continue
            }
            spans.append(Span(range: place..<end + 1, kind: kind))
            place = end + 1
        }
        return spans
    }

    private func close(_ text: [String], from start: Int) -> Int? {
        let sign = text[start]
        guard start + 2 < text.count, text[start + 1] != " ", text[start + 1] != sign else { return nil }
        return (start + 2..<text.count).first { place in
            text[place] == sign && text[place - 1] != " "
                && (place + 1 == text.count || !Self.isOfWord(text[place + 1]) && text[place + 1] != sign)
        }
    }

    private static func isOfWord(_ cluster: String) -> Bool {
        cluster.first.map { $0.isLetter || $0.isNumber } ?? false
    }

    // MARK: What concerns you

    private func concerned(_ text: [String]) -> [Span] {
        let handle = concerns.me.map { "@" + $0.lowercased() }
        let sought = ([handle].compactMap(\.self) + concerns.words).map { $0.map { String($0) } }.filter { !$0.isEmpty }
        guard !sought.isEmpty else { return [] }
        let folded = text.map { $0.lowercased() }
        var spans: [Span] = []
        var place = 0
        while place < folded.count {
            let found = sought.first { word in
                place + word.count <= folded.count && Array(folded[place..<place + word.count]) == word
                    && isWhole(folded, place..<place + word.count)
            }
            if let found { spans.append(Span(range: place..<place + found.count, kind: .concern)) }
            place += found?.count ?? 1
        }
        return spans
    }

    /// No piece of a longer word, or of a longer handle.
    private func isWhole(_ text: [String], _ range: Range<Int>) -> Bool {
        func joins(_ one: Int, _ other: Int) -> Bool {
            guard text.indices.contains(one), text.indices.contains(other) else { return false }
            return [text[one], text[other]].allSatisfy { Self.isOfWord($0) || $0 == "_" }
        }
        return !joins(range.lowerBound - 1, range.lowerBound) && !joins(range.upperBound - 1, range.upperBound)
    }
}
