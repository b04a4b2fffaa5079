import KeyTemplates
import TerminalText
import Timestamps

/// What was asked within some seconds, as it is printed.
struct TrafficReport: Encodable {
    struct Pattern: Encodable {
        let pattern: String
        let name: String
        let callsPerSecond: Double
        let failedPerSecond: Double
        let throttledPerSecond: Double
        let readUnitsPerSecond: Double
        let writeUnitsPerSecond: Double
        /// Milliseconds.
        let p50: Double
        let p99: Double
    }

    struct Partition: Encodable {
        let partition: String
        /// What stands there; `nil` where that may be several kinds of items, or none is known.
        let entity: String?
        /// `AE`: of which patterns the calls were.
        let patterns: String
        let callsPerSecond: Double
        let throttledPerSecond: Double
        let readUnitsPerSecond: Double
        let writeUnitsPerSecond: Double
    }

    let at: String
    let seconds: Double
    let callsPerSecond: Double
    let failedPerSecond: Double
    let throttledPerSecond: Double
    let readUnitsPerSecond: Double
    let writeUnitsPerSecond: Double
    let patterns: [Pattern]
    let partitions: [Partition]

    /// - Parameter limit: partitions at most.
    init(_ tally: TrafficTally, seconds: Double, limit: Int, at time: Timestamp) {
        let seconds = max(seconds, 0.001)
        func rate(_ amount: Double) -> Double { (amount / seconds * 100).rounded() / 100 }
        func milliseconds(_ time: Double) -> Double { (time * 1000).rounded() / 1000 }
        at = time.description
        self.seconds = (seconds * 1000).rounded() / 1000
        callsPerSecond = rate(Double(tally.all.calls))
        failedPerSecond = rate(Double(tally.all.failed))
        throttledPerSecond = rate(Double(tally.all.throttled))
        let templates = tally.templates ?? .cruddur
        readUnitsPerSecond = rate(tally.all.readUnits)
        writeUnitsPerSecond = rate(tally.all.writeUnits)
        patterns = tally.patterns.sorted { $0.key < $1.key }.map { letter, count in
            Pattern(
                pattern: letter,
                name: templates.patterns.first { String($0.letter) == letter }?.name ?? "what is read beside",
                callsPerSecond: rate(Double(count.calls)), failedPerSecond: rate(Double(count.failed)),
                throttledPerSecond: rate(Double(count.throttled)),
                readUnitsPerSecond: rate(count.readUnits), writeUnitsPerSecond: rate(count.writeUnits),
                p50: milliseconds(count.durations.percentile(50)), p99: milliseconds(count.durations.percentile(99)))
        }
        partitions = tally.busiest(limit).map { name, count in
            Partition(
                partition: name, entity: Self.entity(name, templates), patterns: count.letters.sorted().joined(),
                callsPerSecond: rate(Double(count.calls)), throttledPerSecond: rate(Double(count.throttled)),
                readUnitsPerSecond: rate(count.readUnits), writeUnitsPerSecond: rate(count.writeUnits))
        }
    }

    private static func entity(_ partition: String, _ templates: TableTemplates) -> String? {
        let found = templates.entities(in: partition)
        return found.count == 1 ? found[0].name : nil
    }

    /// For people: a line for all, one for each pattern, one for each partition.
    var text: PrintableText {
        let throttled: PrintableText = throttledPerSecond > 0 ? "  \(Rates.tenths(throttledPerSecond)) throttled/s" : ""
        let head: PrintableText =
            "\(at)  \(Rates.tenths(callsPerSecond)) calls/s  \(Rates.tenths(readUnitsPerSecond)) RU/s  \(Rates.tenths(writeUnitsPerSecond)) WU/s  \(Rates.tenths(failedPerSecond)) failed/s\(throttled)"
        guard !patterns.isEmpty else { return head }
        let rows = patterns.map { row -> PrintableText in
            Rates.line(
                "\(row.pattern) \(row.name)",
                [row.callsPerSecond, row.readUnitsPerSecond, row.writeUnitsPerSecond, row.p50, row.p99])
        }
        let busiest = partitions.map { row -> PrintableText in
            let throttled: PrintableText =
                row.throttledPerSecond > 0 ? "  \(Rates.tenths(row.throttledPerSecond)) throttled/s" : ""
            let entity: PrintableText = row.entity.map { "  \($0)" } ?? ""
            let rates = Rates.line(
                row.patterns, [row.callsPerSecond, row.readUnitsPerSecond, row.writeUnitsPerSecond])
            return "\(rates)  \(row.partition)\(entity)\(throttled)"
        }
        let titles = Rates.titles("pattern", ["calls/s", "RU/s", "WU/s", "p50 ms", "p99 ms"])
        return ([head, titles] + rows + ["busiest partitions"] + busiest + [""]).joined(separator: "\n")
    }
}

/// Numbers in columns behind a name.
enum Rates {
    private static let name = 26

    static func line(_ name: String, _ numbers: [Double]) -> PrintableText { titles(name, numbers.map(tenths)) }

    static func titles(_ name: String, _ titles: [String]) -> PrintableText {
        PrintableText(line: name).padded(to: Self.name) + "\(titles.map { spaces(10 - $0.count) + $0 }.joined())"
    }

    static func tenths(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }

    private static func spaces(_ count: Int) -> String { String(repeating: " ", count: max(1, count)) }
}
