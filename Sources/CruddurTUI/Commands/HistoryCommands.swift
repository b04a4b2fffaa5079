import ArgumentParser
import ChatClient
import Foundation
import Programs
import TerminalText
import Timestamps

/// `cruddur search "meet at noon"`
struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Search all messages that the history holds, newest first.",
        discussion: Examples.search.help(
            then: """
                Finds messages with every word, the last as far as it is given; from:mei, from:me, in:mei, before:2026-11-24, \
                after:2026-11-24 and has:link say which. Asks no server. Ends with 1 when nothing is \
                found, as grep does.
                """))

    @OptionGroup var settings: SettingOptions
    @Argument(help: "The words.") var text: [String]
    @Option(help: "How many messages at most.") var limit = 50
    @Flag(help: "A JSON object a line, instead of lines for people.") var json = false

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is a number of messages, from 1 on.") }
    }

    func run() async throws {
        let archive = try Archive(settings.load(), dataFolder: XDGFolders.current.data)
        let hits = try await archive.search(text.joined(separator: " "), limit: limit)
        let printer = MessagePrinter(json: json, namesConversation: true)
        for hit in hits { try printer.show(MessageOutput(hit, me: archive.me)) }
        guard !hits.isEmpty else { throw HeadlessError.nothingFound }
    }
}

/// `cruddur forget --conversation @mei`
struct ForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget", abstract: "Wipe what this machine keeps of your conversations.",
        discussion: Examples.forget.help(
            then: "Messages, drafts and what is not sent yet. The server's messages are untouched."))

    @OptionGroup var settings: SettingOptions
    @Option(help: "The other's handle, or the group's uuid.") var conversation: String?
    @Flag(help: "Everything of this backend and user.") var all = false
    @Flag(help: "Do not ask.") var yes = false
    @OptionGroup var input: InputOptions

    func validate() throws {
        guard all != (conversation != nil) else {
            throw ValidationError("Say what to forget: --conversation HANDLE, or --all.")
        }
    }

    func run() async throws {
        let archive = try Archive(settings.load(), dataFolder: XDGFolders.current.data)
        let wiped =
            if let conversation { [try await archive.conversation(conversation)] } else {
                try await archive.conversations()
            }
        let messages = wiped.reduce(0) { $0 + $1.messages }
        let unsent = wiped.reduce(0) { $0 + $1.unsent }
        let whose = conversation.map { _ in "with @\(wiped[0].title.handle)" } ?? "of \(wiped.count) conversations"
        let what = "\(messages) messages \(whose)" + (unsent > 0 ? ", and \(unsent) texts that are not sent" : "")
        guard try yes || confirm("Forget \(what)?", mayAsk: input.mayAsk) else { throw ExitCode(1) }
        try await archive.forget(conversation == nil ? nil : wiped[0])
        try Output.line("Forgotten: \(what).")
    }

}
