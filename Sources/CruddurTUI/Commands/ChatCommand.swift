import ArgumentParser
import ChatClient
import Foundation

/// `cruddur`: the chat.
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat", abstract: "Open the chat. This is the default.")

    @OptionGroup var settings: SettingOptions

    func run() async throws {
        try await ChatInterface(configuration: settings.load()).run()
    }
}
