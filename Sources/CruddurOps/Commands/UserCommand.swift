import ArgumentParser
import ExactText
import Foundation
import MessageTable
import PrivateFiles
import Programs
import TerminalText
import Users

/// `cruddur-ops user @HANDLE export`, `cruddur-ops user @HANDLE erase`
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Hand out everything that is kept of one user, or erase it.",
        discussion: Examples.user.help(
            then: """
                export: their conversations, items and rows of PostgreSQL (every table in public with user_uuid), as \
                JSON, or with --html as a page to read; to standard output, or to --output FILE.

                erase: what is theirs goes, what they wrote is replaced by "\(Person.erasedText)", what others have \
                of conversations with them names nobody; then they are removed from PostgreSQL, and all is \
                read once more: the proof. It asks for the handle; --plan FILE writes down what would be done, \
                --apply FILE does it. Their account at Cognito, backups (35 days) and the table's stream (a day) are \
                not in reach of this command: docs/operating.md says what to do.
                """))

    enum Action: String, ExpressibleByArgument, CaseIterable {
        case export, erase
    }

    @OptionGroup var table: TableOptions
    @OptionGroup var users: UserOptions
    @OptionGroup var auditing: AuditOptions
    @Argument(help: "The user's @handle, or uuid.") var user: String
    @Argument(help: "What is to be done: export or erase.") var action: Action
    @Flag(help: "Export a page to read instead of JSON.") var html = false
    @Option(help: ArgumentHelp("Export into this file, for its owner only.", valueName: "file")) var output: String?
    @Option(help: ArgumentHelp("Write down what would be erased, and do nothing.", valueName: "file")) var plan: String?
    @Option(help: ArgumentHelp("Erase what this plan says.", valueName: "file")) var apply: String?
    @Flag(help: "What was done, as one JSON object.") var json = false

    func validate() throws {
        guard action == .export || (!html && output == nil) else {
            throw ValidationError("--html and --output are for export.")
        }
        guard action == .erase || (plan == nil && apply == nil) else {
            throw ValidationError("--plan and --apply are for erase.")
        }
        guard plan == nil || apply == nil else { throw ValidationError("Take one of --plan and --apply.") }
        guard action == .export || !json || plan != nil || apply != nil else {
            throw ValidationError("--json asks nobody: write a plan with --plan FILE, and do it with --apply FILE.")
        }
    }

    func run() async throws {
        let engine = try table.engine()
        let registry = try users.registry(table)
        let subject = try await subject(registry)
        try auditing.path.map { try Audit(path: $0).note(word, of: (subject.handle, subject.uuid), in: table) }
        switch action {
        case .export: try await export(subject, engine, registry)
        case .erase: try await erase(subject, engine, registry)
        }
    }

    private var word: String { plan == nil ? action.rawValue : "plan of erasing" }

    /// A uuid may be of somebody whom only the table still knows.
    private func subject(_ registry: any UserRegistry) async throws -> Subject {
        do {
            let user = try await registry.named(user)
            return Subject(uuid: user.uuid, user: user)
        } catch OpsError.unknownUser where UUID(uuidString: user) != nil {
            return Subject(uuid: user.lowercased(), user: nil)
        }
    }

    // MARK: Export

    private func export(_ subject: Subject, _ engine: any TableEngine, _ registry: any UserRegistry) async throws {
        let export = try await UserExport(of: subject, engine, registry, at: Clock.now())
        let text = html ? export.page : try Output.document(export)
        guard let output else { return try Output.write(text) }
        let target = try ExportTarget(path: output)
        try target.write(text)
        try target.finish()
        Output.complain("\(export.conversations.count) conversations and \(export.items.count) items are in \(output)")
    }

    // MARK: Erase

    private func erase(_ subject: Subject, _ engine: any TableEngine, _ registry: any UserRegistry) async throws {
        let erasure = Erasure(engine: engine, subject: subject, now: Clock.now)
        let header = PlanFile.Header(table: table.table, place: table.place)
        var steps: [Step]
        if let apply {
            let entries = try PlanFile.read(apply, for: header)
            guard entries.allSatisfy({ $0.kind == "erase_user" && $0.subject == subject.uuid }), !entries.isEmpty else {
                throw OpsError.refused("\(apply) is not a plan of erasing \(subject.uuid)")
            }
            steps = entries.flatMap(\.steps)
        } else {
            let found = try await erasure.plan()
            let records = try await registry.records(of: subject.uuid)
            let words =
                "\(found.deleted) items are removed, \(found.replaced) replaced; "
                + (records.isEmpty
                    ? "no rows of the directory"
                    : records.map { "\($0.rows.count) of \($0.table)" }.joined(separator: ", "))
            if let plan { return try write(plan, header, subject, found, words) }
            try Output.line("\(subject.handle) (\(subject.uuid)): \(words)")
            let typed = try Question.line(
                "This cannot be undone. Type \(subject.handle) to erase them: ", otherwise: "nothing was erased")
            guard typed.withoutAt.isExactly(subject.handle) else {
                throw OpsError.refused("nothing was erased: that was not \(subject.handle)")
            }
            steps = found.steps
        }
        guard try await Mending.perform(steps, on: engine) == steps.count else {
            throw OpsError.refused(
                "something has changed since it was read; some of it may be erased. Do it again: what is left will be")
        }
        try await registry.remove(subject.uuid)
        // What was written while this went on.
        let rest = try await erasure.plan()
        _ = try await Mending.perform(rest.steps, on: engine)
        try await engine.forgetChanges(of: steps.flatMap { $0.holds.map(\.item.key) } + rest.keys)
        try prove(subject, try await erasure.proof(registry))
    }

    private func write(
        _ path: String, _ header: PlanFile.Header, _ subject: Subject, _ found: Erasure.Plan, _ words: String
    ) throws {
        let writer = try PlanFile.Writer(path, header)
        try writer.add(
            PlanFile.Entry(kind: "erase_user", subject: subject.uuid, explanation: words, steps: found.steps))
        try writer.finish()
        if json { return try Output.json(["plan": path, "uuid": subject.uuid, "explanation": words]) }
        try Output.line("\(subject.handle) (\(subject.uuid)): \(words)")
        try Output.line("it is in \(path); cruddur-ops user \(subject.uuid) erase --apply \(path) does it")
    }

    private func prove(_ subject: Subject, _ proof: Erasure.Proof) throws {
        if json {
            try Output.json(proof)
        } else {
            for key in proof.left { try Output.line("left: \(key)") }
            for record in proof.records { try Output.line("left: \(record)") }
            let left = proof.isProven ? "nothing is left" : "\(proof.left.count + proof.records.count) places are left"
            try Output.line(
                "\(proof.itemsRead) items read: of \(subject.uuid) \(left) but \(proof.tombstones) tombstones")
        }
        if !proof.isProven { throw ExitCode.failure }
    }
}
