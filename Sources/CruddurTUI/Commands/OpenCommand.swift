import ArgumentParser
import ChatClient
import Programs

/// `cruddur open @mei`
struct OpenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open", abstract: "Open the chat with somebody.", discussion: Examples.open.help())

    @OptionGroup var settings: SettingOptions
    @Argument(help: "The other's handle.") var handle: String

    func run() async throws {
        try await ChatInterface(configuration: settings.load(), opening: handle).run()
    }
}
