import CNcurses
import TerminalText

/// Brings a canvas to the terminal. ncurses gets what changed; clusters on whose width
/// terminals disagree are written at their own places after its update, over blanks of
/// the planned width, so that nothing beside them ever moves.
struct TerminalScreen {
    private var shown: Canvas?
    var widths = TerminalWidths()
    /// The terminal shows what is written between two marks at once.
    var isSynchronised = false
    /// It takes addresses for what is written (OSC 8).
    var takesLinks = false
    var colors = TerminalColors.none
    private var library = LibraryWidths()
    private var patience = Patience()
    private var echo = LetterEcho()

    /// ncurses looks for lines that have moved, and scrolls, when at least so many have changed.
    private static let scrollable = 3
    private static let begin = (synchronised: "\u{1B}[?2026h", plain: "\u{1B}[?25l")
    private static let end = (synchronised: "\u{1B}[?2026l", plain: "\u{1B}[?25h")

    /// - Parameter now: what may wait on the canvas waits until the typing pauses.
    mutating func show(_ canvas: Canvas, at now: Duration) {
        defer { (echo.place, echo.isAhead) = (nil, false) }
        let change = CanvasChange(of: canvas, over: shown)
        guard let change = patience.take(change, isTyping: echo.isAhead, at: now) else { return }
        draw(change)
    }

    // MARK: The echo

    /// Finds out whether the next letter can be echoed: what it takes to know that need not be done once it is there.
    mutating func expectLetter() {
        guard let shown, shown.echoesLetters, let place = shown.cursor, shown.rows[place.y][place.x] == .blank,
            !hasPlaced(shown.rows[place.y])
        else { return }
        echo.place = place
    }

    /// Echoes a letter, if it is one more cell and nothing else. To be called before anything else is done with it.
    mutating func echo(_ letter: UInt8, to output: inout TerminalOutput) {
        guard let place = echo.place else { return }
        let foretold = echo.foretell(letter)
        if let foretold {
            output.send(foretold)
            // What carries it on, in the kernel and in the terminal, may be on this processor, and need not wait for what follows.
            cn_rest()
        }
        let look = colors.look(.plain)
        cn_move(Int32(place.x), Int32(place.y))
        cn_style(look.color, look.attributes)
        withUnsafePointer(to: UInt32(letter)) { cn_write($0, 1) }
        cn_update(Int32(place.x + 1), Int32(place.y))
        let written = output.take(colors)
        guard let foretold else {
            output.send(written)
            echo.learn(written, of: letter)
            return keepEcho(letter)
        }
        // ncurses would have written something else: what the terminal shows is anybody's guess.
        if written == foretold { keepEcho(letter) } else { forget() }
    }

    private mutating func keepEcho(_ letter: UInt8) {
        shown?.echo(String(Unicode.Scalar(letter)))
        (echo.place, echo.isAhead) = (nil, true)
    }

    /// When to call `settle`; `nil`: nothing waits.
    var deadline: Duration? { patience.deadline }

    /// What has waited long enough is drawn.
    mutating func settle(at now: Duration) {
        if let canvas = patience.expire(at: now) { draw(CanvasChange(of: canvas, over: shown)) }
    }

    /// All is to be drawn again.
    mutating func forget() {
        shown = nil
        echo.forget()
        cn_forget_all()
    }

    private mutating func draw(_ change: CanvasChange) {
        let (canvas, old) = (change.canvas, change.shown)
        var changed = change.cells
        if old?.links != canvas.links {
            let same = Set(0..<canvas.height).subtracting(changed.map(\.y))
            changed += same.filter { hasLinks(canvas.rows[$0]) }.map { ($0, 0..<0) }
            changed.sort { $0.y < $1.y }
        }
        let placed = changed.map(\.y).filter { hasPlaced(canvas.rows[$0]) }
        let isLarge = changed.count > 1 || !placed.isEmpty
        if isLarge { mark(Self.begin, cursorStays: canvas.cursor != nil) }
        for (y, range) in changed {
            // ncurses believes that blanks are where it does not draw. So it must neither keep a row
            // with such clusters, nor scroll: that would take them to other rows. Nor would it write anew what only
            // leads elsewhere now.
            let hadPlaced = old.map { hasPlaced($0.rows[y]) } ?? false
            if hadPlaced || changed.count >= Self.scrollable { cn_forget_row(Int32(y)) }
            // ncurses knows the rest of it: a letter is one cell of many.
            write(canvas.rows[y], range, y: y)
        }
        cn_update(Int32(canvas.cursor?.x ?? -1), Int32(canvas.cursor?.y ?? 0))
        if !placed.isEmpty {
            for y in placed {
                place(canvas.rows[y], y: y)
                placeLinks(canvas.rows[y], canvas.links, y: y)
            }
            cn_append_style(-1, 0)
            // Together with ncurses' own idea of where the cursor is.
            cn_append_caret()
        }
        if isLarge { mark(Self.end, cursorStays: canvas.cursor != nil) }
        shown = canvas
    }

