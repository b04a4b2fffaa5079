import Timestamps

/// What is known of one conversation; its messages are in the history.
package struct Conversation: Sendable {
    /// Where it stands in the history.
    package let row: Int64
    /// `nil` until the first message has made one.
    let group: String?
    let title: UserShort
    /// Messages up to here have been seen.
    let readUntil: Timestamp
    /// The last message's text and time, as the server's list told them; `nil`: never listed.
    var preview = ""
    var movedAt: Timestamp?
    /// Whether the server's list still has it.
    var isListed = true
    /// The first message of all is known.
    var reachesStart = false
    /// The newest message known.
    var newest: Message?
    /// How many messages of the other are newer than the read mark.
    var unread = 0
    /// There may be more, that were missed.
    var hasMoreUnread = false
    /// In the order written.
    var outgoing: [Outgoing] = []
    /// Those of them that the transcript shows already.
    var listedOutgoing: Set<Outgoing.ID> = []

    /// What is known of it since the program's start only.
    var live = Live()

    struct Live: Sendable {
        /// Whether a poll has answered.
        var isLoaded = false
        /// `false` once the server has shown that it cannot tell older messages.
        var canReadBack = true
        var isLoadingOlder = false
        /// Answers of the list in a row that lacked it.
        var misses = 0
    }

    init(row: Int64, group: String?, title: UserShort, readUntil: Timestamp) {
        self.row = row
        self.group = group
        self.title = title
        self.readUntil = readUntil
    }

    var id: ConversationID { ConversationID(row) }

    /// Those on their way that no poll has listed yet.
    func waiting(me: String?) -> [TranscriptEntry] {
        outgoing.filter { !listedOutgoing.contains($0.id) }.map { TranscriptEntry($0, me: me) }
    }
}
