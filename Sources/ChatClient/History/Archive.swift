import Foundation
import Timestamps

/// The history without a session: for commands that ask no server.
public struct Archive: Sendable {
    private let history: History
    private let me: String?
    /// The file.
    public let path: String

    /// - Throws: `ArchiveError`.
    public init(_ configuration: ClientConfiguration, dataFolder: String) throws {
        guard configuration.keepsHistory else { throw ArchiveError.disabled }
        let file = HistoryFile(configuration, in: dataFolder)
        guard file.exists else { throw ArchiveError.missing(file.path) }
        history = try Self.open(file)
        path = file.path
        me = TokenClaims(unverified: configuration.tokens.identity ?? "")?.handle ?? configuration.handle
    }

    private static func open(_ file: HistoryFile) throws -> History {
        do {
            return try file.open(at: SystemClock().now()).history
        } catch HistoryFault.readOnly {
            return try file.openReadOnly()
        } catch HistoryFault.full {
            return try file.openReadOnly()
        }
    }

    /// A conversation as the history holds it.
    public struct Conversation: Sendable {
        public let id: ConversationID
        public let title: UserShort
        public let messages: Int
        /// Messages in the outbox, and a draft, which no server has.
        public let unsent: Int
        let row: Int64
        let outgoing: [Outgoing]
    }

    /// - Throws: `HistoryFault`.
    public func conversations() throws -> [Conversation] {
        let drafts = try history.drafts()
        return try history.conversations(me: me).map { known in
            Conversation(
                id: known.id, title: known.title, messages: try history.count(in: known.row),
                unsent: known.outgoing.count + (drafts[known.id] == nil ? 0 : 1), row: known.row,
                outgoing: known.outgoing)
        }
    }

    /// The conversation that `name` is for: a handle, with or without @, or a group's uuid. Of
    /// several with one person, the longest.
    ///
    /// - Throws: `ArchiveError.unknown`, `HistoryFault`.
    public func conversation(_ name: String) throws -> Conversation {
        let handle = name.hasPrefix("@") ? String(name.dropFirst()) : name
        let named = try conversations().filter { $0.title.handle == handle || $0.title.handle == name }
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
    public func forEachPage(of conversation: Conversation, _ body: ([TranscriptEntry]) throws -> Void) throws {
        try history.forEachPage(of: conversation.row) { page in
            try body(page.map { TranscriptEntry($0.message, me: me, isBeforeGap: $0.isBeforeGap) })
        }
        if !conversation.outgoing.isEmpty { try body(conversation.outgoing.map { TranscriptEntry($0, me: me) }) }
    }

    /// Wipes a conversation with all that was said, written and not sent; `nil`: all of them.
    ///
    /// - Throws: `HistoryFault`.
    public func forget(_ conversation: Conversation?) throws {
        try history.forget(conversation?.row)
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
