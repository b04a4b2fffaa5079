import ArgumentParser
import ChatClient
import Programs
import TerminalText

/// `cruddur login`
struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Sign in.",
        discussion: Examples.login.help(
            then: """
                The password comes from --password-command, else from CRUDDUR_PASSWORD, else from standard input where that \
                is no terminal, else you are asked for it, and it is not shown. It does not leave this machine, unless with \
                --flow password. The tokens are kept in a file that only you can read; cruddur logout forgets them.
                """))

    @OptionGroup var settings: SettingOptions
    @OptionGroup var proof: ProofOptions

    func run() async throws {
        let entrance = try Entrance(settings, proof)
        let name = try proof.name(entrance.interview)
        try await entrance.enter(name, password: entrance.secrets.password())
    }
}

/// Who somebody is, and how that is proved.
struct ProofOptions: ParsableArguments {
    @Option(help: "The e-mail address, or whatever the pool knows you by.")
    var username: String?

    @Option(help: "srp proves the password without sending it; password sends it, for pools that allow only that.")
    var flow = SignInFlow.srp

    @Option(help: ArgumentHelp("A shell command that prints the password.", valueName: "command"))
    var passwordCommand: String?

    /// - Throws: `Interview.Fault`.
    func name(_ interview: Interview) throws -> String {
        try username ?? interview.ask("E-mail or user name", complaint: { _ in nil })
    }
}

extension SignInFlow: ExpressibleByArgument {}
