import ArgumentParser
import ChatClient
import Foundation
import Programs
import TerminalText

/// `cruddur`: the chat.
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat", abstract: "Open the chat. This is the default.")

    @OptionGroup var settings: SettingOptions
    @Flag(
        help: "Line by line, without a screen: for screen readers and logs. By itself where TERM is dumb.") var plain =
        false

    /// Runs what a command line of no words is for. Where nothing is to be asked before, the first thread has the terminal.
    ///
    /// - Throws: as `run`.
    static func runWithoutWords() throws {
        let configuration = try ClientConfiguration.load(tokens: .optional)
        guard !configuration.tokens.access.isEmpty, configuration.log.file == nil, !PlainChat.isAllThereIs() else {
            return try AwaitedTask {
                let command = withoutWords()
                try await command.run()
            }.wait()
        }
        SettingOptions.warn(of: configuration)
        try ChatInterface(configuration: configuration).runHere()
    }

    /// As a command line of no words is read, without the time that takes.
    static func withoutWords() -> ChatCommand {
        var command = ChatCommand()
        command.settings = .unset
        command.plain = false
        return command
    }

    func run() async throws {
        let configuration = try await signedIn()
        if plain || PlainChat.isAllThereIs() { return try await PlainChat(configuration: configuration).run() }
        try await ChatInterface(configuration: configuration).run()
    }

    /// Without a token nobody knows whose history to show: who one is comes before the first screen.
    private func signedIn() async throws -> ClientConfiguration {
        let configuration = try settings.read(tokens: .optional)
        guard configuration.tokens.access.isEmpty, !configuration.hasTokenCommand else {
            SettingOptions.warn(of: configuration)
            return configuration
        }
        if configuration.mustSignIn, SecretPrompt.isPossible {
            let entrance = try Entrance(settings, ProofOptions.parse([]))
            entrance.interview.say("You are signed out, at \(configuration.backend.description).")
            let name = try entrance.interview.ask(
                "E-mail or user name", standard: configuration.signInName, complaint: { _ in nil })
            try await entrance.enter(name, password: entrance.secrets.password())
        }
        // What is missing still, it says.
        return try settings.load()
    }
}