    /// The cursor is not seen running about.
    private func mark(_ marks: (synchronised: String, plain: String), cursorStays: Bool) {
        if isSynchronised { Self.append(marks.synchronised) } else if cursorStays { Self.append(marks.plain) }
    }

    /// Neither ncurses nor the terminal is to be trusted with its width.
    private func isPlaced(_ cell: Canvas.Cell) -> Bool {
        cell.cluster.kind != .plain || !library.agrees(cell.cluster)
    }

    private func hasLink(_ cell: Canvas.Cell) -> Bool { takesLinks && cell.style.link > 0 }

    private func hasLinks(_ row: [Canvas.Cell]) -> Bool {
        takesLinks && row.indices.contains { row[$0].style.link > 0 }
    }

    /// Something in it is written by ourselves.
    private func hasPlaced(_ row: [Canvas.Cell]) -> Bool {
        row.withUnsafeBufferPointer { cells in
            cells.indices.contains { x in
                // One byte is what it is; that is what most of them are.
                let isUsual = cells[x].cluster.kind == .plain && cells[x].cluster.text.utf8.count <= 1
                return !isUsual && isPlaced(cells[x])
            }
        } || hasLinks(row)
    }

    private func write(_ row: [Canvas.Cell], _ range: Range<Int>, y: Int) {
        guard let first = range.first else { return }
        cn_move(Int32(first), Int32(y))
        var scalars: [UInt32] = []
        var style = row[first].style
        func flush() {
            let look = colors.look(style)
            cn_style(look.color, look.attributes)
            cn_write(scalars, Int32(scalars.count))
            scalars.removeAll(keepingCapacity: true)
        }
        for x in range where !row[x].isContinuation {
            if row[x].style != style {
                flush()
                style = row[x].style
            }
            if isPlaced(row[x]) {
                scalars += Array(repeating: 0x20, count: row[x].cluster.width)
            } else {
                for scalar in row[x].cluster.text.unicodeScalars { scalars.append(scalar.value) }
            }
        }
        flush()
    }

    /// Writes the clusters of a row that ncurses does not know of.
    private func place(_ row: [Canvas.Cell], y: Int) {
        for (x, cell) in row.enumerated() where isPlaced(cell) {
            cn_append_place(Int32(x), Int32(y))
            put(cell, widths.drawable(cell.cluster).text)
            // Should it have taken more cells than was planned, what stands there is written once more.
            let next = x + cell.cluster.width
            if widths.isUnsure(of: cell.cluster), next < row.count, !row[next].isContinuation, !isPlaced(row[next]) {
                cn_append_place(Int32(next), Int32(y))
                put(row[next], row[next].cluster.text)
            }
        }
    }

    /// Writes what leads somewhere once more, with its address: ncurses knows no such thing.
    private func placeLinks(_ row: [Canvas.Cell], _ links: [String], y: Int) {
        var x = 0
        while x < row.count {
            let link = row[x].style.link
            let end = row[x...].firstIndex { $0.style.link != link } ?? row.count
            if takesLinks, link > 0, let begin = Hyperlink.begin(links[Int(link) - 1]) {
                cn_append_place(Int32(x), Int32(y))
                Self.append(begin)
                for place in x..<end where !row[place].isContinuation {
                    // Behind what may have taken more or fewer cells, the next has its own place.
                    if place > x, row[..<place].last(where: { !$0.isContinuation }).map(isPlaced) == true {
                        cn_append_place(Int32(place), Int32(y))
                    }
                    put(row[place], widths.drawable(row[place].cluster).text)
                }
                Self.append(Hyperlink.end)
                if end < row.count, !isPlaced(row[end]), !row[end].isContinuation,
                    row[..<end].last(where: { !$0.isContinuation }).map(isPlaced) == true
                {
                    cn_append_place(Int32(end), Int32(y))
                    put(row[end], row[end].cluster.text)
                }
            }
            x = end
        }
    }

    private func put(_ cell: Canvas.Cell, _ text: String) {
        let look = colors.look(cell.style)
        cn_append_style(look.color, look.attributes)
        Self.append(text)
    }

    private static func append(_ text: String) { text.withCString { cn_append($0, text.utf8.count) } }
}
