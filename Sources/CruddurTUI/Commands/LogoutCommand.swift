import ArgumentParser
import ChatClient
import TerminalText

/// `cruddur logout`
struct LogoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "Sign out: the tokens are revoked and forgotten.",
        discussion: "History, drafts and the outbox stay: cruddur forget wipes them.")

    @OptionGroup var settings: SettingOptions
    @Flag(help: "On every machine.") var everywhere = false

    func run() async throws {
        let configuration = try settings.load(tokens: .optional)
        guard !configuration.tokens.access.isEmpty else {
            return try Output.line("You are signed out already, at \(configuration.backend.description).")
        }
        let isKept = configuration.signIn.exists
        let signOut = SignOut(configuration)
        let fault = await signOut.revoke(everywhere: everywhere)
        try signOut.forget()
        if let fault {
            Output.complain("Error: not revoked: \(fault.description). The tokens are good until they end.")
        }
        try Output.line(
            isKept
                ? "Signed out, at \(configuration.backend.description)."
                : "The tokens of the configuration are not ours to remove: take them out of it.")
        if fault != nil { throw ExitCode(1) }
    }
}
