import ArgumentParser
import Foundation
import MessageTable
import TerminalText
import Users

/// `cruddur-ops check`
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read the whole table and report what does not fit together.",
        discussion: """
            Groups older than their newest message, rows too many or too few, unknown users, two groups \
            for one pair, messages of no group. Ends with 2 while there is drift. --repair mends what is \
            safe, shows each change first and asks; --yes does not ask.
            """)

    @OptionGroup var table: TableOptions
    @OptionGroup var users: UserOptions
    @Flag(help: "Mend what is safe.") var repair = false
    @Flag(help: "Do not ask before each repair.") var yes = false
    @Flag(help: "Do not look users up.") var noUsers = false
    @Flag(help: "One JSON object.") var json = false

    func run() async throws {
        let engine = try table.engine()
        var inspection = Inspection(users: try await people())
        var progress = Progress("reading items", time: Clock.time)
        var after: ItemKey?
        repeat {
            let page = try await engine.scan(limit: 1000, after: after)
            for item in page.items { inspection.take(item) }
            progress.update(inspection.items)
            after = page.next
        } while after != nil
        progress.finish()
        let findings = inspection.findings()
        var left: [Drift] = []
        var repaired: [Drift] = []
        for drift in findings {
            if !json { try Output.line("\(drift.kind.rawValue)  \(drift.subject): \(drift.explanation)") }
            let isDone = repair ? try await mend(drift, engine) : false
            if isDone { repaired.append(drift) } else { left.append(drift) }
        }
        try report(inspection.items, left, repaired, engine)
        if !left.isEmpty { throw ExitCode(2) }
    }

    private func people() async throws -> [String: Person]? {
        guard !noUsers else { return nil }
        return try await users.registry(table).all().reduce(into: [:]) {
            $0[$1.uuid] = Person(uuid: $1.uuid, displayName: $1.displayName, handle: $1.handle)
        }
    }

    /// - Returns: whether it was mended.
    private func mend(_ drift: Drift, _ engine: any TableEngine) async throws -> Bool {
        guard !drift.repair.isEmpty else { return false }
        if !json { for write in drift.repair { try Output.line("    \(write.words)") } }
        if !yes {
            Output.complain("    Do this? (yes/no) ", terminator: "")
            guard ["yes", "y"].contains((readLine() ?? "").lowercased()) else { return false }
        }
        do {
            try await engine.transact(drift.repair)
            return true
        } catch TableError.conditionFailed {
            // Somebody writes while we look: the next check tells.
            if !json { try Output.line("    it has changed meanwhile; nothing was done") }
            return false
        }
    }

    private func report(_ items: Int, _ left: [Drift], _ repaired: [Drift], _ engine: any TableEngine) throws {
        guard json else {
            let mended = repaired.isEmpty ? "" : ", \(repaired.count) repaired"
            try Output.line("\(items) items read, \(left.count) findings\(mended)")
            return Output.complain("\(engine.capacity.sentence)")
        }
        struct Finding: Encodable {
            let kind: Drift.Kind
            let subject: String
            let explanation: String
            let repair: [String]

            init(_ drift: Drift) {
                (kind, subject, explanation) = (drift.kind, drift.subject, drift.explanation)
                repair = drift.repair.map(\.words.text)
            }
        }
        struct Report: Encodable {
            let items: Int
            let findings: [Finding]
            let repaired: [Finding]
            let consumedCapacity: CapacityOutput
        }
        try Output.json(
            Report(
                items: items, findings: left.map(Finding.init), repaired: repaired.map(Finding.init),
                consumedCapacity: CapacityOutput(engine.capacity)))
    }
}
