import TerminalText
import Timestamps

/// What a server has counted between two looks at its metrics, as it is printed.
struct MetricsReport: Encodable {
    struct Operation: Encodable {
        let operation: String
        let callsPerSecond: Double
        let unitsPerSecond: Double
        let throttledPerSecond: Double
    }

    let at: String
    let seconds: Double
    let requestsPerSecond: Double
    let failedPerSecond: Double
    /// Those that were called, the most units first.
    let operations: [Operation]

    /// - Parameter before: what had been counted then; a server that was started anew has counted from nothing.
    init(_ now: MetricsReading, since before: MetricsReading, seconds: Double, at time: Timestamp) {
        let seconds = max(seconds, 0.001)
        func added(_ new: Double, _ old: Double) -> Double { new >= old ? new - old : new }
        func rate(_ new: Double, _ old: Double) -> Double { (added(new, old) / seconds * 100).rounded() / 100 }
        at = time.description
        self.seconds = (seconds * 1000).rounded() / 1000
        requestsPerSecond = rate(now.requests, before.requests)
        failedPerSecond = rate(now.failed, before.failed)
        operations = now.operations.compactMap { name, count in
            let old = before.operations[name] ?? .init()
            guard added(count.calls, old.calls) + added(count.throttled, old.throttled) > 0 else { return nil }
            return Operation(
                operation: name, callsPerSecond: rate(count.calls, old.calls),
                unitsPerSecond: rate(count.units, old.units),
                throttledPerSecond: rate(count.throttled, old.throttled))
        }.sorted {
            ($0.unitsPerSecond, $1.operation) > ($1.unitsPerSecond, $0.operation)
        }
    }

    /// For people.
    var text: PrintableText {
        let head: PrintableText =
            "\(at)  \(Rates.tenths(requestsPerSecond)) requests/s  \(Rates.tenths(failedPerSecond)) failed/s"
        guard !operations.isEmpty else { return head }
        let rows = operations.map {
            Rates.line($0.operation, [$0.callsPerSecond, $0.unitsPerSecond, $0.throttledPerSecond])
        }
        return ([head, Rates.titles("operation", ["calls/s", "units/s", "thrott./s"])] + rows + [""]).joined(
            separator: "\n")
    }
}
