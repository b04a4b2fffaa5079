import Metrics
import Synchronization

/// What the server has done, told by swift-metrics to whatever is behind it.
final class ServerMetrics: Sendable {
    private static let running = "cruddur_requests_running"
    private static let answers = "cruddur_requests_total"
    private static let durations = "cruddur_request_seconds"

    private struct Answer: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    private struct Made {
        var counters: [Answer: Counter] = [:]
        var timers: [String: Timer] = [:]
    }

    private let factory: any MetricsFactory
    private let running: Meter
    private let made = Mutex(Made())

    init(_ factory: any MetricsFactory) {
        self.factory = factory
        running = Meter(label: Self.running, factory: factory)
    }

    func began() { running.increment() }

    func ended() { running.decrement() }

    /// - Parameter duration: `nil` for an answer that was held on purpose.
    func answered(method: String, route: String, status: Int, duration: Duration?) {
        // Anybody can send any method: only the usual ones get a line of their own.
        let method = ["GET", "POST", "HEAD", "OPTIONS"].contains(method) ? method : "other"
        let answer = Answer(method: method, route: route, status: status)
        made.withLock { counter(answer, &$0) }.increment()
        guard let (seconds, attoseconds) = duration?.components else { return }
        made.withLock { timer(route, &$0) }.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    private func counter(_ answer: Answer, _ made: inout Made) -> Counter {
        if let known = made.counters[answer] { return known }
        let counter = Counter(
            label: Self.answers,
            dimensions: [("method", answer.method), ("route", answer.route), ("status", "\(answer.status)")],
            factory: factory)
        made.counters[answer] = counter
        return counter
    }

    private func timer(_ route: String, _ made: inout Made) -> Timer {
        if let known = made.timers[route] { return known }
        let timer = Timer(label: Self.durations, dimensions: [("route", route)], factory: factory)
        made.timers[route] = timer
        return timer
    }
}

extension MessagingServer {
    /// What is said of each metric.
    public static let metricsHelp = [
        "cruddur_requests_running": "Requests being answered, those that wait for news among them.",
        "cruddur_requests_total": "Requests answered.",
        "cruddur_request_seconds": "Time to answer, without answers that wait for news.",
    ]
}
