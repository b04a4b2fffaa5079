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

    /// Each as its letters.
    private let sought: [[String]]
    /// Between two lines of three backticks, all is code.
    private var isInBlock = false

    init(_ concerns: Concerns) {
        let handle = concerns.me.map { "@" + $0.lowercased() }
        sought = ([handle].compactMap(\.self) + concerns.words).filter { !$0.isEmpty }.map { $0.map(String.init) }
    }

    private static let fence = "```"

    /// The next line; its spans, in order, none within another but links.
    mutating func spans(of line: [Cluster]) -> [Span] {
        let text = line.map(\.text)
        let isFence = text.prefix(Self.fence.count).joined() == Self.fence
        if isFence { isInBlock.toggle() }
        if isFence || isInBlock { return line.isEmpty ? [] : [Span(range: 0..<line.count, kind: .code)] }
        // What nobody writes by hand is not read for signs: a message of a hundred thousand costs what it costs to show.
        guard text.count <= Self.longest else { return [] }
        let links = links(text)
        var isTaken = Array(repeating: false, count: text.count)
        for link in links { isTaken.replaceSubrange(link.range, with: repeatElement(true, count: link.range.count)) }
        let signs = signs(text).filter { !isTaken[$0.range].contains(true) }
        for code in signs where code.kind == .code {
            isTaken.replaceSubrange(code.range, with: repeatElement(true, count: code.range.count))
        }
        let concerned = concerned(text).filter { !isTaken[$0.range].contains(true) }
        return (links + signs + concerned).sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// Clusters of a line.
    private static let longest = 4096

    // MARK: Links

    private func links(_ text: [String]) -> [Span] {
        guard text.contains("/") else { return [] }
        // Where each cluster begins, in UTF-8.
        var starts: [Int] = []
        var line = ""
        for cluster in text {
            starts.append(line.utf8.count)
            line += cluster
        }
        var place = 0
        return Links.ranges(in: line).compactMap { range in
            let begin = line.utf8.distance(from: line.startIndex, to: range.lowerBound)
            let end = line.utf8.distance(from: line.startIndex, to: range.upperBound)
            while place + 1 < starts.count, starts[place + 1] <= begin { place += 1 }
            let first = place
            while place < starts.count, starts[place] < end { place += 1 }
            guard first < place else { return nil }
            let found = Span(range: first..<place, kind: .link(String(line[range])))
            place = max(0, place - 1)
            return found
        }
    }

    // MARK: Signs

    private static let signs: [String: Span.Kind] = ["*": .bold, "_": .italic, "`": .code]

    /// A sign counts where a word begins, if the same stands where one ends, further on in the line.
    private func signs(_ text: [String]) -> [Span] {
        var spans: [Span] = []
        var ends = Self.ends(text)
        var place = 0
        while place < text.count {
            guard let kind = Self.signs[text[place]], Self.mayBegin(text, place),
                let end = Self.next(&ends, of: text[place], from: place + 2)
            else {
                place += 1
                continue
            }
            spans.append(Span(range: place..<end + 1, kind: kind))
            place = end + 1
        }
        return spans
    }

    private static func mayBegin(_ text: [String], _ place: Int) -> Bool {
        guard place + 2 < text.count, text[place + 1] != " ", text[place + 1] != text[place] else { return false }
        return place == 0 || !isOfWord(text[place - 1]) && text[place - 1] != text[place]
    }

    /// Where each sign may end something, the last place first.
    private static func ends(_ text: [String]) -> [String: [Int]] {
        var ends: [String: [Int]] = [:]
        for place in text.indices.dropFirst().reversed() where signs[text[place]] != nil && text[place - 1] != " " {
            guard place + 1 == text.count || !isOfWord(text[place + 1]) && text[place + 1] != text[place] else {
                continue
            }
            ends[text[place], default: []].append(place)
        }
        return ends
    }

    /// The first of them from `place` on. Those before it are wanted no more.
    private static func next(_ ends: inout [String: [Int]], of sign: String, from place: Int) -> Int? {
        while let end = ends[sign]?.last, end < place { ends[sign]?.removeLast() }
        return ends[sign]?.last
    }

    private static func isOfWord(_ cluster: String) -> Bool {
        cluster.first.map { $0.isLetter || $0.isNumber } ?? false
    }

    // MARK: What concerns you

    private func concerned(_ text: [String]) -> [Span] {
        guard !sought.isEmpty else { return [] }
        let folded = text.map { $0.lowercased() }
        var spans: [Span] = []
        var place = 0
        while place < folded.count {
            let found = sought.first { word in
                folded[place] == word[0] && folded[place...].starts(with: word)
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
