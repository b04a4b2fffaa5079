import ArgumentParser
import MessageTable
import Programs
import TerminalText
import Timestamps

/// `cruddur-ops get-conversation GROUP`
struct GetConversation: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Access pattern A: the newest messages of a group, oldest first.",
        discussion: Examples.getConversation.help())

    @OptionGroup var table: TableOptions
    @Argument(help: "The message group's uuid.") var group: String
    @Option(help: "Only messages of this year.") var year: Int?
    @Option(help: "At most so many.") var limit = 20
    @Option(help: "The first ones after this time instead, as created_at has it.") var after: String?
    @Flag(help: "The raw items and the capacity, as one JSON object.") var json = false

    func validate() throws {
        guard (1...1_000_000_000).contains(limit) else {
            throw ValidationError("--limit is between 1 and 1000000000.")
        }
        if let year, !(1970...9999).contains(year) { throw ValidationError("--year \(year): write four digits.") }
        if let after, Timestamp(after) == nil {
            throw ValidationError("--after \(after): this is not a time. Example: 2026-11-24T05:50:07+00:00")
        }
    }

    func run() async throws {
        let engine = try table.engine()
        let (items, hasMore) = try await read(engine)
        if json { return try Output.json(ItemsOutput(items, hasMore, engine.capacity)) }
        for item in items {
            try Output.line(
                seedLine(item.text("user_handle") ?? "?", item.key.sort, item.text("message") ?? ""))
        }
        let which = after == nil ? "older" : "later"
        if hasMore { Output.complain("there are \(which) ones than these \(items.count); --limit shows them") }
        Output.complain("\(engine.capacity.sentence)")
    }

    private func read(_ engine: any TableEngine) async throws -> (items: [Item], hasMore: Bool) {
        guard let after = after.flatMap({ Timestamp($0)?.description }) else {
            let pattern = ReadPattern.listMessages(group: group, year: year, limit: limit + 1)
            let (items, hasMore) = try await engine.run(pattern).first(limit)
            return (items.reversed(), hasMore)
        }
        // A start outside of the year is refused by DynamoDB, so the year is looked at here.
        var items: [Item] = []
        var last = after
        while items.count <= limit {
            let page = try await engine.run(.listMessagesAfter(last, group: group, limit: limit + 1))
            items += page.filter { item in year.map { item.key.sort.hasPrefix(String($0)) } ?? true }
            guard page.count > limit, let end = page.last else { break }
            last = end.key.sort
        }
        return items.first(limit)
    }
}
