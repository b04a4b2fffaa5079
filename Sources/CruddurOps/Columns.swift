import TerminalText

/// Rows of texts, each column as wide as what stands in it.
enum Columns {
    /// - Throws: `OutputFault`.
    static func show(_ rows: [[String]]) throws {
        for line in lines(rows) { try Output.line(line) }
    }

    static func lines(_ rows: [[String]]) -> [PrintableText] {
        let texts = rows.map { $0.map { PrintableText(line: $0) } }
        guard let first = texts.first else { return [] }
        let widths = first.indices.map { column in texts.map { $0[column].width }.max() ?? 0 }
        return texts.map { row in
            row.indices.map { $0 == row.count - 1 ? row[$0] : row[$0].padded(to: widths[$0] + 2) }.joined()
        }
    }
}
