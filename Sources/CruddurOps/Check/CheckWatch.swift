import MessageTable
import Metrics
import ServiceLifecycle
import Synchronization
import TerminalText
import Timestamps

/// Looks again and again, until it is ended: tells what has come since the last look, and what has gone.
struct CheckWatch: Service {
    /// Where more is found, it is counted, and not told one by one.
    private static let most = 10_000

    /// A look that is over.
    struct Look: Sendable {
        let items: Int
        let consumed: ConsumedCapacity
    }

    let isJSON: Bool
    let metrics: any MetricsFactory
    /// Seconds.
    let interval: Double
    /// Hands on each finding.
    let look: @Sendable (@escaping (Finding) -> Void) async throws -> Look

    private struct Key: Hashable {
        let kind: Finding.Kind
        let subject: String
        let explanation: String
    }

    /// What is told of a look.
    struct Report: Encodable {
        struct Told: Encodable {
            let kind: Finding.Kind
            let subject: String
            let explanation: String
        }

        let at: String
        let items: Int
        let seconds: Double
        /// As many as there are now.
        let findings: Int
        let new: [Told]
        let gone: [Told]
        let consumedReadUnits: Double
    }

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await looks() }
        } catch is CancellationError {}
    }

    private func looks() async throws {
        // `nil`: too many to be told one by one.
        var known: Set<Key>? = []
        var isFirst = true
        let failures = Counter(label: Self.failures, factory: metrics)
        failures.increment(by: 0)
        while true {
            let begin = Clock.time.elapsed()
            var found: Set<Key>? = []
            var counts: [Finding.Kind: Int] = [:]
            let over: Look
            do {
                over = try await look { finding in
                    counts[finding.kind, default: 0] += 1
                    found?.insert(
                        Key(kind: finding.kind, subject: finding.subject, explanation: finding.explanation))
                    if found?.count ?? 0 > Self.most { found = nil }
                }
            } catch let error where !(error is CancellationError) {
                // Whatever does not answer, table or users, is asked again.
                failures.increment()
                Output.complain("\(error); looked again in \(interval) s")
                try await Clock.time.sleep(for: .seconds(interval))
                continue
            }
            let seconds = (Clock.time.elapsed() - begin) / .seconds(1)
            record(over, counts, seconds)
            let report = Report(
                at: Clock.now().description, items: over.items, seconds: (seconds * 1000).rounded() / 1000,
                findings: counts.values.reduce(0, +), new: told(found, without: known),
                gone: told(known, without: found), consumedReadUnits: over.consumed.read)
            try tell(report, isFirst: isFirst)
            (known, isFirst) = (found, false)
            try await Clock.time.sleep(for: .seconds(interval))
        }
    }

    private func told(_ keys: Set<Key>?, without others: Set<Key>?) -> [Report.Told] {
        guard let keys, let others else { return [] }
        return keys.subtracting(others).map {
            Report.Told(kind: $0.kind, subject: $0.subject, explanation: $0.explanation)
        }.sorted {
            ($0.kind.rawValue, $0.subject, $0.explanation) < ($1.kind.rawValue, $1.subject, $1.explanation)
        }
    }

    private func tell(_ report: Report, isFirst: Bool) throws {
        if isJSON {
            try Output.jsonLine(report)
        } else {
            for finding in report.new {
                try Output.line(
                    "\(report.at)  + \(finding.kind.rawValue)  \(finding.subject): \(finding.explanation)")
            }
            for finding in report.gone {
                try Output.line(
                    "\(report.at)  - \(finding.kind.rawValue)  \(finding.subject): \(finding.explanation)")
            }
            if isFirst || !report.new.isEmpty || !report.gone.isEmpty {
                try Output.line(
                    "\(report.at)  \(report.items) items, \(report.findings) findings; the look took \(report.seconds) s and \(report.consumedReadUnits) read units"
                )
            }
        }
        // Who reads this through a pipe wants it now.
        try Output.flush()
    }

    // MARK: Metrics

    private static let findings = "cruddur_check_findings"
    private static let items = "cruddur_check_items"
    private static let seconds = "cruddur_check_seconds"
    private static let last = "cruddur_check_last_look_timestamp_seconds"
    private static let failures = "cruddur_check_failures_total"

    /// What is said of each metric.
    static let metricsHelp = [
        findings: "What the last look has found, by kind.", items: "Items that the last look has read.",
        seconds: "How long the last look took.", last: "When the last look was over, in seconds since 1970.",
        failures: "Looks that could not be made, because something did not answer.",
    ]

    private func record(_ look: Look, _ counts: [Finding.Kind: Int], _ seconds: Double) {
        for kind in Finding.Kind.allCases {
            Gauge(label: Self.findings, dimensions: [("kind", kind.rawValue)], factory: metrics)
                .record(counts[kind] ?? 0)
        }
        Gauge(label: Self.items, factory: metrics).record(look.items)
        Gauge(label: Self.seconds, factory: metrics).record(seconds)
        Gauge(label: Self.last, factory: metrics).record(Clock.now().microseconds / 1_000_000)
    }
}
