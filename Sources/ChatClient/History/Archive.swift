import ExactText
import Foundation
import Timestamps

/// The history without a session: for commands that ask no server.
public struct Archive: Sendable {
    private let history: History
    /// Your handle, as far as it is known.
    package let me: String?
    /// The file.
    public let path: String

    /// - Throws: `ArchiveError`.
    public init(_ configuration: ClientConfiguration, dataFolder: String) throws {
        guard configuration.keepsHistory else { throw ArchiveError.disabled }
        let file = HistoryFile(configuration, in: dataFolder)
        guard file.exists else { throw ArchiveError.missing(file.path) }
        history = try Self.open(file)
        path = file.path
        me = configuration.ownHandle
    }

    private static func open(_ file: HistoryFile) throws -> History {
        do {
            return try file.open(at: SystemTime().now()).history
        } catch HistoryFault.readOnly {
            return try file.openReadOnly()
        } catch HistoryFault.full {
            return try file.openReadOnly()
        }
    }

    /// A conversation as the history holds it.
    public struct Conversation: Sendable {
        public let id: ConversationID
        /// The group's uuid, once there is one.
        public let group: String?
        public let title: UserShort
        public let messages: Int
        /// Messages in the outbox, and a draft, which no server has.
        public let unsent: Int
    }

    /// - Throws: `HistoryFault`.
    public func conversations() async throws -> [Conversation] {
        var found: [Conversation] = []
        for known in try await history.conversations() {
            found.append(
                Conversation(
                    id: known.id, group: known.group, title: known.title,
                    messages: try await history.count(in: known.id.row),
                    unsent: known.outbox.unsent + (known.hasDraft ? 1 : 0)))
        }
        return found
    }

    /// The conversation that `name` is for: a handle, with or without @, or a group's uuid. Of
    /// several with one person, the longest.
    ///
    /// - Throws: `ArchiveError.unknown`, `HistoryFault`.
    public func conversation(_ name: String) async throws -> Conversation {
        let handle = name.hasPrefix("@") ? String(name.dropFirst()) : name
        let named = try await conversations().filter { $0.title.handle.isExactly(handle) || $0.group == name }
        guard let longest = named.max(by: { $0.messages < $1.messages }) else { throw ArchiveError.unknown(name) }
        return longest
    }

    /// The newest messages that hold every word of `typed`, the last as far as it is written.
    ///
    /// - Throws: `HistoryFault`.
    public func search(_ typed: String, limit: Int) async throws -> [SearchHit] {
        try await history.search(typed, limit: limit)
    }

    /// All messages, oldest first, in pages; last, what is in the outbox.
    ///
    /// - Throws: `HistoryFault`; what `body` throws.
    public func forEachPage(
        of conversation: Conversation, _ body: ([TranscriptEntry]) throws -> Void
    ) async throws {
        var last: StoredMessage?
        while true {
            let page = try await history.page(of: conversation.id.row, after: last)
            guard let end = page.last else { break }
            try body(page.map { TranscriptEntry($0.message, me: me, isBeforeGap: $0.isBeforeGap) })
            last = end
        }
        let unlisted = try await history.content(TranscriptWindow(), of: conversation.id.row, me: me).outgoing
        if !unlisted.isEmpty { try body(unlisted.map { TranscriptEntry($0, me: me) }) }
    }

    /// What is in line or on its way, in the order written.
    ///
    /// - Throws: `HistoryFault`.
    public func outbox() async throws -> [OutboxEntry] {
        let path = path
        // Where nothing can be written, it is shown as it stands.
        try? await history.settleCommands(path, me: me)
        return try await history.outbox().map { entry in
            var entry = entry
            entry.isAttended = !HistoryOwner.isGone(entry.outgoing.owner, path)
            return entry
        }
    }

    /// Takes a message out of the outbox, unless it is just being sent or was taken by a server.
    ///
    /// - Returns: whether it did.
    /// - Throws: `HistoryFault`.
    public func discard(_ entry: OutboxEntry) async throws -> Bool {
        try await history.remove(entry.id) != nil
    }

    /// Wipes a conversation with all that was said, written and not sent; `nil`: all of them.
    ///
    /// - Throws: `HistoryFault`.
    public func forget(_ conversation: Conversation?) async throws {
        try await history.forget(conversation?.id.row)
    }
}

/// Why there is nothing to look into.
public enum ArchiveError: Error, Equatable, CustomStringConvertible {
    case disabled
    case missing(String)
    case unknown(String)

    public var description: String {
        switch self {
        case .disabled: "history.enabled is false: nothing is kept"
        case .missing(let path): "there is no history yet at \(path); the chat begins it"
        case .unknown(let name): "the history has no conversation with \(name)"
        }
    }
}
