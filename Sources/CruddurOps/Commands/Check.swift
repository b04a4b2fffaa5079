import ArgumentParser
import BoundedNumbers
import Foundation
import Logging
import MessageTable
import Programs
import PrometheusMetrics
import ServiceLifecycle
import Synchronization
import TerminalText
import UnixSignals
import Users

/// `cruddur-ops check`
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read the whole table and report what does not fit together.",
        discussion: Examples.check.help(
            then: """
                Rows that are not of their newest message, too many or too few; unknown users; two groups for \
                one pair; messages of no group; what is no time, has no text, cannot be read. Ends with 2 \
                while there is drift.

                --repair mends what is safe, --resolve also what somebody must want: it merges two groups of \
                one pair, adopts messages of no group, forgets users who are gone. Each change is shown \
                first, and asked for. --plan FILE writes all of them down instead; --apply FILE does what a \
                plan says, each change only if all that it was concluded from is still as it was.

                --watch looks again and again, tells what has come and what has gone, and mends nothing. Each look \
                reads the whole table: what that costs stands at its end.
                """))

    @OptionGroup var table: TableOptions
    @OptionGroup var users: UserOptions
    @Flag(help: "Mend what is safe.") var repair = false
    @Flag(help: "Act on what is for people to decide.") var resolve = false
    @Flag(help: "Do not ask before each repair.") var yes = false
    @Option(help: ArgumentHelp("Write down what would be done, and do nothing.", valueName: "file")) var plan: String?
    @Option(help: ArgumentHelp("Do what this plan says.", valueName: "file")) var apply: String?
    @Option(help: "Only this group, as a finding names it.") var only: String?
    @Option(help: "Only conversations of this user: @handle, or uuid.") var user: String?
    @Option(help: "With --resolve --only GROUP: whom its messages were for.") var with: String?
    @Flag(help: "Do not look users up.") var noUsers = false
    @Flag(help: "Look again and again, and tell what has changed, until it is ended.") var watch = false
    @Option(
        help: ArgumentHelp(
            "With --watch: from the end of a look to the next.", valueName: "seconds"), transform: Self.interval)
    var interval = 60.0
    @Option(help: "With --watch: serve GET /metrics on this port of loopback; 0 for a free one.") var metricsPort: Int?
    @Flag(help: "One JSON object; with --watch a line for each look.") var json = false

    private static func interval(_ text: String) throws -> Double {
        guard let seconds = Double(decimal: text, in: 0.1...86_400) else {
            throw ValidationError("--interval is between 0.1 and 86400 seconds.")
        }
        return seconds
    }

    func validate() throws {
        guard apply == nil || (!repair && !resolve && plan == nil) else {
            throw ValidationError("--apply does what a plan says: --repair, --resolve and --plan are for making one.")
        }
        guard plan == nil || repair || resolve else {
            throw ValidationError("--plan FILE wants to know of what: add --repair, --resolve, or both.")
        }
        guard !json || !(repair || resolve) || yes || plan != nil else {
            throw ValidationError(
                "--json asks nobody. Write a plan with --plan FILE, and do it with --apply FILE; or add --yes to --repair."
            )
        }
        guard !resolve || !yes || plan != nil else {
            throw ValidationError(
                "--resolve is never done unseen: leave --yes out, or write --plan FILE and do it with --apply FILE.")
        }
        guard with == nil || (resolve && only != nil) else {
            throw ValidationError("--with says whom the messages of one group were for: add --resolve --only GROUP.")
        }
        guard !watch || !(repair || resolve || apply != nil) else {
            throw ValidationError("--watch looks, and mends nothing: --repair, --resolve and --apply go without it.")
        }
        guard watch || metricsPort == nil else {
            throw ValidationError("--metrics-port is for --watch: a single look is over before anybody asks.")
        }
        guard (0...65_535).contains(metricsPort ?? 0) else { throw ValidationError("A port is between 0 and 65535.") }
        guard !noUsers || (user == nil && with == nil) else {
            throw ValidationError("--no-users looks nobody up, so --user and --with cannot be found.")
        }
    }

    private var header: PlanFile.Header { PlanFile.Header(table: table.table, place: table.place) }

    func run() async throws {
        let engine = try table.engine()
        if let apply { return try await carryOut(apply, engine) }
        let registry = noUsers ? nil : try users.registry(table)
        if watch { return try await keepWatch(engine, registry) }
        let writer = try plan.map { try PlanFile.Writer($0, header) }
        let wish = Mending.Wish(repairs: repair || resolve, resolves: resolve, asks: !yes, plan: writer)
        let (items, mending) = try await examine(engine, registry, wish, telling: json ? .object : .lines)
        try writer?.finish()
        try await report(items, mending, engine)
        if mending.left > 0 { throw ExitCode(2) }
    }

    /// - Returns: how many items there are, and what has become of what was found.
    private func examine(
        _ engine: any TableEngine, _ registry: (any UserRegistry)?, _ wish: Mending.Wish, telling: Mending.Telling
    ) async throws -> (items: Int, Mending) {
        let spill = try Spill()
        let items = try await survey(engine, spill, registry)
        let mending = Mending(engine, spill, wish, telling: telling)
        let look = Look(engine: engine, spill: spill, hasDirectory: registry != nil)
        let partner = try await with.asyncMap { try await person($0, registry) }
        let examination = Examination(
            spill: spill, look: look, mending: mending,
            resolution: Resolution(engine: engine, look: look, partner: partner, now: Clock.now), only: only,
            user: try await user.asyncMap { try await person($0, registry).uuid })
        var progress = Progress("looking closer at groups", time: Clock.time)
        try await examination.run { progress.update($0) }
        progress.finish()
        return (items, mending)
    }

    private func survey(_ engine: any TableEngine, _ spill: Spill, _ registry: (any UserRegistry)?) async throws -> Int
    {
        let survey = Survey(engine: engine, spill: spill)
        if let registry { try await survey.readPeople(registry) }
        let progress = Mutex(Progress("reading items", time: Clock.time))
        let items = try await survey.read { count in progress.withLock { $0.update(count) } }
        progress.withLock { $0.finish() }
        let hasDirectory = registry != nil
        try await spill.write { try Suspicion(hasDirectory: hasDirectory).look($0) }
        return items
    }

    // MARK: Again and again

    private func keepWatch(_ engine: any TableEngine, _ registry: (any UserRegistry)?) async throws {
        let metrics = PrometheusRegistry(help: CheckWatch.metricsHelp)
        let watch = CheckWatch(isJSON: json, metrics: metrics, interval: interval) { listen in
            let before = engine.capacity.total
            let items = try await examine(engine, registry, Mending.Wish(), telling: .listener(listen)).items
            let after = engine.capacity.total
            return CheckWatch.Look(
                items: items,
                consumed: ConsumedCapacity(read: after.read - before.read, write: after.write - before.write))
        }
        var services: [any Service] = [watch]
        if let metricsPort {
            services.append(MetricsService.service(metricsPort, metrics, table.logger))
        }
        try await ServiceGroup(
            configuration: .init(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: table.logger)
        ).run()
    }

    private func person(_ name: String, _ registry: (any UserRegistry)?) async throws -> Person {
        guard let user = try await registry?.named(name) else { throw OpsError.unknownUser(name) }
        return Person(uuid: user.uuid, displayName: user.displayName, handle: user.handle)
    }

    private func report(_ items: Int, _ mending: Mending, _ engine: any TableEngine) async throws {
        guard !json else { return try await mending.printJSON(items: items) }
        let mended = mending.repaired == 0 ? "" : ", \(mending.repaired) repaired"
        try Output.line("\(items) items read, \(mending.left) findings\(mended)")
        if let plan {
            try Output.line("\(mending.planned) changes are in \(plan); cruddur-ops check --apply \(plan) makes them")
        }
        Output.complain("\(engine.capacity.sentence)")
    }

    // MARK: A plan

    /// It has been looked at: nobody is asked.
    private func carryOut(_ path: String, _ engine: any TableEngine) async throws {
        let entries = try PlanFile.read(path, for: header)
        var (done, changed): ([PlanFile.Entry], [PlanFile.Entry]) = ([], [])
        for entry in entries {
            let steps = try await Mending.perform(entry.steps, on: engine)
            let isDone = steps == entry.steps.count
            if isDone { done.append(entry) } else { changed.append(entry) }
            let outcome =
                isDone
                ? "done"
                : "it has changed since the plan was made; "
                    + (steps == 0 ? "not done" : "\(steps) of \(entry.steps.count) steps were done")
            if !json { try Output.line("\(entry.kind)  \(entry.subject): \(outcome)") }
        }
        struct Outcome: Encodable {
            let applied: [String]
            let changed: [String]
        }
        if json {
            try Output.json(Outcome(applied: done.map(\.subject), changed: changed.map(\.subject)))
        } else {
            try Output.line("\(done.count) changes made, \(changed.count) not, because something has changed")
        }
        if !changed.isEmpty { throw ExitCode.failure }
    }
}

extension Optional {
    fileprivate func asyncMap<Value>(_ body: (Wrapped) async throws -> Value) async throws -> Value? {
        switch self {
        case .some(let wrapped): try await body(wrapped)
        case nil: nil
        }
    }
}
