import Foundation
import GRDB
import MessageTable
import TerminalText

/// What is done about findings, and what is told of them.
final class Mending {
    /// Which findings are acted on, and who says that they are.
    struct Wish {
        /// What is safe to do by itself.
        var repairs = false
        /// What somebody must want.
        var resolves = false
        var asks = true
        var plan: PlanFile.Writer?
    }

    /// To whom what was found is told.
    enum Telling {
        case lines
        /// One JSON object, at the end.
        case object
        case listener((Finding) -> Void)
    }

    /// Steps of a long change that are shown before somebody is asked.
    private static let shown = 20

    private let engine: any TableEngine
    private let spill: Spill
    private let wish: Wish
    private let telling: Telling
    private(set) var left = 0
    private(set) var repaired = 0
    private(set) var planned = 0

    init(_ engine: any TableEngine, _ spill: Spill, _ wish: Wish, telling: Telling) {
        self.engine = engine
        self.spill = spill
        self.wish = wish
        self.telling = telling
    }

    /// Whether `finding` is one of those that something may be done about.
    func mayMend(_ finding: Finding) -> Bool { finding.isSafe ? wish.repairs : wish.resolves }

    /// - Returns: whether something was written.
    func take(_ finding: Finding) async throws -> Bool {
        if isForPeople { try Output.line("\(finding.kind.rawValue)  \(finding.subject): \(finding.explanation)") }
        let isMended = try await mend(finding)
        if isMended { repaired += 1 } else { left += 1 }
        try await tell(finding, isMended: isMended)
        return isMended
    }

    private var isForPeople: Bool { if case .lines = telling { true } else { false } }

    private func mend(_ finding: Finding) async throws -> Bool {
        guard mayMend(finding), !finding.steps.isEmpty else { return false }
        if isForPeople { try show(finding.steps) }
        if let plan = wish.plan {
            try plan.add(
                PlanFile.Entry(
                    kind: finding.kind.rawValue, subject: finding.subject, explanation: finding.explanation,
                    steps: finding.steps))
            planned += 1
            return false
        }
        if wish.asks {
            Output.complain("    Do this? (yes/no) ", terminator: "")
            guard ["yes", "y"].contains((readLine() ?? "").lowercased()) else { return false }
        }
        // Whoever ends it in the midst has read what it did.
        if isForPeople { try Output.flush() }
        let done = try await Self.perform(finding.steps, on: engine)
        guard done < finding.steps.count else { return true }
        // Somebody writes while we look: the next check tells.
        if isForPeople {
            try Output.line(
                done == 0
                    ? "    it has changed meanwhile; nothing was done"
                    : "    it has changed meanwhile; \(done) of \(finding.steps.count) steps were done, and the next check goes on"
            )
        }
        return false
    }

    private func show(_ steps: [Step]) throws {
        let words = steps.flatMap(\.words)
        for line in words.prefix(Self.shown) { try Output.line("    \(line)") }
        if words.count > Self.shown { try Output.line("    and \(words.count - Self.shown) more") }
    }

    /// One after the other, up to the first for which something has changed.
    ///
    /// - Returns: how many were done; each leaves a table in which nothing is lost.
    /// - Throws: `TableError.unavailable`.
    static func perform(_ steps: [Step], on engine: any TableEngine) async throws -> Int {
        for (done, step) in steps.enumerated() {
            guard try await step.perform(on: engine) || step.mayBeDone == true else { return done }
        }
        return steps.count
    }

    // MARK: The report

    private struct Told: Encodable {
        let kind: Finding.Kind
        let subject: String
        let explanation: String
        let repair: [String]
    }

    /// Kept outside of memory: there may be as many as there are conversations.
    private func tell(_ finding: Finding, isMended: Bool) async throws {
        if case .listener(let listen) = telling { listen(finding) }
        guard case .object = telling else { return }
        let told = Told(
            kind: finding.kind, subject: finding.subject, explanation: finding.explanation,
            repair: mayMend(finding) || finding.isSafe ? finding.steps.flatMap(\.words).map(\.text) : [])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = String(decoding: try encoder.encode(told), as: UTF8.self)
        try await spill.write { database in
            try database.execute(
                sql: "INSERT INTO told (is_mended, json) VALUES (?, ?)", arguments: [isMended, json])
        }
    }

    func printJSON(items: Int) async throws {
        try Output.line("{")
        try Output.write("  \"findings\": ")
        try await printList(isMended: false)
        try Output.write(",\n  \"repaired\": ")
        try await printList(isMended: true)
        let capacity = CapacityOutput(engine.capacity)
        try Output.line(
            ",\n  \"items\": \(items),\n  \"consumed_capacity\": {\"read\": \(capacity.read), \"write\": \(capacity.write)}\n}"
        )
    }

    private func printList(isMended: Bool) async throws {
        try Output.write("[")
        var last = 0
        var separator: PrintableText = "\n    "
        while true {
            let after = last
            let rows = try await spill.write { database in
                try Row.fetchAll(
                    database, sql: "SELECT id, json FROM told WHERE id > ? AND is_mended = ? ORDER BY id LIMIT 500",
                    arguments: [after, isMended]
                ).map { (id: $0["id"] as Int, json: $0["json"] as String) }
            }
            guard let end = rows.last?.id else { break }
            for row in rows {
                try Output.write(separator + PrintableText(json: row.json))
                separator = ",\n    "
            }
            last = end
        }
        try Output.write("]")
    }
}
