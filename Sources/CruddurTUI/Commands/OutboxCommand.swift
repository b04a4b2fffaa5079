import ArgumentParser
import ChatClient
import Foundation
import Programs
import TerminalText
import Timestamps

/// `cruddur outbox`
struct OutboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox", abstract: "What was written and is not known to have arrived: list, retry, discard.",
        discussion: Examples.outbox.help(),
        subcommands: [OutboxList.self, OutboxRetry.self, OutboxDiscard.self], defaultSubcommand: OutboxList.self)
}

/// `cruddur outbox list`
struct OutboxList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the outbox, in the order written. This is the default. Asks no server.")

    @OptionGroup var settings: SettingOptions
    @Flag(help: "A JSON object a line, instead of lines for people.") var json = false

    func run() async throws {
        let entries = try await Outbox(settings.load()).entries()
        if json { return try entries.map(OutboxOutput.init).forEach { try Output.jsonLine($0) } }
        let time = LocalTime.system
        for entry in entries {
            let outgoing = entry.outgoing
            try Output.line(
                "\(outgoing.id.description)  \(time.day(outgoing.queuedAt)) \(time.clock(outgoing.queuedAt))  @\(entry.title.handle)  (\(outgoing.state.words))  \(outgoing.text)"
            )
        }
    }
}

/// `cruddur outbox retry 1763950000000000`
struct OutboxRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Send messages of the outbox once more.",
        discussion: "It ends with 0 only when the server has taken them.")

    @OptionGroup var settings: SettingOptions
    @OptionGroup var choice: OutboxChoice

    func run() async throws {
        let configuration = try settings.load()
        guard !configuration.isReadOnly else { throw HeadlessError.readOnly }
        let entries = try choice.chosen(from: await Outbox(configuration).entries().filter(\.mayBeRetried))
        guard !entries.isEmpty else { return try Output.line("There is nothing to send once more.") }
        try await HeadlessSession.run(configuration) { session in
            for entry in entries { try await session.retry(entry) }
        }
    }
}

/// `cruddur outbox discard 1763950000000000`
struct OutboxDiscard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard", abstract: "Take messages out of the outbox: they are not sent any more.")

    @OptionGroup var settings: SettingOptions
    @OptionGroup var choice: OutboxChoice
    @Flag(help: "Do not ask.") var yes = false
    @OptionGroup var input: InputOptions

    func run() async throws {
        let outbox = try Outbox(settings.load())
        let entries = try choice.chosen(from: await outbox.entries())
        let what = entries.count == 1 ? "1 message" : "\(entries.count) messages"
        guard try yes || confirm("Discard \(what)?", mayAsk: input.mayAsk) else { throw ExitCode(1) }
        var isWhole = true
        for entry in entries {
            guard try await outbox.discard(entry) else {
                isWhole = false
                try Output.line("\(entry.id.description) is being sent, or is gone: not discarded")
                continue
            }
            try Output.line("Discarded, for @\(entry.title.handle): \(entry.outgoing.text)")
        }
        if !isWhole { throw ExitCode(1) }
    }
}

/// Which messages of the outbox.
struct OutboxChoice: ParsableArguments {
    @Argument(help: "The messages, by the numbers that cruddur outbox shows.") var ids: [String] = []
    @Flag(help: "All of them.") var all = false

    func validate() throws {
        guard all != !ids.isEmpty else { throw ValidationError("Say which messages: their numbers, or --all.") }
    }

    /// - Throws: `HeadlessError.notInOutbox`.
    func chosen(from entries: [OutboxEntry]) throws -> [OutboxEntry] {
        if all { return entries }
        return try ids.map { id in
            guard let entry = entries.first(where: { $0.id.description == id }) else {
                throw HeadlessError.notInOutbox(id)
            }
            return entry
        }
    }
}

/// The outbox without a server.
private struct Outbox {
    /// `nil`: nothing was ever written here.
    private let archive: Archive?

    init(_ configuration: ClientConfiguration) throws {
        do {
            archive = try Archive(configuration, dataFolder: XDGFolders.current.data)
        } catch ArchiveError.missing {
            archive = nil
        }
    }

    func entries() async throws -> [OutboxEntry] {
        try await (archive?.outbox() ?? []).filter { if case .sent = $0.outgoing.state { false } else { true } }
    }

    func discard(_ entry: OutboxEntry) async throws -> Bool { try await archive?.discard(entry) ?? false }
}

extension OutboxEntry {
    fileprivate var mayBeRetried: Bool {
        switch outgoing.state {
        case .failed, .unsure: true
        case .queued, .repeating: !isAttended
        case .sending, .sent: false
        }
    }
}

private struct OutboxOutput: Encodable {
    let type = "outgoing"
    let id: String
    let handle: String
    let displayName: String
    let message: String
    let queuedAt: String
    let delivery: String
    let reason: String?

    private enum CodingKeys: String, CodingKey {
        case type, id, handle, displayName, message, queuedAt, delivery, reason
    }

    init(_ entry: OutboxEntry) {
        id = entry.id.description
        handle = entry.title.handle
        displayName = entry.title.displayName
        message = entry.outgoing.text
        queuedAt = entry.outgoing.queuedAt.description
        delivery = entry.outgoing.state.word
        reason = entry.outgoing.state.reason
    }
}
