import ArgumentParser
import ChatClient
import TerminalText
import Timestamps

/// `cruddur whoami`
struct WhoamiCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami", abstract: "Say who you are to the backend, as your token says. Asks no server.")

    @OptionGroup var settings: SettingOptions
    @Flag(help: "One JSON object instead of lines for people.") var json = false

    func run() async throws {
        let person = Person(try settings.load())
        if json { return try Output.json(person) }
        try Output.line("handle   \(person.handle.map { "@\($0)" } ?? "not known")")
        try Output.line("backend  \(person.backend)\(person.profile.map { " (profile \($0))" } ?? "")")
        try Output.line("pool     \(person.userPool ?? "not known")")
        try Output.line("until    \(person.expires ?? "not known")\(person.canRefresh ? ", then refreshed" : "")")
    }
}

private struct Person: Encodable {
    let handle: String?
    let backend: String
    let profile: String?
    let userPool: String?
    let expires: String?
    let canRefresh: Bool

    init(_ configuration: ClientConfiguration) {
        handle = configuration.ownHandle
        backend = configuration.backend.description
        profile = configuration.profile
        userPool = configuration.ownPool
        expires = configuration.signInEnds?.description
        canRefresh = configuration.tokens.refresh != nil
    }
}
