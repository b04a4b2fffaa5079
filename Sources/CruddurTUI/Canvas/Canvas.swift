import TerminalText

/// A grid of cells that a screen is drawn into. Knows no terminal and no message.
struct Canvas: Equatable, Sendable {
    struct Cell: Equatable, Sendable {
        var cluster: Cluster
        var style: Style
        /// The right part of the cluster to the left.
        var isContinuation = false

        static let blank = Cell(cluster: .space, style: .plain)
    }

    struct Point: Equatable, Sendable {
        var x: Int
        var y: Int
    }

    let width: Int
    let height: Int
    /// Row by row: rows that two canvases share are compared at once.
    private(set) var rows: [[Cell]]
    /// Where the cursor stands; `nil`: hidden.
    var cursor: Point?
    /// Cells in row `y` that may be drawn a little later, when nobody types.
    private(set) var mayWait: (y: Int, x: Range<Int>)?
    /// An ASCII letter, typed now, is one more cell where the cursor stands, plain, and the cursor goes behind it.
    var echoesLetters = false
    /// Addresses that cells lead to: see `Style.link`.
    private(set) var links: [String] = []
    /// What a click would mean, from back to front.
    private var targets: [(x: Range<Int>, y: Int, target: Target?)] = []

    /// What stands under the mouse, beyond what a layout tells.
    enum Target: Equatable, Sendable {
        /// The name of a key, to be pressed.
        case key(Key)
        /// One of those that are offered, counted from 0.
        case choice(Int)
    }

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        rows = Array(repeating: Array(repeating: .blank, count: width), count: height)
    }

    /// Writes `clusters` from (x, y) on, at most up to `limit` (exclusive).
    ///
    /// - Returns: the place behind the last one.
    @discardableResult
    mutating func put(
        _ clusters: some Sequence<Cluster>, x: Int, y: Int, style: Style = .plain, limit: Int? = nil
    ) -> Int {
        guard y >= 0, y < height else { return x }
        let limit = min(limit ?? width, width)
        var x = x
        for cluster in clusters {
            guard x < limit else { break }
            var cluster = cluster
            // No room for both halves: a mark of one cell in its place.
            if x + cluster.width > limit { cluster = Cluster("…", width: 1) }
            if x >= 0 {
                set(Cell(cluster: cluster, style: style), x: x, y: y)
                for offset in 1..<max(2, cluster.width) where offset < cluster.width {
                    set(Cell(cluster: Cluster("", width: 0), style: style, isContinuation: true), x: x + offset, y: y)
                }
            }
            x += cluster.width
        }
        return x
    }

    /// Writes text of our own, or remote text in one line.
    @discardableResult
    mutating func put(_ text: String, x: Int, y: Int, style: Style = .plain, limit: Int? = nil) -> Int {
        put(Lines.single(text), x: x, y: y, style: style, limit: limit)
    }

    /// What `Style.link` is for an address.
    mutating func link(to address: String) -> UInt16 {
        if let known = links.firstIndex(of: address) { return UInt16(known + 1) }
        guard links.count < Int(UInt16.max) else { return 0 }
        links.append(address)
        return UInt16(links.count)
    }

    /// Places another canvas here, with its cursor and its links; what a click on it means stays its own.
    mutating func put(_ other: Canvas, x: Int, y: Int) {
        links = other.links
        for (row, cells) in other.rows.enumerated() where (0..<height).contains(y + row) && x + cells.count <= width {
            rows[y + row].replaceSubrange(x..<x + cells.count, with: cells)
        }
        cursor = other.cursor.map { Point(x: $0.x + x, y: $0.y + y) }
        mayWait = other.mayWait.map { (y: $0.y + y, x: $0.x.lowerBound + x..<$0.x.upperBound + x) }
        echoesLetters = other.echoesLetters
    }

    /// Fills a rectangle with one cluster of one cell.
    mutating func fill(x: Range<Int>, y: Range<Int>, with cluster: Cluster = .space, style: Style = .plain) {
        let (columns, cell) = (x.clamped(to: 0..<width), Cell(cluster: cluster, style: style))
        guard let first = columns.first, let last = columns.last else { return }
        for row in y.clamped(to: 0..<height) {
            // Only at its ends can a wide cluster be cut in two.
            set(cell, x: first, y: row)
            set(cell, x: last, y: row)
            rows[row].withUnsafeMutableBufferPointer { $0[first...last].update(repeating: cell) }
        }
    }

    /// Changes the style of what is there.
    mutating func restyle(x: Range<Int>, y: Int, _ change: (inout Style) -> Void) {
        guard y >= 0, y < height else { return }
        for column in x.clamped(to: 0..<width) { change(&rows[y][column].style) }
    }

    /// A click on these cells means `target`; `nil`: nothing, whatever is behind them.
    mutating func mark(_ target: Target?, x: Range<Int>, y: Int) { targets.append((x, y, target)) }

    func target(x: Int, y: Int) -> Target? {
        targets.last { $0.y == y && $0.x.contains(x) }?.target
    }

    /// These cells may be drawn a little later.
    mutating func letWait(x: Range<Int>, y: Int) { mayWait = (y, x.clamped(to: 0..<width)) }

    /// A letter where the cursor stands.
    mutating func echo(_ letter: String) {
        guard let place = cursor else { return }
        cursor = Point(x: put(letter, x: place.x, y: place.y), y: place.y)
        echoesLetters = false
    }

    /// This canvas with row `y` as it was.
    func keeping(_ y: Int, of old: Canvas) -> Canvas {
        var kept = self
        kept.rows[y] = old.rows[y]
        return kept
    }

    /// The cells in which row `y` is not as in another canvas of this size, as far as none is cut in two. Called for each
    /// row at every key.
    func difference(_ y: Int, to old: Canvas) -> Range<Int> {
        comparing(y, to: old) { row, before in
            guard var first = Self.firstDifference(row, before) else { return 0..<0 }
            var end = row.count
            while Self.isSame(row, before, end - 1) { end -= 1 }
            while first > 0, row[first].isContinuation || before[first].isContinuation { first -= 1 }
            while end < row.count, row[end].isContinuation || before[end].isContinuation { end += 1 }
            return first..<end
        }
    }

    static func == (left: Canvas, right: Canvas) -> Bool {
        left.width == right.width && left.height == right.height && left.cursor == right.cursor
            && left.links == right.links
            && (0..<left.height).allSatisfy { left.comparing($0, to: right) { firstDifference($0, $1) } == nil }
    }

    // Where cells lie: to copy each of them costs more than to compare it.
    private typealias Row = UnsafeBufferPointer<Cell>

    private func comparing<Result>(_ y: Int, to old: Canvas, _ body: (Row, Row) -> Result) -> Result {
        rows[y].withUnsafeBufferPointer { row in old.rows[y].withUnsafeBufferPointer { body(row, $0) } }
    }

    private static func firstDifference(_ row: Row, _ before: Row) -> Int? {
        if row.baseAddress == before.baseAddress { return nil }
        return row.indices.first { !isSame(row, before, $0) }
    }

    private static func isSame(_ row: Row, _ before: Row, _ x: Int) -> Bool {
        row[x].style == before[x].style && row[x].isContinuation == before[x].isContinuation
            && row[x].cluster == before[x].cluster
    }

    private mutating func set(_ cell: Cell, x: Int, y: Int) {
        guard x < width else { return }
        // Half of a wide cluster may not stay behind.
        if rows[y][x].isContinuation, !cell.isContinuation { blankCluster(around: x, y: y) }
        if rows[y][x].cluster.width > 1 { blankCluster(around: x, y: y) }
        rows[y][x] = cell
    }

    private mutating func blankCluster(around x: Int, y: Int) {
        var start = x
        while start > 0, rows[y][start].isContinuation { start -= 1 }
        let end = start + max(1, rows[y][start].cluster.width)
        for column in start..<min(end, width) {
            rows[y][column] = Cell(cluster: .space, style: rows[y][column].style)
        }
    }

    /// The screen as lines of text, for people and tests.
    var lines: [String] {
        rows.map { $0.map(\.cluster.text).joined() }
    }
}
