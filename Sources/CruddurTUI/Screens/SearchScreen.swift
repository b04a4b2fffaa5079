import ChatClient
import ExactText
import Foundation
import TerminalText

/// The search over all conversations: what is typed, and what was found, newest first.
enum SearchScreen {
    /// Narrower terminals have two rows for what was found: whose it is, and the words.
    private static let oneRow = 60

    private static var label: String { tr("Search ") }

    static func draw(_ search: Overlay.Search, _ state: AppState, on canvas: inout Canvas) {
        let width = max(1, min(canvas.width - 4, 100))
        let isWide = canvas.width >= oneRow
        var rows = [Row(clusters: Lines.single(label + search.input.text))]
        let explanation = explanation(search, state.snapshot.reach).map { Wrapping.rows(of: $0, width: width) } ?? []
        let room = max(1, (canvas.height - 4 - explanation.count) / (isWide ? 1 : 2))
        let first = max(0, min(search.selected - room / 2, search.hits.count - room))
        var focus = 0
        var choices: [Int: Int] = [:]
        for (position, hit) in search.hits.enumerated().dropFirst(first).prefix(room) {
            let isSelected = position == search.selected
            if isSelected, search.isChoosing { focus = rows.count }
            for row in 0..<(isWide ? 1 : 2) { choices[rows.count + row] = position }
            let found = Excerpt(of: hit.message.text, typed: search.input.text, room: isWide ? width / 2 : width - 4)
            let start = start(hit, isSelected: isSelected, state, width)
            rows +=
                isWide
                ? [start + found.row(state, hit)] : [start, Row(clusters: Lines.single("   ")) + found.row(state, hit)]
        }
        let marks = rows.enumerated().map { ($0.offset, $0.element.marked) }
        OverlayBox.draw(
            title: tr("Search all messages"), rows: rows.map { Lines.fit($0.clusters, width: width) } + explanation,
            marks: Dictionary(uniqueKeysWithValues: marks),
            cursor: focus > 0 ? 0 : OverlayBox.cursorColumn(label, search.input), focus: focus,
            choices: choices, on: &canvas)
    }

    /// ```
    /// › 3d  Mei Tanaka  you: …the words around what was found…
    /// ```
    private static func start(_ hit: SearchHit, isSelected: Bool, _ state: AppState, _ width: Int) -> Row {
        let time = state.localTime.relative(hit.message.at, now: state.now)
        let padding = String(repeating: " ", count: max(1, 7 - Lines.width(Lines.single(time))))
        let start = Lines.single("\(isSelected ? "› " : "  ")\(time)\(padding)")
        return Row(clusters: start + Lines.fit(Lines.single(hit.title.displayName), width: max(4, min(20, width / 4))))
    }

    private static func explanation(_ search: Overlay.Search, _ reach: SearchReach) -> String? {
        let far = howFar(reach)
        guard let answered = search.answered, !search.input.text.allSatisfy(\.isWhitespace) else {
            return tr("Words of any message; from:mei from:me in:mei before:2026-11-24 after:… has:link. \(far)")
        }
        guard answered == search.input.text else { return nil }
        if search.hits.isEmpty { return tr("Nothing that is here holds these words. \(far)") }
        return search.hits.count >= 50 ? tr("The newest 50. More words find fewer.") : far
    }

    /// What is searched is what is here.
    private static func howFar(_ reach: SearchReach) -> String {
        guard reach.all > 0 else { return tr("What was on this screen once is searched.") }
        let how = tr("\(reach.whole) of \(reach.all) conversations are here from their first message on")
        if reach.isReading { return tr("Reading older messages: \(how).") }
        if reach.whole == reach.all { return tr("All messages of all \(reach.all) conversations are searched.") }
        return reach.isRefused
            ? tr(
                "This server tells only its newest messages; older ones are searched if they were on this screen once.")
            : "\(how.prefix(1).uppercased())\(how.dropFirst())."
    }
}

/// A row of the overlay, and which of its clusters were looked for.
private struct Row {
    var clusters: [Cluster] = []
    var marked: [Range<Int>] = []

    static func + (one: Row, other: Row) -> Row {
        let count = one.clusters.count
        return Row(
            clusters: one.clusters + other.clusters,
            marked: one.marked + other.marked.map { $0.lowerBound + count..<$0.upperBound + count })
    }
}

/// A text from a little before the first word that was looked for, so that the word is seen.
private struct Excerpt {
    private let pieces: [(text: Substring, isMarked: Bool)]

    init(of text: String, typed: String, room: Int) {
        // A text of megabytes must not be measured.
        let text = String(text.prefix(4000))
        let found = Self.found(typed, in: text)
        guard let first = found.first else {
            pieces = [(text[...], false)]
            return
        }
        let before = text.distance(from: text.startIndex, to: first.lowerBound)
        let kept = max(4, room / 3)
        let start = before > kept + 4 ? text.index(first.lowerBound, offsetBy: -kept) : text.startIndex
        var pieces: [(Substring, Bool)] = start > text.startIndex ? [("…", false)] : []
        var place = start
        for range in found {
            pieces += [(text[place..<range.lowerBound], false), (text[range], true)]
            place = range.upperBound
        }
        self.pieces = pieces + [(text[place...], false)]
    }

    /// In order, and none within another.
    private static func found(_ typed: String, in text: String) -> [Range<String.Index>] {
        let ranges = typed.split(whereSeparator: \.isWhitespace).flatMap { word -> [Range<String.Index>] in
            var (found, place) = ([Range<String.Index>](), text.startIndex)
            while found.count < 20,
                let range = text.range(
                    of: word, options: [.caseInsensitive, .diacriticInsensitive], range: place..<text.endIndex),
                !range.isEmpty
            {
                found.append(range)
                place = range.upperBound
            }
            return found
        }
        return ranges.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { kept, range in
            if kept.last.map({ $0.upperBound <= range.lowerBound }) ?? true { kept.append(range) }
        }
    }

    func row(_ state: AppState, _ hit: SearchHit) -> Row {
        let sender = hit.message.handle.isExactly(state.snapshot.me) ? "  \(tr("you: "))" : "  "
        return pieces.reduce(into: Row(clusters: Lines.single(sender))) { row, piece in
            let clusters = Lines.single(String(piece.text))
            if piece.isMarked { row.marked.append(row.clusters.count..<row.clusters.count + clusters.count) }
            row.clusters += clusters
        }
    }
}
