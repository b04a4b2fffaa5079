#if false
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
                Output.line("\(time.day(group.at)) \(time.clock(group.at))  @\(group.title.handle)  \(group.preview)")
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
            let open = try await HeadlessSession.run(settings.load()) { try await $0.messages(of: conversation) }
            if json { return try Output.json(open.entries.map(MessageOutput.init)) }
            let time = LocalTime.system
            for entry in open.entries {
                Output.line("\(time.day(entry.at)) \(time.clock(entry.at))  @\(entry.handle)  \(entry.text)")
            }
        }
    }

    /// `cruddur send @mei "see you there"`
    struct SendCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "send", abstract: "Send a message.",
            discussion:
                "Without a text it sends what it reads. It ends with 0 only when the server has taken the message.")

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The other's handle, or the group's uuid.") var conversation: String
        @Argument(help: "The message; from standard input if not given.") var text: String?
        @Flag(help: "Print the group's uuid as JSON.") var json = false

        func run() async throws {
            let configuration = try settings.load()
            guard !configuration.isReadOnly else { throw HeadlessError.readOnly }
            let text = try text ?? Self.readInput()
            guard !text.allSatisfy(\.isWhitespace) else { throw HeadlessError.blank }
            let excess = text.unicodeScalars.count - Message.maximumScalars
            guard excess <= 0 else { throw HeadlessError.tooLong(excess) }
            let open = try await HeadlessSession.run(configuration) { try await $0.send(text, to: conversation) }
            guard json else { return }
            if case .group(let uuid) = open.id { try Output.json(SentOutput(messageGroupUuid: uuid)) }
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
        let createdAt: String

        init(_ group: ConversationSummary) {
            if case .group(let uuid) = group.id { self.uuid = uuid } else { uuid = nil }
            handle = group.title.handle
            displayName = group.title.displayName
            message = group.preview
            createdAt = group.at.description
        }
    }

    private struct MessageOutput: Encodable {
        let uuid: String?
        let handle: String
        let displayName: String
        let message: String
        let createdAt: String
        let own: Bool

        init(_ entry: TranscriptEntry) {
            if case .message(let id) = entry.id { uuid = id.uuid } else { uuid = nil }
            handle = entry.handle
            displayName = entry.displayName
            message = entry.text
            createdAt = entry.at.description
            own = entry.isOwn
        }
    }
#endif
