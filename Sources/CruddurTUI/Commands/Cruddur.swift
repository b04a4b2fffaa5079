import ArgumentParser
import Programs

@main
struct Cruddur: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cruddur",
        abstract: "Cruddur's direct messages in your terminal.",
        discussion: """
            Without a subcommand it opens the chat with the backend of your configuration.
            To look around without any account, run: cruddur demo
            """,
        version: "\(Release.version)",
        subcommands: [
            ChatCommand.self, DemoCommand.self, GroupsCommand.self, MessagesCommand.self, SendCommand.self,
            SearchCommand.self, ExportCommand.self, ForgetCommand.self, OutboxCommand.self,
            InitCommand.self, SignUpCommand.self, ConfirmCommand.self, RecoverCommand.self, LoginCommand.self,
            LogoutCommand.self, WhoamiCommand.self, ProfilesCommand.self,
            DoctorCommand.self,
        ],
        defaultSubcommand: ChatCommand.self)

    static func main() async {
        CrashGuard.install()
        await runProgram()
    }
}
