import Timestamps

/// All that an interface shows, at one moment. Sent anew whenever something changes. It never says what is
/// selected: that is the interface's to know.
public struct ChatSnapshot: Sendable, Equatable {
    /// Your handle, once it is known.
    public var me: String?
    /// The backend's host.
    public var backend: String
    /// Nothing can be sent.
    public let isReadOnly: Bool
    /// Newest first.
    public var conversations: [ConversationSummary] = []
    /// Of the conversation that was shown last, once it has been read.
    public var transcript: Transcript?
    public var connection = Connection()
    /// Whether the history has been read: before, an empty list means nothing.
    public var isRestored = false
    /// Whether the server's list of groups has been answered at least once.
    public var hasGroups = false
    /// Messages that are not known to be stored anywhere but here.
    public var unsent = 0
    /// Rows of the server's last answers that were left out because they could not be read.
    public var unreadableRows = 0
    /// Whether what is shown and written outlives the program.
    public var keeping = Keeping.onDisk
    /// What the person should know, once.
    public var notice: String?

    public init(me: String? = nil, backend: String, isReadOnly: Bool = false) {
        self.me = me
        self.isReadOnly = isReadOnly
        self.backend = backend
    }
}

/// Where what is said and written is kept.
public enum Keeping: Equatable, Sendable {
    case onDisk
    case inMemoryByChoice
    /// The disk takes nothing at present.
    case inMemory(because: HistoryFault)
}

/// A row of the left pane.
public struct ConversationSummary: Sendable, Equatable, Identifiable {
    public let id: ConversationID
    /// The group's uuid, once the first message has made one.
    public let group: String?
    public let title: UserShort
    /// The last message's text; empty before the first.
    public let preview: String
    /// When that was; `nil` before the first.
    public let at: Timestamp?
    /// How far that message has come, if it is ours and no server has listed it.
    public let previewState: Outgoing.State?
    /// Messages of the other that nobody has looked at here.
    public let unread: Int
    /// More than `unread`: older ones may have been missed.
    public let hasMoreUnread: Bool
    /// Whether the server's list still has it.
    public let isListed: Bool
    /// Messages of ours that are not known to be stored anywhere but here.
    public let unsent: Int
    /// Seconds from the server's taking our last message to the first list that we saw it in: the
    /// stream's lag, and what the polls added to it. `nil` until one was seen.
    public let listedAfter: Double?

    public init(
        id: ConversationID, group: String? = nil, title: UserShort, preview: String, at: Timestamp?,
        previewState: Outgoing.State? = nil, unread: Int = 0, hasMoreUnread: Bool = false, isListed: Bool = true, unsent: Int = 0, listedAfter: Double? = nil
    ) {
        self.id = id
        self.group = group
        self.title = title
        self.preview = preview
        self.at = at
        self.previewState = previewState
        self.unread = unread
        self.hasMoreUnread = hasMoreUnread
        self.isListed = isListed
        self.unsent = unsent
        self.listedAfter = listedAfter
    }
}

/// The right pane: a part of one conversation.
public struct Transcript: Sendable, Equatable {
    public let id: ConversationID
    public let title: UserShort
    /// Whether the first message has made it a group.
    public let isGroup: Bool
    /// Oldest first; last, what is on its way.
    public let entries: [TranscriptEntry]
    /// What had been told when this was read, for `ChatSession.markRead`.
    public let told: Int64
    /// Whether it is known what there is: before, no entries means nothing.
    public let isLoaded: Bool
    /// Whether a server has told it since the program's start.
    public let isFresh: Bool
    /// Messages after the last entry, which are not among the entries; counted up to 10,000.
    public let newer: Int

    public init(
        id: ConversationID, title: UserShort, isGroup: Bool = true, entries: [TranscriptEntry], told: Int64 = 0,
        isLoaded: Bool, isFresh: Bool = true, newer: Int = 0
    ) {
        self.id = id
        self.title = title
        self.isGroup = isGroup
        self.entries = entries
        self.told = told
        self.isLoaded = isLoaded
        self.isFresh = isFresh
        self.newer = newer
    }
}

/// A conversation that was looked for by a handle.
public struct FoundConversation: Sendable, Equatable {
    public let id: ConversationID
    public let title: UserShort

    public init(id: ConversationID, title: UserShort) {
        self.id = id
        self.title = title
    }
}

/// How things stand with the server.
public struct Connection: Sendable, Equatable {
    public enum State: Sendable, Equatable {
        case connecting
        case online
        /// A server cannot be reached, or is in trouble; `reason` says which and why. `nextTry` is set when it
        /// is known.
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
