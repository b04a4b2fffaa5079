import ArgumentParser
import MessageTable
import Programs
import TerminalText

/// `cruddur-ops scan`
struct Scan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print every item of the table, a JSON object on each line.",
        discussion: Examples.scan.help(
            then: """
                As DynamoDB writes items, every attribute with its type, so that nothing is lost: \
                {"pk": {"S": "MSG#..."}, "likes": {"N": "3"}}. Lines come as they are read, through all pages. \
                What it cost goes to standard error.
                """))

    @OptionGroup var table: TableOptions
    @Option(help: "At most so many.") var limit: Int?
    @Flag(help: "Texts as they are: {\"pk\": \"MSG#...\", \"likes\": {\"N\": \"3\"}}.") var plain = false
    @Flag(help: "As without it: JSON lines.") var json = false

    func validate() throws {
        if let limit, !(1...1_000_000_000).contains(limit) {
            throw ValidationError("--limit is between 1 and 1000000000.")
        }
    }

    func run() async throws {
        let engine = try table.engine()
        var left = limit ?? .max
        var after: ItemKey?
        repeat {
            let page = try await engine.scan(limit: min(1000, left), after: after)
            for item in page.items { try Output.line(plain ? item.jsonLine : item.dynamoDBLine) }
            left -= page.items.count
            after = page.next
        } while after != nil && left > 0
        Output.complain("\(engine.capacity.sentence)")
    }
}
