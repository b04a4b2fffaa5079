import TerminalText
import Timestamps

/// What was asked within some seconds, as it is printed.
struct TrafficReport: Encodable {
    struct Pattern: Encodable {
        let pattern: String
        let callsPerSecond: Double
        let failedPerSecond: Double
        let readUnitsPerSecond: Double
        let writeUnitsPerSecond: Double
        /// Milliseconds.
        let p50: Double
        let p99: Double
    }

    struct Partition: Encodable {
        let partition: String
        /// `AE`: of which patterns the calls were.
        let patterns: String
        let callsPerSecond: Double
        let readUnitsPerSecond: Double
        let writeUnitsPerSecond: Double
    }

    let at: String
    let seconds: Double
    let callsPerSecond: Double
    let failedPerSecond: Double
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
        readUnitsPerSecond = rate(tally.all.readUnits)
        writeUnitsPerSecond = rate(tally.all.writeUnits)
        patterns = tally.patterns.sorted { $0.key < $1.key }.map { letter, count in
            Pattern(
                pattern: letter, callsPerSecond: rate(Double(count.calls)), failedPerSecond: rate(Double(count.failed)),
                readUnitsPerSecond: rate(count.readUnits), writeUnitsPerSecond: rate(count.writeUnits),
                p50: milliseconds(count.durations.percentile(50)), p99: milliseconds(count.durations.percentile(99)))
        }
        partitions = tally.busiest(limit).map { name, count in
            Partition(
                partition: name, patterns: count.letters.sorted().joined(),
                callsPerSecond: rate(Double(count.calls)), readUnitsPerSecond: rate(count.readUnits),
                writeUnitsPerSecond: rate(count.writeUnits))
        }
    }

    private static let names = [
        "A": "a group's messages", "B": "a user's groups", "C": "a message", "D": "a new group",
        "E": "moving the groups",
        "-": "what is read beside",
    ]

    /// For people: a line for all, one for each pattern, one for each partition.
    var text: PrintableText {
        let head: PrintableText =
            "\(at)  \(Self.tenths(callsPerSecond)) calls/s  \(Self.tenths(readUnitsPerSecond)) RU/s  \(Self.tenths(writeUnitsPerSecond)) WU/s  \(Self.tenths(failedPerSecond)) failed/s"
        guard !patterns.isEmpty else { return head }
        let rows = patterns.map { row -> PrintableText in
            let name = "\(row.pattern) \(Self.names[row.pattern] ?? "")"
            return
                "\(Self.left(name, 22))\(Self.right(row.callsPerSecond))\(Self.right(row.readUnitsPerSecond))\(Self.right(row.writeUnitsPerSecond))\(Self.right(row.p50))\(Self.right(row.p99))"
        }
        let busiest = partitions.map { row -> PrintableText in
            "\(Self.left(row.patterns, 22))\(Self.right(row.callsPerSecond))\(Self.right(row.readUnitsPerSecond))\(Self.right(row.writeUnitsPerSecond))  \(row.partition)"
        }
        let titles: PrintableText =
            "\(Self.left("pattern", 22))\(Self.right("calls/s"))\(Self.right("RU/s"))\(Self.right("WU/s"))\(Self.right("p50 ms"))\(Self.right("p99 ms"))"
        return ([head, titles] + rows + ["busiest partitions"] + busiest + [""]).joined(separator: "\n")
    }

    private static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private static func right(_ number: Double) -> String { right(tenths(number)) }

    private static func tenths(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }

    private static func right(_ text: String) -> String {
        String(repeating: " ", count: max(1, 10 - text.count)) + text
    }
}
