import Foundation
import TerminalText

/// A recording of terminals that stood side by side, as asciinema plays it.
/// Source: asciicast file format, version 2.
struct Cast {
    /// What one terminal has shown.
    struct Pane {
        let name: String
        /// In the order in which they were shown.
        let frames: [Frame]
    }

    /// Seconds; a player need not wait longer for the next change.
    private static let idle = 2
    /// Cells; no terminal is larger, whatever a file says.
    private static let largest = 1000

    private let panes: [(pane: Pane, x: Int, width: Int)]
    private let height: Int
    private let begin: Int64

    /// - Parameter panes: from left to right; those that have shown nothing are left out.
    init?(_ panes: [Pane]) {
        let shown = panes.map { pane in
            Pane(
                name: pane.name,
                frames: pane.frames.filter {
                    (1...Self.largest).contains($0.width) && (1...Self.largest).contains($0.height)
                })
        }.filter { !$0.frames.isEmpty }
        guard let begin = shown.compactMap(\.frames.first?.at).min() else { return nil }
        self.begin = begin
        height = shown.flatMap(\.frames).map(\.height).max() ?? 0
        var x = 0
        self.panes = shown.map { pane in
            let width = pane.frames.map(\.width).max() ?? 0
            defer { x += width + 1 }
            return (pane, x, width)
        }
    }

    /// How many there are.
    var terminals: Int { panes.count }

    private var width: Int { panes.last.map { $0.x + $0.width } ?? 0 }

    /// Its lines, each of them JSON.
    func lines() throws -> [PrintableText] {
        var lines = [try Self.json(Header(self))]
        lines.append(try Self.json(Output(time: 0, text: start)))
        var sizes: [Int: (Int, Int)] = [:]
        for (number, frame) in frames {
            let (_, x, width) = panes[number]
            var text = ""
            if let size = sizes[number], size != (frame.width, frame.height) {
                text += (0..<height).map { Self.place(x, $0) + String(repeating: " ", count: width) }.joined()
            }
            sizes[number] = (frame.width, frame.height)
            for row in frame.rows where (0..<frame.height).contains(row.y) {
                for run in row.runs where (0..<frame.width).contains(run.x) {
                    text += Self.place(x + run.x, row.y) + run.text
                }
            }
            let seconds = Double(max(0, frame.at - begin)) / 1_000_000
            lines.append(try Self.json(Output(time: seconds, text: text)))
        }
        return lines
    }

    /// All of them, one after another.
    private var frames: [(pane: Int, frame: Frame)] {
        panes.enumerated().flatMap { number, shown in shown.pane.frames.map { (number, $0) } }.sorted {
            ($0.1.at, $0.0) < ($1.1.at, $1.0)
        }
    }

    /// An empty screen without a cursor, and the lines between the panes.
    private var start: String {
        let dividers = panes.dropFirst().flatMap { shown in
            (0..<height).map { Self.place(shown.x - 1, $0) + "\u{1B}[2m│\u{1B}[0m" }
        }
        return "\u{1B}[?25l\u{1B}[2J" + dividers.joined()
    }

    private static func place(_ x: Int, _ y: Int) -> String { "\u{1B}[\(y + 1);\(x + 1)H" }

    private static func json(_ value: some Encodable) throws -> PrintableText {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return PrintableText(json: String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    private struct Header: Encodable {
        let version = 2
        let width: Int
        let height: Int
        let timestamp: Int64
        let idleTimeLimit = Cast.idle
        let title: String

        private enum CodingKeys: String, CodingKey {
            case version, width, height, timestamp, title
            case idleTimeLimit = "idle_time_limit"
        }

        init(_ cast: Cast) {
            (width, height, timestamp) = (cast.width, cast.height, cast.begin / 1_000_000)
            title = "Cruddur: " + cast.panes.map { "@\($0.pane.name)" }.joined(separator: ", ")
        }
    }

    private struct Output: Encodable {
        let time: Double
        let text: String

        func encode(to encoder: any Encoder) throws {
            var values = encoder.unkeyedContainer()
            try values.encode(time)
            try values.encode("o")
            try values.encode(text)
        }
    }
}
