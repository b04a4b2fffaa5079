import TerminalText

/// The compose line wrapped, and where its cursor is.
struct ComposeText: Sendable {
    struct Row: Sendable {
        let clusters: [Cluster]
        /// The offset in the text, in UTF-8 bytes, of each cluster, and of the row's end.
        let offsets: [Int]
    }

    let rows: [Row]
    let cursorRow: Int
    /// In cells from the row's start.
    let cursorColumn: Int

    init(_ buffer: TextBuffer, width: Int) {
        self.init(buffer, width: width, wrapped: Self.wrap(buffer.text, width: width))
    }

    /// - Parameter wrapped: what `wrap` made of the same text in the same width.
    init(_ buffer: TextBuffer, width: Int, wrapped: [Row]) {
        var rows = wrapped
        var row = rows.lastIndex { $0.offsets[0] <= buffer.cursor } ?? 0
        let position = rows[row].offsets.lastIndex { $0 <= buffer.cursor } ?? 0
        var column = Lines.width(rows[row].clusters.prefix(position))
        // Behind a full row, the cursor stands at the start of the next one.
        if column >= width, row == rows.count - 1, !rows[row].clusters.isEmpty {
            rows.append(Row(clusters: [], offsets: [buffer.cursor]))
            row += 1
            column = 0
        }
        self.rows = rows
        cursorRow = row
        cursorColumn = min(column, max(0, width - 1))
    }

    /// How many rows there are, without laying out the cursor: each frame asks for it several times.
    static func count(_ buffer: TextBuffer, width: Int, wrapped: [Row]) -> Int {
        guard let last = wrapped.last, !last.clusters.isEmpty, buffer.cursor == last.offsets.last,
            Lines.width(last.clusters) >= width
        else { return wrapped.count }
        return wrapped.count + 1
    }

    /// The row at the top where only so many are shown: the cursor is always among them.
    func firstRow(height: Int) -> Int { max(0, min(cursorRow - height / 2, rows.count - height)) }

    /// The UTF-8 offset at a row and a column.
    func offset(row: Int, column: Int) -> Int {
        let target = rows[min(max(0, row), rows.count - 1)]
        var used = 0
        for (position, cluster) in target.clusters.enumerated() {
            if used + cluster.width > column { return target.offsets[position] }
            used += cluster.width
        }
        // Not past the row's end: that place is the next row's start.
        let isLast = row >= rows.count - 1 || rows[row + 1].offsets[0] != target.offsets[target.clusters.count]
        return isLast ? target.offsets[target.clusters.count] : target.offsets[max(0, target.clusters.count - 1)]
    }

    /// The rows of a text, wherever its cursor is.
    static func wrap(_ text: String, width: Int) -> [Row] {
        lines(text).flatMap { line in
            Wrapping.rows(line.clusters, width: width).map { range in
                if range.count == line.clusters.count { return Row(clusters: line.clusters, offsets: line.offsets) }
                return Row(
                    clusters: Array(line.clusters[range]),
                    offsets: Array(line.offsets[range.lowerBound...range.upperBound]))
            }
        }
    }

    private struct Line {
        var clusters: [Cluster] = []
        var offsets: [Int] = []
    }

    private static func lines(_ text: String) -> [Line] {
        if let clusters = Cluster.ascii(text) { return [Line(clusters: clusters, offsets: Array(0...clusters.count))] }
        var lines = [Line()]
        var offset = 0
        for character in text {
            let last = lines.count - 1
            if character.isNewline {
                lines[last].offsets.append(offset)
                lines.append(Line())
            } else {
                // A tab is one cluster here, or the cursor could stand inside of it.
                let cluster = character == "\t" ? Cluster("\u{2409}", width: 1) : Cluster(sanitizing: character)
                lines[last].clusters.append(cluster ?? Cluster("\u{FFFD}", width: 1))
                lines[last].offsets.append(offset)
            }
            offset += character.utf8.count
        }
        lines[lines.count - 1].offsets.append(offset)
        return lines
    }
}
