import Metrics
import Synchronization

/// The values of one name and one set of labels.
protocol Series: AnyObject, Sendable {
    func lines(_ name: String, _ labels: String) -> [String]
}

/// A number: one that only grows, or one that also falls.
final class NumberSeries: Series, CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler {
    private let value = Mutex(0.0)

    func increment(by amount: Int64) { increment(by: Double(amount)) }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func set(_ number: Int64) { set(Double(number)) }
    func set(_ number: Double) { value.withLock { $0 = number } }
    func record(_ number: Int64) { set(Double(number)) }
    func record(_ number: Double) { set(number) }
    func reset() { set(0.0) }

    func lines(_ name: String, _ labels: String) -> [String] {
        ["\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(value.withLock { $0 }.exposed)"]
    }
}

/// How many values were at most so large; those of timers in seconds.
final class HistogramSeries: Series, RecorderHandler, TimerHandler {
    /// In seconds, for answers of a server.
    private static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

    private struct State {
        /// Of values within each bound and above the one before it.
        var counts = [Int](repeating: 0, count: bounds.count)
        var count = 0
        var sum = 0.0
    }

    private let state = Mutex(State())

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = Self.bounds.firstIndex { value <= $0 }
        state.withLock { state in
            if let bucket { state.counts[bucket] += 1 }
            state.count += 1
            state.sum += value
        }
    }

    func lines(_ name: String, _ labels: String) -> [String] {
        let state = state.withLock { $0 }
        let more = labels.isEmpty ? "" : labels + ","
        let alone = labels.isEmpty ? "" : "{\(labels)}"
        var sum = 0
        var lines = zip(Self.bounds, state.counts).map { bound, count in
            sum += count
            return "\(name)_bucket{\(more)le=\"\(bound.exposed)\"} \(sum)"
        }
        lines += [
            "\(name)_bucket{\(more)le=\"+Inf\"} \(state.count)", "\(name)_sum\(alone) \(state.sum.exposed)",
            "\(name)_count\(alone) \(state.count)",
        ]
        return lines
    }
}

extension Double {
    /// A whole number without a fraction.
    fileprivate var exposed: String {
        if self == .infinity { return "+Inf" }
        if self == -.infinity { return "-Inf" }
        return Int64(exactly: self).map(String.init) ?? "\(self)"
    }
}
