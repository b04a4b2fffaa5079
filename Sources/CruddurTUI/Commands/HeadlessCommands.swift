import ArgumentParser
import ChatClient
import Foundation
import Programs
import TerminalText
import Timestamps

/// `cruddur groups`
struct GroupsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "groups", abstract: "List your conversations, newest first.",
        discussion: Examples.groups.help(
            then: ExitKind.help))

    @OptionGroup var settings: SettingOptions
    @Flag(help: "A JSON object a line, instead of lines for people.") var json = false

    func run() async throws {
        let groups = try await HeadlessSession.run(settings.load()) { try await $0.groups() }
        for group in groups {
            if json { try Output.jsonLine(GroupOutput(group)) } else { try Output.line(group.line) }
        }
    }
}

/// `cruddur messages @mei --since 2h --follow`
struct MessagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages", abstract: "Print the newest messages of a conversation, oldest first.",
        discussion: Examples.messages.help(
            then: """
                With --limit or --since also older ones: of what is kept here, and of a server that can tell them.

                \(ExitKind.help)
                """))

    @OptionGroup var settings: SettingOptions
    @Argument(help: "The other's handle, or the group's uuid.") var conversation: String
    @Option(help: "The newest so many.") var limit: Int?
    @Option(help: "Those since then: 2h, 3d, 2026-11-24, 2026-11-24T12:00:00Z.") var since: String?
    @Flag(help: "Go on printing what comes, until you end it.") var follow = false
    @Flag(help: "A JSON object a line, instead of lines for people.") var json = false

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit is a number of messages, from 1 on.") }
        if let since, PastTime(since, now: SystemTime().now()) == nil {
            throw ValidationError("--since \(since): say how long ago, as 30m, 2h or 3d, or when, as 2026-11-24.")
        }
    }

    func run() async throws {
        let range = MessageRange(
            name: conversation, limit: limit, since: since.flatMap { PastTime($0, now: SystemTime().now())?.time })
        let (printer, follow) = (MessagePrinter(json: json), follow)
        try await HeadlessSession.run(settings.load()) { session in
            try await session.show(range, printer, follow: follow)
        }
    }
}

/// `cruddur send @mei "see you there"`
struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send a message.",
        discussion: Examples.send.help(
            then: """
                Without a text, or with -, it sends what it reads. It ends with 0 only when the server has taken the message.

                \(ExitKind.help)
                """))

    @OptionGroup var settings: SettingOptions
    @Argument(help: "The other's handle, or the group's uuid.") var conversation: String
    @Argument(help: "The message; - or nothing: from standard input.") var text: String?
    @Option(help: "The file that holds the message.") var file: String?
    @Flag(help: "Write to a handle also where the backend cannot say whether anybody has it.") var unchecked = false
    @Flag(help: "Print the message as JSON, with its uuid once the server lists it.") var json = false

    func validate() throws {
        if text != nil, file != nil { throw ValidationError("Say the text, or --file with it, not both.") }
    }

    func run() async throws {
        let configuration = try settings.load()
        guard !configuration.isReadOnly else { throw HeadlessError.readOnly }
        let text = try MessageText.read(text, file: file)
        guard !text.allSatisfy(\.isWhitespace) else { throw HeadlessError.blank }
        let excess = text.unicodeScalars.count - Message.maximumScalars
        guard excess <= 0 else { throw HeadlessError.tooLong(excess) }
        let (conversation, check, json) = (conversation, unchecked ? HandleCheck.none : .lookUp, json)
        let sent = try await HeadlessSession.run(configuration) { session in
            let sent = try await session.send(text, to: conversation, check)
            return json ? await session.listed(sent) : nil
        }
        if let sent { try Output.jsonLine(sent) }
    }
}

/// Where the text of a message comes from.
enum MessageText {
    /// More than any message may have, so that the error can say by how much; no file of gigabytes is read.
    private static let most = 1 << 20

    /// - Throws: `ValidationError`.
    static func read(_ text: String?, file: String?) throws -> String {
        if let file { return try decoded(content(of: file), name: file) }
        guard let text, text != "-" else {
            return try decoded(FileHandle.standardInput.read(upToCount: most) ?? Data(), name: "standard input")
        }
        return text
    }

    private static func content(of path: String) throws -> Data {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw ValidationError("\(path) cannot be read: \(Descriptor.reason(errno))") }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            throw ValidationError("\(path) cannot be read: \(Descriptor.reason(EISDIR))")
        }
        do {
            return try file.read(upToCount: most) ?? Data()
        } catch {
            throw ValidationError("\(path) cannot be read: \(error.localizedDescription)")
        }
    }

    private static func decoded(_ data: Data, name: String) throws -> String {
        guard data.count < most else {
            throw ValidationError("\(name) is longer than a megabyte; a message has at most 1024 characters")
        }
        guard let text = String(data: data, encoding: .utf8) else { throw ValidationError("\(name) is not UTF-8 text") }
        // As the shell does: the line break at the end belongs to the line, not to the text.
        return text.last?.isNewline == true && text.utf8.last == UInt8(ascii: "\n") ? String(text.dropLast()) : text
    }
}
