import ArgumentParser
import MessageTable
import TerminalText

/// `cruddur-ops list-tables`
struct ListTables: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the names of all tables.")

    @OptionGroup var table: TableOptions
    @Flag(help: "One JSON array.") var json = false

    func run() async throws {
        let names = try await TableDefinition(table.dynamoDB(for: "list-tables")).list()
        if json { return try Output.json(names) }
        for name in names { try Output.line("\(name)") }
    }
}
