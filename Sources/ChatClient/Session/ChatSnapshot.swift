import Timestamps

/// All that an interface shows, at one moment. Sent anew whenever something changes. It never says what is
/// selected: that is the interface's to know.
public struct ChatSnapshot: Sendable, Equatable {
    /// Your handle, once it is known.
    public var me: String?
    /// What the pool knows you by, where that is known: for who signs in again.
    public var signInName: String?
    /// Whether there is a pool to sign in at.
    public var canSignIn = false
    /// The backend's host.
    public var backend: String
    /// The profile in use, if any.
    public let profile: String?
    /// Real people are there.
    public let isProduction: Bool
    /// Nothing can be sent.
    public let isReadOnly: Bool
    /// The pinned ones, then the others, each newest first.
    public var conversations: [ConversationSummary] = []
    /// Those that were put away, newest first.
    public var archived: [ConversationSummary] = []
    /// Of the conversation that was shown last, once it has been read.
    public var transcript: Transcript?
    public var connection = Connection()
    /// Whether the history has been read: before, an empty list means nothing.
    public var isRestored = false
    /// Whether the server's list of groups has been answered at least once.
    public var hasGroups = false
    /// Messages that are not known to be stored anywhere but here.
    public var unsent = 0
    /// How much of all conversations is here, for a search.
    public var reach = SearchReach()
    /// Rows of the server's last answers that were left out because they could not be read.
    public var unreadableRows = 0
    /// Whether what is shown and written outlives the program.
    public var keeping = Keeping.onDisk
    /// What the person should know, once.
    public var notice: String?

    public init(
        me: String? = nil, backend: String, profile: String? = nil, isProduction: Bool = false, isReadOnly: Bool = false
    ) {
        self.me = me
        self.profile = profile
        self.isProduction = isProduction
        self.isReadOnly = isReadOnly
        self.backend = backend
    }
}
