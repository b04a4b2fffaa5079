import ArgumentParser
import Programs

@main
struct Cruddur: AsyncParsableCommand {
    static let version: StaticString = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "cruddur",
        abstract: "Cruddur's direct messages in your terminal.",
        discussion: """
            Without a subcommand it opens the chat with the backend of your configuration.
            To look around without any account, run: cruddur demo
            """,
        version: "\(version)",
        subcommands: [
            ChatCommand.self, DemoCommand.self, GroupsCommand.self, MessagesCommand.self, SendCommand.self,
            SearchCommand.self, ExportCommand.self, ForgetCommand.self, OutboxCommand.self,
            ProfilesCommand.self,
        ],
        defaultSubcommand: ChatCommand.self)

    static func main() async {
        CrashGuard.install()
        await runProgram()
    }
}
