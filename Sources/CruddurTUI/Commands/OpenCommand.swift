import ArgumentParser
import ChatClient

/// `cruddur open @mei`
struct OpenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open", abstract: "Open the chat with somebody.")

    @OptionGroup var settings: SettingOptions
    @Argument(help: "The other's handle.") var handle: String

    func run() async throws {
        try await ChatInterface(configuration: settings.load(), opening: handle).run()
    }
}
