import ArgumentParser
import Programs

/// `cruddur watch --json`
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Print the messages of all conversations as they come, until you end it.",
        discussion: Examples.watch.help(
            then: """
                For bots. Yours are printed too: "own" tells them. What came since a cruddur was last here comes first.

                \(ExitKind.help)
                """))

    @OptionGroup var settings: SettingOptions
    @Flag(help: "A JSON object a line, instead of lines for people.") var json = false

    func run() async throws {
        let printer = MessagePrinter(json: json, namesConversation: true)
        try await HeadlessSession.run(settings.load()) { try await $0.watch(printer) }
    }
}
