import ChatClient
import TerminalText
import Timestamps

/// A message, as every command prints it for programs: docs/output.schema.json has its fields.
struct MessageOutput: Encodable {
    let type = "message"
    /// The conversation's; none before the first message has made a group.
    let messageGroupUuid: String?
    /// The other's handle.
    let with: String
    /// None as long as the server does not list the message.
    let uuid: String?
    /// The sender's.
    let handle: String
    let displayName: String
    let message: String
    /// ISO 8601 in UTC.
    let createdAt: String
    let own: Bool
    /// How far it has come, if the server does not list it.
    let delivery: String?

    private let at: Timestamp
    private let words: String?

    private enum CodingKeys: String, CodingKey {
        case type, messageGroupUuid, with, uuid, handle, displayName, message, createdAt, own, delivery
    }

    init(_ entry: TranscriptEntry, group: String?, with title: UserShort) {
        messageGroupUuid = group
        with = title.handle
        if case .message(let id) = entry.id { uuid = id.uuid } else { uuid = nil }
        handle = entry.handle
        displayName = entry.displayName
        message = entry.text
        createdAt = entry.at.description
        own = entry.isOwn
        delivery = entry.delivery?.word
        at = entry.at
        words = entry.delivery?.words
    }

    /// - Parameter me: your handle, as far as it is known.
    init(_ hit: SearchHit, me: String?) {
        self.init(TranscriptEntry(hit.message, me: me, other: hit.title.handle), group: hit.group, with: hit.title)
    }
}

extension MessageOutput {
    /// A line for people or, where no person reads it, fields with tabs between: when and in which zone, in which
    /// conversation if there are several, who, how far it has come, what.
    func line(namesConversation: Bool) -> PrintableText {
        let time = LocalTime.system
        guard Output.isTerminal else {
            let with: PrintableText = namesConversation ? "@\(with)\t" : ""
            return "\(time.iso8601(at))\t\(with)@\(handle)\t\(words.map { "(\($0))" } ?? "")\t\(message)"
        }
        let conversation: PrintableText = namesConversation ? "with @\(with)  " : ""
        let state: PrintableText = words.map { "(\($0))  " } ?? ""
        return "\(time.day(at)) \(time.clock(at))  \(conversation)@\(handle)  \(state)\(message)"
    }
}

/// Prints messages, in the one way or the other.
struct MessagePrinter: Sendable {
    let json: Bool
    /// They are of several conversations.
    var namesConversation = false

    /// - Throws: `OutputFault`.
    func show(_ message: MessageOutput) throws {
        if json {
            try Output.jsonLine(message)
        } else {
            try Output.line(message.line(namesConversation: namesConversation))
        }
    }
}

/// A conversation, as `groups` prints it for programs.
struct GroupOutput: Encodable {
    let type = "conversation"
    let uuid: String?
    let handle: String
    let displayName: String
    let message: String
    let createdAt: String?
    /// You wrote the message; `false` also where nobody knows.
    let own: Bool
    /// How far the message has come, if the server does not list it.
    let delivery: String?
    let unread: Int
    /// There may be more of them.
    let hasMoreUnread: Bool
    /// Messages of yours that are not known to be stored anywhere but here.
    let waiting: Int
    /// Whether the server's list has it.
    let listed: Bool

    private enum CodingKeys: String, CodingKey {
        case type, uuid, handle, displayName, message, createdAt, own, delivery, unread, hasMoreUnread, waiting, listed
    }

    init(_ group: ConversationSummary) {
        uuid = group.group
        handle = group.title.handle
        displayName = group.title.displayName
        message = group.preview
        createdAt = group.at?.description
        own = group.isPreviewOwn
        delivery = group.previewState?.word
        unread = group.unread
        hasMoreUnread = group.hasMoreUnread
        waiting = group.unsent
        listed = group.isListed
    }
}

extension ConversationSummary {
    /// A line for people or, where no person reads it, fields with tabs between: when, who, unread, how far it has come,
    /// what.
    var line: PrintableText {
        let time = LocalTime.system
        let state = previewState.map { "(\($0.words))" }
        guard Output.isTerminal else {
            let when = at.map(time.iso8601) ?? ""
            return "\(when)\t@\(title.handle)\t\(unread)\t\(state ?? "")\t\(preview)"
        }
        let when = at.map { "\(time.day($0)) \(time.clock($0))" } ?? "                "
        let new: PrintableText = unread > 0 ? "(\(unread)\(hasMoreUnread ? "+" : "") unread)  " : ""
        let how: PrintableText = state.map { "\($0)  " } ?? ""
        return "\(when)  @\(title.handle)  \(new)\(how)\(preview)"
    }
}
