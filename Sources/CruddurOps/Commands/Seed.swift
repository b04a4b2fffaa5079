import ArgumentParser
import ExactText
import Foundation
import MessageTable
import PrivateFiles
import Programs
import TerminalText
import Timestamps
import Users

/// `cruddur-ops seed`
struct Seed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a conversation between two users, one message a minute, the last one now.",
        discussion: Examples.seed.help(
            then: """
                A second run adds nothing; one that was interrupted is finished by the next. A file has a \
                line for each message: `NAME: TEXT`; the first name is the one who starts. With --embedded, \
                users that are not there are added. With --prod it asks first.
                """))

    @OptionGroup var table: TableOptions
    @OptionGroup var users: UserOptions
    @Option(help: "Who starts.") var from = "andrewbrown"
    @Option(help: "Whom they write to.") var to = "bayko"
    @Option(help: "How many messages; the conversation is repeated. All of its lines if not given.") var messages: Int?
    @Option(help: ArgumentHelp("The conversation; a built-in one if not given.", valueName: "path")) var file: String?
    @Flag(help: "Do not ask.") var yes = false
    @Flag(help: "One JSON object.") var json = false

    func validate() throws {
        if let messages, !(1...10_000_000).contains(messages) {
            throw ValidationError("--messages is between 1 and 10000000.")
        }
        for name in [from, to] {
            let handle = name.withoutAt
            guard !handle.isEmpty, handle.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }) else {
                throw ValidationError("\"\(name)\" is no handle: it is letters, digits and signs, without spaces.")
            }
        }
        guard !from.withoutAt.isExactly(to.withoutAt) else { throw ValidationError("--from and --to are the same.") }
    }

    func run() async throws {
        try ask()
        let engine = try table.engine(missing: .made)
        // Whoever is named is made where they are not there: not for a script that cannot be read.
        let script = try file.map { try SeedScript(path: $0) } ?? SeedScript.builtIn
        let people = try await (person(from), person(to))
        let seeder = Seeder(engine: engine, script: script, people: people, now: Clock.now())
        var progress = Progress("writing messages", of: messages ?? script.lines.count, time: Clock.time)
        let outcome = try await seeder.run(messages: messages ?? script.lines.count) { progress.update($0) }
        progress.finish()
        if json { return try Output.json(outcome) }
        try Output.line(
            outcome.added == 0
                ? "\(outcome.messageGroupUuid): nothing to add, \(outcome.messages) messages are there"
                : "\(outcome.messageGroupUuid): \(outcome.added) messages added, \(outcome.messages) are there")
        Output.complain("\(engine.capacity.sentence)")
    }

    /// What is made up stands beside what people wrote.
    private func ask() throws {
        guard table.prod, !yes else { return }
        let question: PrintableText =
            "Write a made-up conversation between @\(from.withoutAt) and @\(to.withoutAt) into \(table.table) in \(table.place)? (yes/no) "
        guard try Question.ask(question, otherwise: "nothing was written") else {
            throw OpsError.refused("nothing was written")
        }
    }

    private func person(_ name: String) async throws -> Person {
        let handle = name.withoutAt
        if let embedded = try users.embedded(table, missing: .made), try await embedded.user(handle: handle) == nil {
            let uuid = UUID().uuidString.lowercased()
            try await embedded.add(
                User(
                    uuid: uuid, displayName: handle, email: "", handle: handle, cognitoUserID: "none-\(uuid)"))
            Output.complain("added the user @\(handle)")
        }
        let user = try await users.registry(table).named(handle)
        return Person(uuid: user.uuid, displayName: user.displayName, handle: user.handle)
    }
}
