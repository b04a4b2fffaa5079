import ArgumentParser
import ChatClient
import Foundation
import TerminalText
import Timestamps

/// `cruddur search "meet at noon"`
struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Search all messages that the history holds, newest first.",
        discussion: "Finds messages with every word, the last as far as it is given. Asks no server.")

    @OptionGroup var settings: SettingOptions
    @Argument(help: "The words.") var text: [String]
    @Option(help: "How many messages at most.") var limit = 50
    @Flag(help: "One JSON array instead of lines for people.") var json = false

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is a number of messages, from 1 on.") }
    }

    func run() async throws {
        let archive = try Archive(settings.load(), dataFolder: XDGFolders.current.data)
        let hits = try await archive.search(text.joined(separator: " "), limit: limit)
        if json { return try Output.json(hits.map(HitOutput.init)) }
        let time = LocalTime.system
        for hit in hits {
            let message = hit.message
            try Output.line(
                "\(time.day(message.at)) \(time.clock(message.at))  with @\(hit.title.handle)  @\(message.handle)  \(message.text)"
            )
        }
    }
}

private struct HitOutput: Encodable {
    let messageGroupUuid: String?
    let with: String
    let uuid: String
    let handle: String
    let displayName: String
    let message: String
    let createdAt: String

    init(_ hit: SearchHit) {
        messageGroupUuid = hit.group
        with = hit.title.handle
        uuid = hit.message.uuid
        handle = hit.message.handle
        displayName = hit.message.displayName
        message = hit.message.text
        createdAt = hit.message.at.description
    }
}

/// `cruddur forget --conversation @mei`
struct ForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget", abstract: "Wipe what this machine keeps of your conversations.",
        discussion: "Messages, drafts and what is not sent yet. The server's messages are untouched.")

    @OptionGroup var settings: SettingOptions
    @Option(help: "The other's handle, or the group's uuid.") var conversation: String?
    @Flag(help: "Everything of this backend and user.") var all = false
    @Flag(help: "Do not ask.") var yes = false

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
        guard yes || confirm("Forget \(what)?") else { throw ExitCode(1) }
        try await archive.forget(conversation == nil ? nil : wiped[0])
        try Output.line("Forgotten: \(what).")
    }

}
