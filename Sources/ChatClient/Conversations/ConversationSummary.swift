import Timestamps

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
    /// You wrote that message. Where only the server's list has told of it, nobody knows who did, and this is false.
    public let isPreviewOwn: Bool
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
    /// The server's row, where it tells less than is known: its stream has not moved it yet, or never will.
    public let staleRow: StaleRow?

    /// What you want of it.
    public var keeping: ConversationKeeping
    /// The time of the message that was at the top of the screen when one was there last; `nil`: one was at the newest.
    public let place: Timestamp?

    public struct StaleRow: Sendable, Hashable {
        /// The time that the row tells.
        public let at: Timestamp
        /// When the message was written that it does not tell of, at the same clock.
        public let since: Timestamp

        public init(at: Timestamp, since: Timestamp) {
            self.at = at
            self.since = since
        }
    }

    public init(
        id: ConversationID, group: String? = nil, title: UserShort, preview: String, at: Timestamp?,
        previewState: Outgoing.State? = nil, isPreviewOwn: Bool = false, unread: Int = 0, hasMoreUnread: Bool = false,
        isListed: Bool = true,
        unsent: Int = 0, listedAfter: Double? = nil, staleRow: StaleRow? = nil,
        keeping: ConversationKeeping = [], place: Timestamp? = nil
    ) {
        self.id = id
        self.group = group
        self.title = title
        self.preview = preview
        self.at = at
        self.previewState = previewState
        self.isPreviewOwn = isPreviewOwn
        self.unread = unread
        self.hasMoreUnread = hasMoreUnread
        self.isListed = isListed
        self.unsent = unsent
        self.listedAfter = listedAfter
        self.staleRow = staleRow
        self.keeping = keeping
        self.place = place
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
