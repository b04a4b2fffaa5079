import TerminalText

/// A message's text, of which a part is marked.
enum PartScreen {
    static func draw(_ choice: PartChoice, _ keys: Keymap, on canvas: inout Canvas) {
        let (width, room) = PartChoice.room(CellSize(width: canvas.width, height: canvas.height))
        let text = ComposeText(choice.text, width: width)
        let first = text.firstRow(height: room)
        let shown = Array(text.rows.dropFirst(first).prefix(room))
        var marks: [Int: [Range<Int>]] = [:]
        if let range = choice.range {
            for (position, row) in shown.enumerated() {
                let places = row.clusters.indices.filter { range.contains(row.offsets[$0]) }
                if let from = places.first, let last = places.last { marks[position] = [from..<last + 1] }
            }
        }
        func way(_ command: Command) -> String { keys.way(to: command, in: .part) }
        let what =
            choice.range == nil
            ? tr("\(way(.part(.begin))): begins here")
            : tr("\(way(.choice(.take))): copy, \(way(.part(.begin))): begins here")
        OverlayBox.draw(
            title: tr("A part  \(what)"), rows: shown.map(\.clusters), marks: marks, look: Theme.selection,
            cursor: text.cursorColumn, focus: text.cursorRow - first, on: &canvas)
    }
}
