import ArgumentParser
import BoundedNumbers
import Foundation
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
                all that is there. Units of what is written are shared among the partitions of a transaction.
                """))

    @Argument(help: ArgumentHelp("What cruddur-ops serve --trace-file writes.", valueName: "file"))
    var traceFile: String

    @Option(help: ArgumentHelp("How long each part of it is.", valueName: "seconds"), transform: Self.interval)
    var interval = 2.0

    @Option(help: "Partitions that are shown.") var limit = 10
    @Flag(help: "All that is in the file, then end.") var once = false
    @Flag(help: "A JSON object a line instead.") var json = false

    private static func interval(_ text: String) throws -> Double {
        guard let seconds = Double(decimal: text, in: 0.1...3600) else {
            throw ValidationError("--interval is between 0.1 and 3600 seconds.")
        }
        return seconds
    }

    func validate() throws {
        guard (0...1000).contains(limit) else { throw ValidationError("--limit is between 0 and 1000.") }
    }

    func run() async throws {
        var file = try GrowingFile(path: traceFile, fromStart: once)
        if once {
            let tally = try tally(&file)
            let seconds = tally.times.map { Double($0.upperBound - $0.lowerBound) / 1_000_000 } ?? 0
            return try tell(tally, seconds: seconds)
        }
        var last = Clock.time.elapsed()
        while true {
            try await Clock.time.sleep(for: .seconds(interval))
            let now = Clock.time.elapsed()
            try tell(try tally(&file), seconds: (now - last) / .seconds(1))
            last = now
        }
    }

    private func tally(_ file: inout GrowingFile) throws -> TrafficTally {
        let decoder = JSONDecoder()
        var tally = TrafficTally()
        // What is no span, or is cut, tells nothing.
        try file.lines { line in
            if let span = try? decoder.decode(TraceSpan.self, from: line) { tally.take(span) }
        }
        return tally
    }

    private func tell(_ tally: TrafficTally, seconds: Double) throws {
        let report = TrafficReport(tally, seconds: seconds, limit: limit, at: Clock.now())
        if json { try Output.jsonLine(report) } else { try Output.line(report.text) }
        // Who reads this through a pipe wants it now.
        try Output.flush()
    }
}
