import ChatClient

/// The rows that are in view, and where that is.
struct TranscriptView {
    let rows: [TranscriptRow]
    /// The entry and its row at the top.
    let top: ReadingPosition
    let isAtNewest: Bool
    /// The first entry that is wholly below the view.
    let firstBelow: Int

    /// The view of a pane of `height` rows that stands at `position`.
    init(_ source: TranscriptRows, position: ReadingPosition, height: Int) {
        if case .top(let id, let row) = position, let index = source.entries.lastIndex(where: { $0.id == id }) {
            self.init(source, from: index, row: row, height: height)
        } else if position == .oldest {
            self.init(source, from: 0, row: 0, height: height)
        } else {
            self.init(newest: source, height: height)
        }
    }

    /// The view `rows` further down; negative: up.
    init(_ source: TranscriptRows, position: ReadingPosition, height: Int, scrolledBy rows: Int) {
        let here = TranscriptView(source, position: position, height: height)
        guard case .top(let id, var row) = here.top, var index = source.entries.lastIndex(where: { $0.id == id })
        else {
            self = here
            return
        }
        row += rows
        Self.climb(source, &index, &row)
        while index < source.entries.count - 1 {
            let count = source.rows(at: index).count
            guard row >= count else { break }
            row -= count
            index += 1
        }
        self.init(source, from: index, row: row, height: height)
    }

    /// The view in which an entry's text begins `rows` below the top, as far as there is so much above it, and a page below.
    init(_ source: TranscriptRows, entry id: TranscriptEntry.ID, below rows: Int, height: Int) {
        guard var index = source.entries.lastIndex(where: { $0.id == id }) else {
            self.init(newest: source, height: height)
            return
        }
        let text = source.rows(at: index).firstIndex { $0.isText } ?? 0
        var row = text - rows
        Self.climb(source, &index, &row)
        self.init(source, from: index, row: row, height: height)
    }

    /// To the entry that a row above this one belongs to.
    private static func climb(_ source: TranscriptRows, _ index: inout Int, _ row: inout Int) {
        while row < 0, index > 0 {
            index -= 1
            row += source.rows(at: index).count
        }
        row = max(0, row)
    }

    private init(
        rows: [TranscriptRow], top: ReadingPosition, isAtNewest: Bool, firstBelow: Int
    ) {
        self.rows = rows
        self.top = top
        self.isAtNewest = isAtNewest
        self.firstBelow = firstBelow
    }

    /// From the last entry upwards: only what is in view is ever wrapped.
    private init(newest source: TranscriptRows, height: Int) {
        var collected: [[TranscriptRow]] = []
        var count = 0
        var index = source.entries.count
        while index > 0, count < height {
            index -= 1
            let rows = source.rows(at: index)
            collected.append(rows)
            count += rows.count
        }
        let all = Array(collected.reversed().joined())
        let cut = max(0, all.count - height)
        self.init(
            rows: Array(all.dropFirst(cut)), top: Self.position(source, index: index, row: cut), isAtNewest: true,
            firstBelow: source.entries.count)
    }

    private init(_ source: TranscriptRows, from index: Int, row: Int, height: Int) {
        var collected: [TranscriptRow] = []
        var below = index
        while below < source.entries.count, collected.count - row < height {
            collected += source.rows(at: below)
            below += 1
        }
        let visible = collected.dropFirst(row)
        // Nothing is left below: the newest message stays in view from now on.
        if below == source.entries.count, visible.count <= height {
            self.init(newest: source, height: height)
        } else {
            self.init(
                rows: Array(visible.prefix(height)), top: Self.position(source, index: index, row: row),
                isAtNewest: false, firstBelow: visible.count > height ? below - 1 : below)
        }
    }

    /// The entry that a row of the view belongs to; `nil`: that is a day, a line or a blank between two.
    func entry(inRow row: Int, of source: TranscriptRows) -> TranscriptEntry.ID? {
        guard rows.indices.contains(row), rows[row].isOfEntry, case .top(let id, let cut) = top,
            var index = source.entries.lastIndex(where: { $0.id == id })
        else { return nil }
        var left = row + cut
        while index < source.entries.count {
            let count = source.rows(at: index).count
            if left < count { return source.entries[index].id }
            left -= count
            index += 1
        }
        return nil
    }

    private static func position(_ source: TranscriptRows, index: Int, row: Int) -> ReadingPosition {
        index < source.entries.count ? .top(source.entries[index].id, row: row) : .newest
    }
}
