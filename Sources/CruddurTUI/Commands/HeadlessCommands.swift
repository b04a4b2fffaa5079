import ArgumentParser
import ChatClient
import Foundation
import TerminalText
import Timestamps

/// `cruddur groups`
struct GroupsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "groups", abstract: "List your conversations, newest first.")

    @OptionGroup var settings: SettingOptions
    @Flag(help: "One JSON array instead of lines for people.") var json = false

    func run() async throws {
        let groups = try await HeadlessSession.run(settings.load()) { try await $0.groups() }
        if json { return try Output.json(groups.map(GroupOutput.init)) }
        let time = LocalTime.system
        for group in groups {
            let at = group.at.map { "\(time.day($0)) \(time.clock($0))" } ?? "                "
            let state = group.previewState.map { "(\($0.words))  " } ?? ""
            try Output.line("\(at)  @\(group.title.handle)  \(state)\(group.preview)")
        }
    }
}

/// `cruddur messages @mei`
struct MessagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages", abstract: "Print the newest messages of a conversation, oldest first.")

    @OptionGroup var settings: SettingOptions
    @Argument(help: "The other's handle, or the group's uuid.") var conversation: String
    @Flag(help: "One JSON array instead of lines for people.") var json = false

    func run() async throws {
        let conversation = conversation
        let transcript = try await HeadlessSession.run(settings.load()) { try await $0.messages(of: conversation) }
        if json { return try Output.json(transcript.entries.map(MessageOutput.init)) }
        let time = LocalTime.system
        for entry in transcript.entries {
            let state = entry.delivery.map { "(\($0.words))  " } ?? ""
            try Output.line("\(time.day(entry.at)) \(time.clock(entry.at))  @\(entry.handle)  \(state)\(entry.text)")
        }
    }
}

/// `cruddur send @mei "see you there"`
struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send a message.",
        discussion: "Without a text it sends what it reads. It ends with 0 only when the server has taken the message.")

    @OptionGroup var settings: SettingOptions
    @Argument(help: "The other's handle, or the group's uuid.") var conversation: String
    @Argument(help: "The message; from standard input if not given.") var text: String?
    @Flag(help: "Write to a handle also where the backend cannot say whether anybody has it.") var unchecked = false
    @Flag(help: "Print the group's uuid as JSON.") var json = false

    func run() async throws {
        let configuration = try settings.load()
        guard !configuration.isReadOnly else { throw HeadlessError.readOnly }
        let text = try text ?? Self.readInput()
        guard !text.allSatisfy(\.isWhitespace) else { throw HeadlessError.blank }
        let excess = text.unicodeScalars.count - Message.maximumScalars
        guard excess <= 0 else { throw HeadlessError.tooLong(excess) }
        let (conversation, check) = (conversation, unchecked ? HandleCheck.none : .lookUp)
        let group = try await HeadlessSession.run(configuration) {
            try await $0.send(text, to: conversation, check)
        }
        if json, let group { try Output.json(SentOutput(messageGroupUuid: group)) }
    }

    private static func readInput() throws -> String {
        let input = try FileHandle.standardInput.readToEnd() ?? Data()
        guard let text = String(data: input, encoding: .utf8) else {
            throw ValidationError("standard input is not UTF-8 text")
        }
        // As the shell does: the line break at the end belongs to the line, not to the text.
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}

private struct SentOutput: Encodable {
    let messageGroupUuid: String
}

private struct GroupOutput: Encodable {
    let uuid: String?
    let handle: String
    let displayName: String
    let message: String
    let createdAt: String?
    /// How far the message has come, if the server does not list it.
    let delivery: String?

    init(_ group: ConversationSummary) {
        uuid = group.group
        handle = group.title.handle
        displayName = group.title.displayName
        message = group.preview
        createdAt = group.at?.description
        delivery = group.previewState?.word
    }
}

private struct MessageOutput: Encodable {
    let uuid: String?
    let handle: String
    let displayName: String
    let message: String
    let createdAt: String
    let own: Bool
    /// How far it has come, if the server does not list it.
    let delivery: String?

    init(_ entry: TranscriptEntry) {
        if case .message(let id) = entry.id { uuid = id.uuid } else { uuid = nil }
        handle = entry.handle
        displayName = entry.displayName
        message = entry.text
        createdAt = entry.at.description
        own = entry.isOwn
        delivery = entry.delivery?.word
    }
}
