import ArgumentParser
import Foundation
import MessageTable
import Programs
import TerminalText
import Users

/// `cruddur-ops list-conversations @HANDLE`
struct ListConversations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Access pattern B: a user's message groups, newest first.",
        discussion: Examples.listConversations.help())

    @OptionGroup var table: TableOptions
    @OptionGroup var users: UserOptions
    @Argument(help: "The user's @handle, or uuid.") var user: String
    @Option(help: "Only groups whose last message is of this year.") var year: Int?
    @Option(help: "At most so many.") var limit = 20
    @Flag(help: "The raw items and the capacity, as one JSON object.") var json = false

    func validate() throws {
        guard (1...1_000_000_000).contains(limit) else {
            throw ValidationError("--limit is between 1 and 1000000000.")
        }
        if let year, !(1970...9999).contains(year) { throw ValidationError("--year \(year): write four digits.") }
    }

    func run() async throws {
        let engine = try table.engine()
        let pattern = ReadPattern.listGroups(user: try await uuid(), year: year, limit: limit + 1)
        let (items, hasMore) = try await engine.run(pattern).first(limit)
        if json { return try Output.json(ItemsOutput(items, hasMore, engine.capacity)) }
        for item in items {
            let handle = item.text("user_handle") ?? "?"
            let line = seedLine(handle, item.key.sort, item.text("message") ?? "")
            try Output.line(padded(item.text(Index.messageGroup.partitionAttribute) ?? "?", 38) + line)
        }
        if hasMore { Output.complain("there are more than these \(items.count); --limit shows them") }
        Output.complain("\(engine.capacity.sentence)")
    }

    /// A uuid is taken as it is: the table may know somebody whom the directory does not.
    private func uuid() async throws -> String {
        if UUID(uuidString: user) != nil { return user.lowercased() }
        return try await users.registry(table).named(user).uuid
    }
}
