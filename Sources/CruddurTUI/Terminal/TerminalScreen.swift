import CNcurses
import TerminalText

/// Brings a canvas to the terminal. ncurses gets what changed; clusters on whose width
/// terminals disagree are written at their own places after its update, over blanks of
/// the planned width, so that nothing beside them ever moves.
struct TerminalScreen {
    private var shown: Canvas?
    var widths = TerminalWidths()

    /// ncurses looks for lines that have moved, and scrolls, when at least so many have changed.
    private static let scrollable = 3

    mutating func show(_ canvas: Canvas) {
        let old = shown.flatMap { $0.width == canvas.width && $0.height == canvas.height ? $0 : nil }
        let changed = (0..<canvas.height).filter { y in old.map { $0.rows[y] != canvas.rows[y] } ?? true }
        for y in changed {
            // ncurses believes that blanks are where it does not draw. So it must neither keep a row
            // with such clusters, nor scroll: that would take them to other rows.
            let hadOverlay = old?.rows[y].contains { $0.cluster.kind != .plain } ?? false
            if hadOverlay || changed.count >= Self.scrollable { cn_forget_row(Int32(y)) }
            write(canvas.rows[y], y: y)
        }
        cn_update(Int32(canvas.cursor?.x ?? -1), Int32(canvas.cursor?.y ?? 0))
        overlay(canvas, rows: changed)
        shown = canvas
    }

    /// All is to be drawn again.
    mutating func forget() {
        shown = nil
        cn_forget_all()
    }

    private func write(_ row: [Canvas.Cell], y: Int) {
        cn_move(0, Int32(y))
        var scalars: [UInt32] = []
        var style = row.first?.style ?? .plain
        func flush() {
            cn_style(Int32(style.color), Int32(style.attributes.rawValue))
            cn_write(scalars, Int32(scalars.count))
            scalars.removeAll(keepingCapacity: true)
        }
        for cell in row where !cell.isContinuation {
            if cell.style != style {
                flush()
                style = cell.style
            }
            if cell.cluster.kind == .plain {
                scalars += cell.cluster.text.unicodeScalars.map(\.value)
            } else {
                scalars += Array(repeating: 0x20, count: cell.cluster.width)
            }
        }
        flush()
    }

    /// Writes the clusters that ncurses does not know of, and brings the cursor back.
    private func overlay(_ canvas: Canvas, rows: [Int]) {
        var output = ""
        for y in rows {
            for (x, cell) in canvas.rows[y].enumerated() where cell.cluster.kind != .plain {
                output += "\u{1B}[\(y + 1);\(x + 1)H\(Self.sequence(cell.style))\(widths.drawable(cell.cluster).text)"
            }
        }
        guard !output.isEmpty else { return }
        // Together with ncurses' own idea of where the cursor is.
        cn_raw("\u{1B}7", 2)
        output += "\u{1B}[0m\u{1B}8"
        output.withCString { cn_raw($0, output.utf8.count) }
    }

    private static func sequence(_ style: Style) -> String {
        var codes = ["0"]
        for (attribute, code) in [
            (Style.Attributes.bold, "1"), (.dim, "2"), (.italic, "3"), (.underline, "4"), (.reverse, "7"),
        ] where style.attributes.contains(attribute) { codes.append(code) }
        if style.color >= 0 { codes.append(style.color < 8 ? "\(30 + style.color)" : "\(82 + style.color)") }
        return "\u{1B}[\(codes.joined(separator: ";"))m"
    }
}
