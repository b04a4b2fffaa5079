import Metrics
import PrometheusMetrics
import Testing

/// That Prometheus reads what swift-metrics was told.
struct PrometheusRegistryTests {
    private let registry = PrometheusRegistry(help: ["sent_total": "What was sent."])

    private var lines: [String] { registry.text.split(separator: "\n").map(String.init) }

    @Test func aCounterIsOneForAllWhoNameItSo() {
        Counter(label: "sent_total", dimensions: [("to", "bob")], factory: registry).increment(by: 2)
        Counter(label: "sent_total", dimensions: [("to", "bob")], factory: registry).increment()
        Counter(label: "sent_total", dimensions: [("to", "ana")], factory: registry).increment()
        #expect(
            lines == [
                "# HELP sent_total What was sent.", "# TYPE sent_total counter", "sent_total{to=\"ana\"} 1",
                "sent_total{to=\"bob\"} 3",
            ])
    }

    @Test func metersAndGaugesFallAgain() {
        let running = Meter(label: "running", factory: registry)
        running.increment()
        running.increment()
        running.decrement()
        Gauge(label: "level", factory: registry).record(7.5)
        Gauge(label: "level", factory: registry).record(-0.25)
        #expect(lines == ["# TYPE level gauge", "level -0.25", "# TYPE running gauge", "running 1"])
    }

    @Test func aTimerCountsSecondsInBucketsThatHoldTheSmallerOnes() {
        let timer = Timer(label: "answer_seconds", dimensions: [("route", "/")], factory: registry)
        for milliseconds in [1, 3, 3, 60, 6000] { timer.recordMilliseconds(milliseconds) }
        #expect(lines.contains("# TYPE answer_seconds histogram"))
        #expect(lines.contains("answer_seconds_bucket{route=\"/\",le=\"0.001\"} 1"))
        #expect(lines.contains("answer_seconds_bucket{route=\"/\",le=\"0.005\"} 3"))
        #expect(lines.contains("answer_seconds_bucket{route=\"/\",le=\"5\"} 4"))
        #expect(lines.contains("answer_seconds_bucket{route=\"/\",le=\"+Inf\"} 5"))
        #expect(lines.contains("answer_seconds_sum{route=\"/\"} 6.067"))
        #expect(lines.contains("answer_seconds_count{route=\"/\"} 5"))
    }

    @Test func whatIsInALabelBreaksNoLine() {
        Counter(label: "seen.by-route", dimensions: [("a b", "one\"two\\three\nfour")], factory: registry).increment()
        #expect(lines == ["# TYPE seen_by_route counter", "seen_by_route{a_b=\"one\\\"two\\\\three\\nfour\"} 1"])
    }

    @Test func aNameOfTwoKindsStaysTheFirst() {
        Counter(label: "both", factory: registry).increment()
        Gauge(label: "both", factory: registry).record(9)
        #expect(lines == ["# TYPE both counter", "both 1"])
    }
}
