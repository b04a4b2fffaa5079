import ArgumentParser
import CruddurServer
import Foundation
import Logging
import MessageTable
import PrivateFiles
import Programs
import ServiceLifecycle
import Synchronization
import TerminalText
import Timestamps
import Traces
import UnixSignals

/// `cruddur-ops stream`
struct Stream: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Follow the table's stream and move the groups (pattern E), until it is ended.",
        discussion: Examples.stream.help(
            then: """
                A restart goes on where the last run stopped. Records that come twice, late or out of order \
                change nothing. Where the AWS function of deploy/ runs, this need not.
                """))

    @OptionGroup var table: TableOptions
    @Option(help: ArgumentHelp("Where it remembers how far it has come.", valueName: "file")) var checkpoints: String?
    @Flag(help: "A line for each message: how late it came, and which rows moved for it.") var watch = false
    @Flag(help: "A JSON object for each batch, with --watch for each message, instead of lines for people.")
    var json = false

    func validate() throws {
        if table.embedded != nil, checkpoints != nil {
            throw ValidationError(
                "--checkpoints is for DynamoDB: an embedded table remembers by itself. Take one of them.")
        }
    }

    func run() async throws {
        let engine = try table.engine()
        let logger = table.logger
        let tally = Tally(isJSON: json, tellsBatches: !watch)
        let project = ServerTracing.projection(on: engine, watch ? tracing(tally) : nil, now: Clock.now)
        let checkpoints = checkpoints
        let reader = StreamReader(
            name: GroupProjector.consumer, checkpoints: { try checkpoints ?? Self.defaultCheckpoints() },
            now: Clock.now, logger: logger, onProgress: { tally.batch($0) }
        ) { tally.note(moved: try await project($0)) }
        let stream = try await engine.stream()
        var bodies = [try stream.following(as: reader)]
        // What another program writes into the file has to be looked for.
        if table.embedded != nil { bodies.append { try await stream.announceChanges(now: Clock.now, logger: logger) } }
        let service = Follower(tally: tally, bodies: bodies)
        Output.complain("following the stream of \(table.embedded ?? table.table) at \(table.place); Ctrl-C ends it")
        try await ServiceGroup(
            configuration: .init(
                services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
        Output.complain("\(tally.sentence)")
    }

    /// What each message does is told by its trace.
    private func tracing(_ tally: Tally) -> ServerTracing {
        let watch = RecordWatch { tally.passed($0) }
        return ServerTracing(
            tracer: RingTracer(time: Clock.time, sink: { watch.take($0) }), table: table.table,
            region: table.cloudRegion)
    }

    /// In the XDG state folder, for its owner only.
    static func defaultCheckpoints() throws -> String {
        let environment = ProcessInfo.processInfo.environment
        let base =
            environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? NSHomeDirectory()
            + "/.local/state"
        let folder = base + "/cruddur"
        try PrivateFile.prepareFolder(folder)
        return folder + "/stream.sqlite"
    }
}

/// Ends as soon as it is asked to, or when what it has done cannot be told: its checkpoints say where
/// to go on.
private struct Follower: Service {
    let tally: Tally
    let bodies: [@Sendable () async throws -> Void]

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for body in bodies { tasks.addTask { try await body() } }
                    tasks.addTask { for await fault in tally.faults { throw fault } }
                    try await tasks.next()
                    tasks.cancelAll()
                }
            }
        } catch is CancellationError {}
    }
}

/// What has been done so far.
private final class Tally: Sendable {
    private struct Counts {
        var records = 0
        var moved = 0
        var lags: [Double] = []
        var movedBefore = 0
    }

    private let isJSON: Bool
    private let tellsBatches: Bool
    private let counts = Mutex(Counts())
    /// Why nothing more can be printed.
    let faults: AsyncStream<any Error>
    private let failing: AsyncStream<any Error>.Continuation

    init(isJSON: Bool, tellsBatches: Bool) {
        self.isJSON = isJSON
        self.tellsBatches = tellsBatches
        (faults, failing) = AsyncStream.makeStream()
    }

    func note(moved: Bool) {
        guard moved else { return }
        counts.withLock { $0.moved += 1 }
    }

    func batch(_ progress: StreamProgress) {
        let moved = counts.withLock { counts in
            counts.records += progress.records
            // The newest thousand tell how things stand.
            counts.lags.append(progress.lag)
            if counts.lags.count >= 2000 { counts.lags.removeFirst(1000) }
            defer { counts.movedBefore = counts.moved }
            return counts.moved - counts.movedBefore
        }
        if tellsBatches { orFail { try tell(progress, moved) } }
    }

    func passed(_ message: RecordWatch.Passed) {
        orFail {
            if isJSON { try Output.jsonLine(message) } else { try Output.line(message.line) }
            try Output.flush()
        }
    }

    private func orFail(_ tell: () throws -> Void) {
        do {
            try tell()
        } catch {
            failing.yield(error)
        }
    }

    private func tell(_ progress: StreamProgress, _ moved: Int) throws {
        let lag = (progress.lag * 1000).rounded() / 1000
        if isJSON {
            let shard = PrintableText(quoting: progress.shard)
            try Output.line(
                "{\"shard\": \(shard), \"records\": \(progress.records), \"moved\": \(moved), \"lag\": \(lag)}")
        } else if moved > 0 {
            try Output.line("\(progress.records) records, \(moved) groups moved, lag \(lag) s")
        }
        // Who reads this through a pipe wants it now.
        try Output.flush()
    }

    var sentence: String {
        let counts = counts.withLock { $0 }
        let sorted = counts.lags.sorted()
        guard let worst = sorted.last else { return "0 records" }
        let median = sorted[sorted.count / 2]
        return
            "\(counts.records) records, \(counts.moved) groups moved; lag median \(Int(median * 1000)) ms, longest \(Int(worst * 1000)) ms"
    }
}
