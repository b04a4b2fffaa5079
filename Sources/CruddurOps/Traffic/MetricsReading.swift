import BoundedNumbers

/// What a server has counted since its start, as `GET /metrics` tells it.
struct MetricsReading: Equatable {
    struct Operation: Equatable {
        var calls = 0.0
        var units = 0.0
        var throttled = 0.0
    }

    /// Of the table, by their names.
    private(set) var operations: [String: Operation] = [:]
    private(set) var requests = 0.0
    /// Those that were answered with 5xx.
    private(set) var failed = 0.0

    /// - Returns: `nil` where there is no metric of such a server.
    init?(_ text: String) {
        var isOurs = false
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let (name, labels, value) = Self.sample(line) else { continue }
            isOurs = isOurs || name.hasPrefix("cruddur_requests_") || name.hasPrefix("cruddur_table_")
            let operation = labels["operation"] ?? ""
            switch name {
            case "cruddur_table_calls": operations[operation, default: Operation()].calls += value
            case "cruddur_table_units": operations[operation, default: Operation()].units += value
            case "cruddur_table_throttled": operations[operation, default: Operation()].throttled += value
            case "cruddur_requests_total":
                requests += value
                if labels["status"]?.hasPrefix("5") == true { failed += value }
            default: break
            }
        }
        guard isOurs else { return nil }
    }

    /// `name{label="value",...} number`, as Prometheus's text format has it; values of ours have no quotes in them.
    private static func sample(_ line: Substring) -> (String, [String: String], Double)? {
        guard let found = line.wholeMatch(of: /(\w+)(?:\{(.*)\})? (\S+)(?: \d+)?/),
            let value = Double(decimal: found.3, in: 0...1e18)
        else { return nil }
        let labels = (found.2 ?? "").matches(of: /(\w+)="([^"]*)"/).map { (String($0.1), String($0.2)) }
        return (String(found.1), Dictionary(labels) { $1 }, value)
    }
}
