import ArgumentParser
import Foundation
import Programs
import TerminalText

@main
struct Cruddur: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cruddur",
        abstract: "Cruddur's direct messages in your terminal.",
        discussion: Examples.chat.help(
            then: """
                Without a subcommand it opens the chat with the backend of your configuration.

                \(HelpTopic.names(Topics.names, of: "cruddur"))
                """),
        version: Release.description,
        subcommands: [
            ChatCommand.self, DemoCommand.self, OpenCommand.self, GroupsCommand.self, MessagesCommand.self,
            WatchCommand.self, SendCommand.self,
            SearchCommand.self, ExportCommand.self, ForgetCommand.self, OutboxCommand.self,
            InitCommand.self, SignUpCommand.self, ConfirmCommand.self, RecoverCommand.self, LoginCommand.self,
            LogoutCommand.self, WhoamiCommand.self, ProfilesCommand.self,
            DoctorCommand.self, KeysCommand.self,
        ],
        defaultSubcommand: ChatCommand.self)

    static func main() {
        CrashGuard.install()
        refuseUnknownCommand(CommandLine.arguments.dropFirst().first)
        runProgram(usual: UsualCommand(ChatCommand.self, runWithoutWords: ChatCommand.runWithoutWords)) { Topics.all }
    }

    /// A word that is no command is taken for none of the chat's: what was meant, or the nearest to it, is said.
    private static func refuseUnknownCommand(_ word: String?) {
        guard let word, !word.hasPrefix("-") else { return }
        let names = configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        guard !names.contains(word) else { return }
        let nearest = Nearness.nearest(to: word, among: names).map { " Did you mean \($0)?" } ?? ""
        Output.complain("Error: there is no command \(word).\(nearest) cruddur --help lists them.")
        Foundation.exit(ExitKind.wrongCommandLine.rawValue)
    }
}
