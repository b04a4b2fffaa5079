import ArgumentParser
import Foundation
import MessageTable
import Programs
import TerminalText

/// `cruddur-ops drop NAME`
struct Drop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Remove a table with everything that is in it.",
        discussion: Examples.drop.help(
            then: "It asks first. With --prod the table's name must be typed; --yes does not do there."))

    @OptionGroup var table: TableOptions
    @Argument(help: "The table's name.") var name: String
    @Flag(help: "Do not ask.") var yes = false
    @Flag(help: "One JSON object.") var json = false

    func run() async throws {
        var named = table
        named.table = name
        let definition = TableDefinition(try named.dynamoDB(for: "drop"))
        guard let found = try await definition.describe() else { throw OpsError.noTable(name, table.place) }
        if table.prod {
            let typed = try Question.line(
                "\(name) in AWS has about \(found.itemCount) items. Type its name to remove it: ",
                otherwise: "not removed")
            guard typed == name else { throw OpsError.refused("not removed: that was not its name") }
        } else if !yes {
            let question: PrintableText =
                "Remove \(name) at \(table.place), with about \(found.itemCount) items? (yes/no) "
            guard try Question.ask(question, otherwise: "not removed; --yes does not ask") else {
                throw OpsError.refused("not removed")
            }
        }
        try await definition.drop()
        if json { try Output.json(["table": name, "action": "removed"]) } else { try Output.line("\(name): removed") }
    }
}
