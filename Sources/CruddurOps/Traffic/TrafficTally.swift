import BoundedNumbers
import TerminalText
import Traces

/// What the table was asked within some time: by access pattern, and by partition.
struct TrafficTally {
    /// Partitions that are counted; what goes to more of them is counted with none.
    private static let most = 100_000
    /// Durations of a pattern that are kept, for its percentiles.
    private static let durations = 10_000

    struct Count {
        var calls = 0
        var failed = 0
        var readUnits = 0.0
        var writeUnits = 0.0
        /// Microseconds.
        var durations: [Int64] = []
        /// The patterns that it came from.
        var letters: Set<String> = []
    }

    private(set) var all = Count()
    /// By letter; `-`: of no pattern.
    private(set) var patterns: [String: Count] = [:]
    private(set) var partitions: [String: Count] = [:]
    /// When the first began, and the last ended, in microseconds.
    private(set) var times: ClosedRange<Int64>?

    mutating func take(_ span: TraceSpan) {
        guard span.attributes["db.system.name"] != nil else { return }
        let letter = span.attributes["cruddur.pattern"]?.text ?? "-"
        let end = span.start + span.duration
        times = min(times?.lowerBound ?? span.start, span.start)...max(times?.upperBound ?? end, end)
        Self.add(span, letter, share: 1, to: &all)
        Self.add(span, letter, share: 1, to: &patterns[letter, default: Count()])
        let touched = Self.partitions(span)
        for partition in touched where partitions[partition] != nil || partitions.count < Self.most {
            Self.add(
                span, letter, share: 1 / Double(touched.count), to: &partitions[partition, default: Count()])
        }
    }

    private static func add(_ span: TraceSpan, _ letter: String, share: Double, to count: inout Count) {
        count.calls += 1
        count.failed += span.error == nil ? 0 : 1
        count.readUnits += max(0, span.attributes["cruddur.read_units"]?.number ?? 0) * share
        count.writeUnits += max(0, span.attributes["cruddur.write_units"]?.number ?? 0) * share
        if count.durations.count < durations { count.durations.append(span.duration) }
        count.letters.insert(letter)
    }

    /// Those that it read or wrote.
    private static func partitions(_ span: TraceSpan) -> Set<String> {
        if let condition = span.attributes["cruddur.key_condition"]?.text,
            let found = condition.firstMatch(of: /^\w+ = "(.*?)"(?: AND |$)/)
        {
            // The index is a table of its own.
            let index = span.attributes["aws.dynamodb.index_name"]?.text
            return [index.map { "\($0) \(found.1)" } ?? String(found.1)]
        }
        return Set(
            (span.attributes["cruddur.writes"]?.texts ?? []).compactMap { write in
                let rest = write.drop { $0 != " " }.dropFirst()
                return rest.lastIndex(of: " ").map { String(rest[..<$0]) }
            })
    }

    /// Those with the most units, and of these the most calls, first.
    func busiest(_ limit: Int) -> [(partition: String, count: Count)] {
        partitions.sorted {
            let (one, other) = ($0.value, $1.value)
            let (units, others) = (one.readUnits + one.writeUnits, other.readUnits + other.writeUnits)
            return (units, one.calls, other.calls == one.calls ? $1.key : "") > (
                others, other.calls, other.calls == one.calls ? $0.key : ""
            )
        }.prefix(limit).map { ($0.key, $0.value) }
    }
}

extension TrafficTally.Count {
    /// Milliseconds within which so many of a hundred calls were answered.
    func percentile(_ percent: Int) -> Double {
        guard !durations.isEmpty else { return 0 }
        let sorted = durations.sorted()
        return Double(sorted[min(sorted.count - 1, sorted.count * percent / 100)]) / 1000
    }
}
