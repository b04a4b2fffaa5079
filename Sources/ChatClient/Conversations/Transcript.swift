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
