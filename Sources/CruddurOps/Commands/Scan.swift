import ArgumentParser
import KeyTemplates
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

                --entities says before each item what it is, and --summary how many there are of each kind; \
                --patterns FILE is for another application's table, whose keys are texts.
                """))

    @OptionGroup var table: TableOptions
    @OptionGroup var words: TemplateOptions
    @Option(help: "At most so many.") var limit: Int?
    @Flag(help: "Texts as they are: {\"pk\": \"MSG#...\", \"likes\": {\"N\": \"3\"}}.") var plain = false
    @Flag(help: "What each item is: {\"entity\": \"message\", \"key\": {...}, \"item\": {...}}.") var entities = false
    @Flag(help: "How many items, partitions and bytes there are of each kind.") var summary = false
    @Flag(help: "As without it: JSON lines.") var json = false

    func validate() throws {
        if let limit, !(1...1_000_000_000).contains(limit) {
            throw ValidationError("--limit is between 1 and 1000000000.")
        }
        guard !summary || !entities && !plain else {
            throw ValidationError(
                "--summary prints no items: --entities and --plain say how they are. Take one of them.")
        }
    }

    func run() async throws {
        let templates = try words.templates()
        let engine = try engine(templates)
        let namesEntities = entities || words.patterns != nil
        var tally = EntityTally(templates)
        var left = limit ?? .max
        var after: ItemKey?
        repeat {
            let page = try await engine.scan(limit: min(1000, left), after: after)
            for item in page.items {
                if summary { tally.take(item) } else { try Output.line(line(item, namesEntities ? templates : nil)) }
            }
            left -= page.items.count
            after = page.next
        } while after != nil && left > 0
        if summary { try tell(tally.kinds()) }
        Output.complain("\(engine.capacity.sentence)")
    }

    private func engine(_ templates: TableTemplates) throws -> any TableEngine {
        guard words.patterns != nil, table.embedded == nil else { return try table.engine() }
        var named = table
        if named.table == TableOptions.usualTable { named.table = templates.table }
        return try named.dynamoDB(for: "", keys: templates.keyNames)
    }

    private func line(_ item: Item, _ templates: TableTemplates?) -> PrintableText {
        // A table in a file is Cruddur's.
        let keys = table.embedded == nil ? templates?.keyNames ?? KeyNames() : KeyNames()
        let whole = plain ? item.jsonLine(keys) : item.dynamoDBLine(keys)
        guard let templates else { return whole }
        let found = templates.entity(partition: item.key.partition, sort: item.key.sort)
        let entity = found.map { PrintableText(quoting: $0.entity.name) } ?? "null"
        let values = (found?.values ?? [:]).sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        return "{\"entity\": \(entity), \"key\": \(PrintableText(object: values)), \"item\": \(whole)}"
    }

    private func tell(_ kinds: [EntityTally.Kind]) throws {
        if json {
            for kind in kinds { try Output.jsonLine(kind) }
            return
        }
        let rows = kinds.map { kind in
            [
                kind.entity ?? "(none of them)", "\(kind.items)", "\(kind.bytes)", "\(kind.partitions)",
                kind.largest.map { "\($0.partition) (\($0.items) items, \($0.bytes) bytes)" } ?? "",
            ]
        }
        try Columns.show([["entity", "items", "bytes", "partitions", "largest partition"]] + rows)
    }
}
