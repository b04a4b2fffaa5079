import Synchronization

/// Remembers how the text of the compose line was wrapped last: a key asks for it in the layout, in the
/// update and in the drawing, and wrapping 100 kB is the dearest of all.
final class ComposeMemo: Sendable {
    private struct Wrapped {
        let text: String
        let width: Int
        let rows: [ComposeText.Row]
    }

    private struct Memory {
        var last: Wrapped?
        var wraps = 0
    }

    private let memory = Mutex(Memory())

    /// How often a text had to be wrapped.
    var wraps: Int { memory.withLock(\.wraps) }

    func rows(of text: String, width: Int) -> [ComposeText.Row] {
        memory.withLock { memory in
            if let last = memory.last, last.width == width, last.text == text { return last.rows }
            let rows = ComposeText.wrap(text, width: width)
            memory.last = Wrapped(text: text, width: width, rows: rows)
            memory.wraps += 1
            return rows
        }
    }
}
