import Timestamps

/// All that an interface shows, at one moment. Sent anew whenever something changes.
public struct ChatSnapshot: Sendable, Equatable {
    /// Your handle, once it is known.
    public var me: String?
    /// The backend's host.
    public var backend: String
    /// Nothing can be sent.
    public let isReadOnly: Bool
    /// Newest first.
    public var conversations: [ConversationSummary] = []
    /// The conversation on screen.
    public var open: OpenConversation?
    public var connection = Connection()
    /// Whether the list of groups has been answered at least once.
    public var hasGroups = false
    /// Messages that are not known to be stored anywhere but here.
    public var unsent = 0
    /// Rows of the server's last answers that were left out because they could not be read.
    public var unreadableRows = 0
    /// Whether what is shown and written outlives the program.
    public var keeping = Keeping.onDisk
    /// What the history has to say, once.
    public var notice: String?
    /// How long the stream took to show our last message in the groups; seconds.
    public var streamLag: Double?

    public init(me: String? = nil, backend: String, isReadOnly: Bool = false) {
        self.me = me
        self.isReadOnly = isReadOnly
        self.backend = backend
    }

}

/// A row of the left pane.
public struct ConversationSummary: Sendable, Equatable, Identifiable {
    public let id: ConversationID
    public let title: UserShort
    /// The last message's text; empty before the first.
    public let preview: String
    public let at: Timestamp
    public let unread: Int
    /// More than `unread`: older ones may have been missed.
    public let hasMoreUnread: Bool
    /// Whether the server's list still has it.
    public let isListed: Bool

    public init(
        id: ConversationID, title: UserShort, preview: String, at: Timestamp, unread: Int, hasMoreUnread: Bool = false,
        isListed: Bool = true
    ) {
        self.id = id
        self.title = title
        self.preview = preview
        self.at = at
        self.unread = unread
        self.hasMoreUnread = hasMoreUnread
        self.isListed = isListed
    }
}

/// The right pane.
public struct OpenConversation: Sendable, Equatable {
    public let id: ConversationID
    /// What it was called before its first message made it a group.
    public let formerID: ConversationID?
    public let title: UserShort
    /// Oldest first: a part of the conversation.
    public let entries: [TranscriptEntry]
    /// What had been seen when it was opened.
    public let readUntil: Timestamp
    public let isLoaded: Bool
    /// Whether a server has told it since the program's start.
    public let isFresh: Bool
    /// Whether the server's list still has it.
    public let isListed: Bool
    /// Messages after the last entry, which are not among the entries; counted up to 10,000.
    public let newer: Int

    public init(
        id: ConversationID, formerID: ConversationID? = nil, title: UserShort, entries: [TranscriptEntry],
        readUntil: Timestamp, isLoaded: Bool, isFresh: Bool = true, isListed: Bool = true,
        newer: Int = 0
    ) {
        self.id = id
        self.formerID = formerID
        self.title = title
        self.entries = entries
        self.readUntil = readUntil
        self.isLoaded = isLoaded
        self.isFresh = isFresh
        self.isListed = isListed
        self.newer = newer
    }
}

/// How things stand with the server.
public struct Connection: Sendable, Equatable {
    public enum State: Sendable, Equatable {
        case connecting
        case online
        /// The server cannot be reached, or is in trouble; `nextTry` is set when it is known.
        case offline(reason: String, since: Timestamp, nextTry: Timestamp?)
        /// The token is not accepted and cannot be refreshed.
        case signedOut(expired: Timestamp?)
    }

    public var state: State
    /// When the server last answered.
    public var lastRefresh: Timestamp?

    public init(state: State = .connecting, lastRefresh: Timestamp? = nil) {
        self.state = state
        self.lastRefresh = lastRefresh
    }
}
