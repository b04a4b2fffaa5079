import ArgumentParser
import MessageTable
import PrivateFiles
import Programs
import TerminalText
import Timestamps

/// `cruddur-ops schema-load`
struct SchemaLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the table, its index and its stream; or say whether the one there is fits.",
        discussion: Examples.schemaLoad.help(
            then: "With --embedded also the file of the users beside it."))

    @OptionGroup var table: TableOptions
    @OptionGroup var users: UserOptions
    @Flag(help: "Pay for each request instead of the seed's 5 read and 5 write units.") var onDemand = false
    @Flag(help: "One JSON object.") var json = false

    func run() async throws {
        if let file = table.embedded {
            _ = try table.engine(missing: .made)
            _ = try users.embedded(table, missing: .made)
            return try report(Outcome(table: file, action: "ready", differences: [], stream: nil))
        }
        let definition = TableDefinition(try table.dynamoDB(for: "schema-load"))
        var added: [String] = []
        if try await definition.describe() == nil {
            try await definition.create(isOnDemand: onDemand)
            added.append("created")
        }
        var found = try await waitUntilActive(definition)
        if found.streamARN == nil {
            try await definition.addStream()
            added.append("stream added")
            found = try await waitUntilActive(definition)
        }
        var differences = found.differences
        switch try await definition.end() {
        case .byItsTime: break
        case .never:
            try await definition.addEnd()
            if added.isEmpty { added.append("time to live added") }
        case .other(let attribute):
            differences.append("it drops items by \(attribute), not by \(Item.endAttribute): idempotency keys stay")
        }
        try report(
            Outcome(
                table: table.table, action: added.isEmpty ? "was there" : added.joined(separator: ", "),
                differences: differences, stream: found.streamARN))
    }

    private func waitUntilActive(_ definition: TableDefinition) async throws -> TableDefinition.Description {
        // Ten minutes: a table with an index takes half of one.
        for attempt in 0..<600 {
            if let found = try await definition.describe(), found.status == "ACTIVE" { return found }
            if attempt == 0, !json { Output.complain("waiting until \(table.table) is active ...") }
            try await Clock.time.sleep(for: .seconds(1))
        }
        throw OpsError.refused("\(table.table) is still not active; look at it with the AWS console")
    }

    private struct Outcome: Encodable {
        let table: String
        let action: String
        let differences: [String]
        let stream: String?
    }

    private func report(_ outcome: Outcome) throws {
        if json {
            try Output.json(outcome)
        } else {
            try Output.line("\(outcome.table): \(outcome.action)\(outcome.differences.isEmpty ? ", and fits" : "")")
            for difference in outcome.differences { try Output.line("  does not fit: \(difference)") }
        }
        if !outcome.differences.isEmpty { throw ExitCode.failure }
    }
}
