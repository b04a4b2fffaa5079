import TerminalText

/// A frame in the middle of the screen, with text inside.
enum OverlayBox {
    static func cursorColumn(_ label: String, _ input: TextBuffer) -> Int {
        let before = String(decoding: input.text.utf8.prefix(input.cursor), as: UTF8.self)
        return label.count + Lines.width(Lines.single(before))
    }

    /// A text of our own, or a remote one, as rows for the frame.
    static func rows(_ text: String, _ canvas: Canvas) -> [[Cluster]] {
        Wrapping.rows(of: text, width: max(1, min(canvas.width - 4, 60)))
    }

    /// A frame in the middle with `rows` inside; where there is no room for a frame, none.
    ///
    /// - Parameters:
    ///   - width: of the widest row there may be; rows that are scrolled must not move the frame.
    ///   - marks: of a row, the clusters that are to be seen, by their `look`.
    ///   - cursor: a column of the row `focus`.
    ///   - choices: which of those that are offered stand on which rows.
    static func draw(
        title: String, rows: [[Cluster]], width: Int = 0, marks: [Int: [Range<Int>]] = [:], look: Style = Theme.found,
        cursor: Int? = nil, focus: Int = 0,
        choices: [Int: Int] = [:], on canvas: inout Canvas
    ) {
        let framed = canvas.width >= 10 && canvas.height >= 4
        let inset = framed ? 2 : 0
        let wanted = max(
            Lines.width(Lines.single(title)) + 2, rows.map { Lines.width($0) }.max() ?? 0, width, min(40, canvas.width))
        let width = min(wanted + inset * 2, canvas.width)
        let height = min(rows.count + (framed ? 2 : 0), canvas.height)
        let x = (canvas.width - width) / 2
        let y = (canvas.height - height) / 2
        canvas.fill(x: x..<x + width, y: y..<y + height)
        for row in y..<y + height { canvas.mark(nil, x: x..<x + width, y: row) }
        if framed { frame(title, x: x..<x + width, y: y..<y + height, on: &canvas) }
        let top = framed ? y + 1 : y
        let bottom = y + height - (framed ? 1 : 0)
        for (position, row) in rows.enumerated() where top + position < bottom {
            put(
                row, marks[position] ?? [], look, x: x + inset, y: top + position, limit: x + width - inset, on: &canvas
            )
            if let choice = choices[position] { canvas.mark(.choice(choice), x: x..<x + width, y: top + position) }
        }
        canvas.cursor = cursor.map {
            Canvas.Point(x: min(x + inset + $0, canvas.width - 1), y: min(top + focus, canvas.height - 1))
        }
    }

    private static func put(
        _ row: [Cluster], _ marks: [Range<Int>], _ look: Style, x: Int, y: Int, limit: Int, on canvas: inout Canvas
    ) {
        var x = x
        for (position, cluster) in row.enumerated() {
            let isMarked = marks.contains { $0.contains(position) }
            x = canvas.put([cluster], x: x, y: y, style: isMarked ? look : Theme.text, limit: limit)
        }
    }

    private static func frame(_ title: String, x: Range<Int>, y: Range<Int>, on canvas: inout Canvas) {
        let (left, right, top, bottom) = (x.lowerBound, x.upperBound - 1, y.lowerBound, y.upperBound - 1)
        canvas.fill(x: x, y: top..<top + 1, with: Cluster("─", width: 1), style: Theme.border)
        canvas.fill(x: x, y: bottom..<bottom + 1, with: Cluster("─", width: 1), style: Theme.border)
        for row in y {
            canvas.put("│", x: left, y: row, style: Theme.border)
            canvas.put("│", x: right, y: row, style: Theme.border)
        }
        for (corner, cornerX, cornerY) in [
            ("┌", left, top), ("┐", right, top), ("└", left, bottom), ("┘", right, bottom),
        ] {
            canvas.put(corner, x: cornerX, y: cornerY, style: Theme.border)
        }
        canvas.put(
            Lines.fit(Lines.single(" \(title) "), width: x.count - 2), x: left + 1, y: top, style: Theme.overlayTitle,
            limit: right)
    }
}
