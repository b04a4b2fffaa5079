import ArgumentParser
import BoundedNumbers
import Foundation
import HTTPExchange
import KeyTemplates
import Programs
import TerminalText
import Timestamps
import Traces

/// `cruddur-ops top`
struct Top: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "What the table is asked, as it happens: calls and units by access pattern, and the busiest partitions.",
        discussion: Examples.top.help(
            then: """
                It reads what a server writes with --trace-file, from now on and until it is ended; with --once \
                all that is there. Units of what is written are shared among the partitions of a transaction. \
                With --patterns FILE, which call is which pattern is told by that file.

                --metrics ADDRESS asks a server that does not trace, as --metrics-port offers it: operations and \
                units, but neither patterns nor partitions.
                """))

    @Argument(help: ArgumentHelp("What cruddur-ops serve --trace-file writes.", valueName: "file"))
    var traceFile: String?

    @Option(help: ArgumentHelp("A server's metrics, such as http://127.0.0.1:9100/metrics.", valueName: "address"))
    var metrics: String?

    @OptionGroup var words: TemplateOptions

    @Option(help: ArgumentHelp("How long each part of it is.", valueName: "seconds"), transform: Self.interval)
    var interval = 2.0

    @Option(help: "Partitions that are shown.") var limit = 10
    @Flag(help: "All that is in the file, then end.") var once = false
    @Flag(help: "A JSON object a line instead.") var json = false

    static func interval(_ text: String) throws -> Double {
        guard let seconds = Double(decimal: text, in: 0.1...3600) else {
            throw ValidationError("--interval is between 0.1 and 3600 seconds.")
        }
        return seconds
    }

    func validate() throws {
        guard (0...1000).contains(limit) else { throw ValidationError("--limit is between 0 and 1000.") }
        guard (traceFile == nil) != (metrics == nil) else {
            throw ValidationError("What is watched is a server's --trace-file, or --metrics ADDRESS. Take one of them.")
        }
        guard metrics == nil || !once && words.patterns == nil else {
            throw ValidationError("--once and --patterns are for a trace file: metrics are counts, without keys.")
        }
        try TableOptions.check("--metrics", metrics, example: "http://127.0.0.1:9100/metrics")
    }

    func run() async throws {
        if let metrics, let url = BaseURL(metrics) {
            return try await watch(url.path.isEmpty ? "\(url)/metrics" : url.description)
        }
        guard let traceFile else { return }
        let templates = try words.patterns.map(TableTemplates.init(path:))
        var file = try GrowingFile(path: traceFile, fromStart: once)
        if once {
            let tally = try tally(&file, templates)
            let seconds = tally.times.map { Double($0.upperBound - $0.lowerBound) / 1_000_000 } ?? 0
            return try tell(TrafficReport(tally, seconds: seconds, limit: limit, at: Clock.now()))
        }
        var last = Clock.time.elapsed()
        while true {
            try await Clock.time.sleep(for: .seconds(interval))
            let now = Clock.time.elapsed()
            let tally = try tally(&file, templates)
            try tell(TrafficReport(tally, seconds: (now - last) / .seconds(1), limit: limit, at: Clock.now()))
            last = now
        }
    }

    private func tally(_ file: inout GrowingFile, _ templates: TableTemplates?) throws -> TrafficTally {
        let decoder = JSONDecoder()
        var tally = TrafficTally(templates: templates)
        // What is no span, or is cut, tells nothing.
        try file.lines { line in
            if let span = try? decoder.decode(TraceSpan.self, from: line) { tally.take(span) }
        }
        return tally
    }

    private func tell(_ report: some Report) throws {
        if json { try Output.jsonLine(report) } else { try Output.line(report.text) }
        // Who reads this through a pipe wants it now.
        try Output.flush()
    }

    // MARK: Metrics

    /// A server that is not there for a moment is asked again.
    private func watch(_ address: String) async throws {
        var before: MetricsReading
        do {
            before = try await Self.reading(address)
        } catch let fault as HTTPFault {
            throw OpsError.refused("\(address): \(fault)")
        }
        var last = Clock.time.elapsed()
        while true {
            try await Clock.time.sleep(for: .seconds(interval))
            let reading: MetricsReading
            do {
                reading = try await Self.reading(address)
            } catch let error where !(error is CancellationError) {
                Output.complain("\(address): \(error); asked again in \(interval) s")
                continue
            }
            let now = Clock.time.elapsed()
            try tell(MetricsReport(reading, since: before, seconds: (now - last) / .seconds(1), at: Clock.now()))
            (before, last) = (reading, now)
        }
    }

    private static func reading(_ address: String) async throws -> MetricsReading {
        let answer = try await HTTPConnections.shared.send(
            HTTPCall(.get, address), within: HTTPBounds(time: .seconds(5), size: 4 << 20))
        guard answer.status == 200, let reading = MetricsReading(String(decoding: answer.body, as: UTF8.self)) else {
            throw OpsError.refused(
                "\(BaseURL.shown(address)) has no metrics of cruddur-ops serve (it answers \(answer.status))")
        }
        return reading
    }
}

/// What `top` prints again and again.
private protocol Report: Encodable {
    /// For people.
    var text: PrintableText { get }
}

extension TrafficReport: Report {}
extension MetricsReport: Report {}
