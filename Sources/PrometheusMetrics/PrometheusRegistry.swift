import Metrics
import Synchronization

/// What swift-metrics is told, for Prometheus to read: counters, meters and gauges as they stand, timers and aggregating
/// recorders as histograms. A label that is told as two kinds counts as the first.
/// Source of the format: Prometheus, "Exposition formats", text-based, version 0.0.4.
public final class PrometheusRegistry: MetricsFactory {
    public static let contentType = "text/plain; version=0.0.4"

    private enum Kind: String { case counter, gauge, histogram }

    private struct Family {
        let kind: Kind
        /// By their labels, as they are printed.
        var series: [String: any Series] = [:]
    }

    private let help: [String: String]
    private let families = Mutex<[String: Family]>([:])

    /// - Parameter help: what is said of a label.
    public init(help: [String: String] = [:]) {
        self.help = help
    }

    /// All of it.
    public var text: String {
        var lines: [String] = []
        for (name, family) in families.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            if let help = help[name] { lines.append("# HELP \(name) \(help)") }
            lines.append("# TYPE \(name) \(family.kind.rawValue)")
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                lines += series.lines(name, labels)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: What is told

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter) { NumberSeries() }
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, dimensions, .counter) { NumberSeries() }
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge) { NumberSeries() }
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return series(label, dimensions, .gauge) { NumberSeries() } }
        return series(label, dimensions, .histogram) { HistogramSeries() }
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, .histogram) { HistogramSeries() }
    }

    // They are told again under the same name, and Prometheus wants no counter to begin anew.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func series<Made: Series>(
        _ label: String, _ dimensions: [(String, String)], _ kind: Kind, _ make: () -> Made
    ) -> Made {
        let name = Self.name(label)
        let labels = dimensions.map { "\(Self.name($0.0))=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        return families.withLock { families in
            var family = families[name] ?? Family(kind: kind)
            guard family.kind == kind else { return make() }
            if let known = family.series[labels] as? Made { return known }
            let made = make()
            family.series[labels] = made
            families[name] = family
            return made
        }
    }

    /// Letters, digits and `_`, no digit first.
    private static func name(_ label: String) -> String {
        let name = String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return name.first?.isNumber ?? true ? "_" + name : name
    }

    private static func escaped(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n", "\r\n": text += "\\n"
            default: text.append(character)
            }
        }
    }
}
