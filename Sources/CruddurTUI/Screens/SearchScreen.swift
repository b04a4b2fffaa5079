import ChatClient
import Foundation
import TerminalText

/// The search over all conversations: what is typed, and what was found, newest first.
enum SearchScreen {
    static func draw(_ search: Overlay.Search, _ state: AppState, on canvas: inout Canvas) {
        let width = max(1, min(canvas.width - 4, 100))
        var lines = [Lines.single("Search \(search.input.text)")]
        let room = max(1, canvas.height - 5)
        let first = max(0, min(search.selected - room / 2, search.hits.count - room))
        var choices: [Int: Int] = [:]
        for (position, hit) in search.hits.enumerated().dropFirst(first).prefix(room) {
            choices[lines.count] = position
            lines.append(line(hit, isSelected: position == search.selected, search.input.text, state, width))
        }
        if let text = explanation(search) { lines += Wrapping.rows(of: text, width: width) }
        OverlayBox.draw(
            title: "Search all messages", rows: lines, cursor: OverlayBox.cursorColumn("Search ", search.input),
            choices: choices, on: &canvas)
    }

    /// ```
    /// › 3d  Mei Tanaka  you: …the words around what was found…
    /// ```
    private static func line(
        _ hit: SearchHit, isSelected: Bool, _ typed: String, _ state: AppState, _ width: Int
    ) -> [Cluster] {
        let time = state.localTime.relative(hit.message.at, now: state.now)
        let padding = String(repeating: " ", count: max(1, 7 - time.count))
        let sender = hit.message.handle == state.snapshot.me ? "you: " : ""
        let start = Lines.single("\(isSelected ? "› " : "  ")\(time)\(padding)")
        let name = Lines.fit(Lines.single(hit.title.displayName), width: max(4, min(20, width / 4)))
        let text = Lines.single("  \(sender)\(excerpt(hit.message.text, typed))")
        return Lines.fit(start + name + text, width: width)
    }

    /// The text from a little before the first word that was looked for.
    private static func excerpt(_ text: String, _ typed: String) -> String {
        guard let word = typed.split(whereSeparator: \.isWhitespace).first,
            let found = text.range(of: word, options: [.caseInsensitive, .diacriticInsensitive])
        else { return text }
        let before = text.distance(from: text.startIndex, to: found.lowerBound)
        return before > 30 ? "…" + text.dropFirst(before - 20) : text
    }

    private static func explanation(_ search: Overlay.Search) -> String? {
        guard let answered = search.answered, !search.input.text.allSatisfy(\.isWhitespace) else {
            return "Words of any message, yours or theirs."
        }
        guard answered == search.input.text else { return nil }
        if search.hits.isEmpty {
            return "Nothing here holds these words. What was never on this screen is not searched."
        }
        return search.hits.count >= 50 ? "The newest 50. More words find fewer." : nil
    }
}
