import Foundation
import KeyTemplates
import Traces

/// What the table was asked within some time: by access pattern, and by partition.
struct TrafficTally {
    /// Partitions that are counted; what goes to more of them is counted with none.
    private static let most = 100_000
    /// Tries that one call can have been refused.
    private static let mostTries: Int64 = 1000

    struct Count {
        var calls = 0
        var failed = 0
        /// Tries that were refused because more was asked than is allowed at a time.
        var throttled = 0
        var readUnits = 0.0
        var writeUnits = 0.0
        var durations = Durations()
        /// The patterns that it came from.
        var letters: Set<String> = []
    }

    /// Tells which pattern a call is; `nil`: the call says it itself.
    let templates: TableTemplates?
    private(set) var all = Count()
    /// By letter; `-`: of no pattern.
    private(set) var patterns: [String: Count] = [:]
    private(set) var partitions: [String: Count] = [:]
    /// When the first began, and the last ended, in microseconds.
    private(set) var times: ClosedRange<Int64>?

    init(templates: TableTemplates? = nil) { self.templates = templates }

    mutating func take(_ span: TraceSpan) {
        guard span.attributes["db.system.name"] != nil else { return }
        let letter =
            templates.map { $0.pattern(of: span).map { String($0.letter) } ?? "-" }
            ?? span.attributes["cruddur.pattern"]?.text ?? "-"
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
        count.failed += span.error == nil || span.wasGivenUp ? 0 : 1
        count.throttled += Int(min(max(0, span.attributes["cruddur.throttled"]?.integer ?? 0), mostTries))
        count.readUnits += max(0, span.attributes["cruddur.read_units"]?.number ?? 0) * share
        count.writeUnits += max(0, span.attributes["cruddur.write_units"]?.number ?? 0) * share
        count.durations.add(span.duration)
        count.letters.insert(letter)
    }

    /// Those that it read or wrote.
    private static func partitions(_ span: TraceSpan) -> Set<String> {
        if let condition = span.keyCondition {
            // The index is a table of its own.
            let index = span.attributes["aws.dynamodb.index_name"]?.text
            return [index.map { "\($0) \(condition.partition)" } ?? condition.partition]
        }
        return Set(span.writes.map(\.partition))
    }

    /// Those with the most units, and of these the most calls, first.
    func busiest(_ limit: Int) -> [(partition: String, count: Count)] {
        partitions.sorted {
            let (one, other) = ($0.value, $1.value)
            let (units, others) = (one.readUnits + one.writeUnits, other.readUnits + other.writeUnits)
            return (units, one.calls, $1.key) > (others, other.calls, $0.key)
        }.prefix(limit).map { ($0.key, $0.value) }
    }
}

extension TableTemplates {
    /// Which of the patterns a call of the table is.
    fileprivate func pattern(of span: TraceSpan) -> Pattern? {
        let operation = span.attributes["db.operation.name"]?.text ?? ""
        guard let condition = span.keyCondition else {
            let touched = span.writes.map { entity(partition: $0.partition, sort: $0.sort)?.entity.name }
            // What also writes something else is another call.
            return touched.contains(nil) ? nil : pattern(writing: Set(touched.compactMap(\.self)), operation: operation)
        }
        let found: [Entity] =
            switch condition.sort {
            case .some(let sort) where sort.comparison == .equals:
                entity(partition: condition.partition, sort: sort.value).map { [$0.entity] } ?? []
            case let sort: entities(in: condition.partition, sortPrefix: sort?.value ?? "")
            }
        return pattern(
            reading: Set(found.map(\.name)), operation: operation,
            index: span.attributes["aws.dynamodb.index_name"]?.text)
    }
}

/// How long calls took: counted by size, each size a fiftieth more than the last, however many there are.
struct Durations {
    private static let steps = 35.0
    private var counts: [Int: Int] = [:]
    private var total = 0

    /// - Parameter microseconds: less than one counts as one.
    mutating func add(_ microseconds: Int64) {
        counts[Int((log2(Double(max(1, microseconds))) * Self.steps).rounded()), default: 0] += 1
        total += 1
    }

    /// Milliseconds within which so many of a hundred were over (nearest rank); 0 where there was none.
    func percentile(_ percent: Int) -> Double {
        var left = (total * percent + 99) / 100
        for (size, count) in counts.sorted(by: { $0.key < $1.key }) {
            left -= count
            if left <= 0 { return exp2(Double(size) / Self.steps) / 1000 }
        }
        return 0
    }
}
