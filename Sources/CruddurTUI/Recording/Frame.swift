import TerminalText

/// What has changed on a terminal at one moment.
struct Frame: Codable, Equatable, Sendable {
    /// A piece of a row, with the sequences that make it look as it does.
    struct Run: Codable, Equatable, Sendable {
        let x: Int
        let text: String
    }

    struct Row: Codable, Equatable, Sendable {
        let y: Int
        let runs: [Run]
    }

    /// Microseconds since 1970.
    let at: Int64
    let width: Int
    let height: Int
    /// Those that have changed, whole.
    let rows: [Row]

    /// `nil` where nothing has changed.
    init?(_ canvas: Canvas, since shown: Canvas?, at: Int64) {
        let isAnew = shown.map { $0.width != canvas.width || $0.height != canvas.height } ?? true
        let changed = (0..<canvas.height).filter { y in
            isAnew || shown?.rows[y] != canvas.rows[y]
                || (shown?.cursor != canvas.cursor && (shown?.cursor?.y == y || canvas.cursor?.y == y))
        }
        guard isAnew || !changed.isEmpty else { return nil }
        self.at = at
        (width, height) = (canvas.width, canvas.height)
        rows = changed.map { y in
            Row(y: y, runs: Self.runs(canvas.rows[y], cursor: canvas.cursor.flatMap { $0.y == y ? $0.x : nil }))
        }
    }

    /// A cluster of which players may think that it is wider or narrower ends a run: what follows has a place of its own.
    private static func runs(_ row: [Canvas.Cell], cursor: Int?) -> [Run] {
        var runs: [Run] = []
        var (start, text, style) = (0, "", Style.plain)
        for (x, cell) in row.enumerated() where !cell.isContinuation {
            var wanted = cell.style
            // Two terminals have one cursor in a recording: it is drawn.
            if x == cursor { wanted.attributes.formSymmetricDifference(.reverse) }
            if wanted != style {
                text += wanted.sequence
                style = wanted
            }
            text += cell.cluster.text
            if cell.cluster.kind != .plain || cell.cluster.width > 1 {
                runs.append(Run(x: start, text: text + Style.plain.sequence))
                (start, text, style) = (x + cell.cluster.width, "", .plain)
            }
        }
        return text.isEmpty ? runs : runs + [Run(x: start, text: text + Style.plain.sequence)]
    }
}

extension Style {
    /// From whatever was before.
    fileprivate var sequence: String {
        let numbers = [(Attributes.bold, 1), (.dim, 2), (.italic, 3), (.underline, 4), (.reverse, 7)]
            .filter { attributes.contains($0.0) }.map { "\($0.1)" }
        let colors = color < 0 ? [] : [color < 8 ? "\(30 + Int(color))" : "\(82 + Int(color))"]
        return "\u{1B}[\((["0"] + numbers + colors).joined(separator: ";"))m"
    }
}
