/// A canvas, and where it is not as the one that is shown: each row is compared once.
struct CanvasChange {
    private(set) var canvas: Canvas
    /// The one that is shown; `nil`: none of this size is.
    let shown: Canvas?
    /// Of each row that is another one.
    private(set) var cells: [(y: Int, x: Range<Int>)] = []

    init(of canvas: Canvas, over shown: Canvas?) {
        self.canvas = canvas
        self.shown = shown.flatMap { $0.width == canvas.width && $0.height == canvas.height ? $0 : nil }
        for y in 0..<canvas.height {
            let range = self.shown.map { canvas.difference(y, to: $0) } ?? 0..<canvas.width
            if !range.isEmpty { cells.append((y, range)) }
        }
    }

    /// There is nothing to draw.
    var isNothing: Bool { cells.isEmpty && shown?.cursor == canvas.cursor && shown?.links == canvas.links }

    /// Without what may wait on the canvas; `nil`: nothing that may has changed.
    var withoutWhatMayWait: CanvasChange? {
        guard let shown, let (y, x) = canvas.mayWait, let place = cells.firstIndex(where: { $0.y == y }),
            x.contains(cells[place].x.lowerBound), cells[place].x.upperBound <= x.upperBound
        else { return nil }
        var rest = self
        rest.cells.remove(at: place)
        rest.canvas = canvas.keeping(y, of: shown)
        return rest
    }
}
