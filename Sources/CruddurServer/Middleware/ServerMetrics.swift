import Synchronization

/// What the server has done, for Prometheus. Source of the format: Prometheus, "Exposition
/// formats", text-based, version 0.0.4.
public final class ServerMetrics: Sendable {
    /// Upper bounds, in seconds.
    private static let buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

    private struct Answer: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    private struct Durations {
        var counts = [Int](repeating: 0, count: buckets.count)
        var count = 0
        var sum = 0.0
    }

    private struct State {
        var running = 0
        var answers: [Answer: Int] = [:]
        var durations: [String: Durations] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    func began() { state.withLock { $0.running += 1 } }

    func ended() { state.withLock { $0.running -= 1 } }

    /// - Parameter seconds: `nil` for an answer that was held on purpose.
    func answered(method: String, route: String, status: Int, seconds: Double?) {
        // Anybody can send any method: only the usual ones get a line of their own.
        let method = ["GET", "POST", "HEAD", "OPTIONS"].contains(method) ? method : "other"
        state.withLock { state in
            state.answers[Answer(method: method, route: route, status: status), default: 0] += 1
            guard let seconds else { return }
            var durations = state.durations[route] ?? Durations()
            if let bucket = Self.buckets.firstIndex(where: { seconds <= $0 }) { durations.counts[bucket] += 1 }
            durations.count += 1
            durations.sum += seconds
            state.durations[route] = durations
        }
    }

    /// All of it as text; `more` is added: name, help, and values by label.
    public func text(gauges more: [(name: String, help: String, values: [(label: String, value: Double)])] = [])
        -> String
    {
        let state = state.withLock { $0 }
        var lines = [
            "# HELP cruddur_requests_running Requests being answered, those that wait for news among them.",
            "# TYPE cruddur_requests_running gauge", "cruddur_requests_running \(state.running)",
            "# HELP cruddur_requests_total Requests answered.", "# TYPE cruddur_requests_total counter",
        ]
        for (answer, count) in state.answers.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            lines.append(
                "cruddur_requests_total{method=\"\(answer.method)\",route=\"\(answer.route)\",status=\"\(answer.status)\"} \(count)"
            )
        }
        lines += [
            "# HELP cruddur_request_seconds Time to answer, without answers that wait for news.",
            "# TYPE cruddur_request_seconds histogram",
        ]
        for (route, durations) in state.durations.sorted(by: { $0.key < $1.key }) {
            var sum = 0
            for (bound, count) in zip(Self.buckets, durations.counts) {
                sum += count
                lines.append("cruddur_request_seconds_bucket{route=\"\(route)\",le=\"\(bound)\"} \(sum)")
            }
            lines += [
                "cruddur_request_seconds_bucket{route=\"\(route)\",le=\"+Inf\"} \(durations.count)",
                "cruddur_request_seconds_sum{route=\"\(route)\"} \(durations.sum)",
                "cruddur_request_seconds_count{route=\"\(route)\"} \(durations.count)",
            ]
        }
        for gauge in more {
            lines += ["# HELP \(gauge.name) \(gauge.help)", "# TYPE \(gauge.name) gauge"]
            lines += gauge.values.map { "\(gauge.name)\($0.label) \($0.value)" }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
