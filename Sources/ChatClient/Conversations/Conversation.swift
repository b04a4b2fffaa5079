import ExactText
import Timestamps

/// What is known of one conversation; its messages are in the history.
package struct Conversation: Sendable {
    package let id: ConversationID
    /// `nil` until the first message has made one.
    let group: String?
    let title: UserShort
    /// The last message that was told, by a page or by the server's list; `nil`: none was.
    var last: LastMessage?
    /// Whether the server's list still has it.
    var isListed = true
    /// The first message of all is known.
    var reachesStart = false
    /// Messages of the other that nobody has looked at.
    var unread = 0
    /// There may be more, that were missed.
    var hasMoreUnread = false
    /// The server's list tells of a message that is not here.
    var isBehind = false
    var staleRow: ConversationSummary.StaleRow?
    var hasDraft = false
    var keeping: ConversationKeeping = []
    /// The time of the message at the top of the screen, when one was there last; `nil`: at the newest.
    var place: Timestamp?
    var outbox = Outbox()
    /// The number of its last change.
    let changed: Int64

    struct LastMessage: Equatable, Sendable {
        let text: String
        let at: Timestamp
        /// Whose it is; `nil` where only the server's list has told of it, which does not say.
        var writer: String?
    }

    /// What of it is on its way.
    struct Outbox: Equatable, Sendable {
        /// Not known to be stored anywhere but here.
        var unsent = 0
        /// A list may hold some of it.
        var mayBeListed = false
        /// What was written last, and how far it has come.
        var newest: LastMessage?
        var newestState: Outgoing.State?
        var isEmpty: Bool { newest == nil }
    }

    /// Its row of the left pane, for those who know it as `name`. `listedAfter` in seconds; `me` is your handle, as
    /// far as it is known.
    func summary(as name: ConversationID, listedAfter: Double?, me: String?) -> ConversationSummary {
        // What is on its way is the newest that was said, whatever the clocks say.
        let shown = outbox.newest ?? last
        return ConversationSummary(
            id: name, group: group, title: title, preview: shown?.text ?? "", at: shown?.at,
            previewState: outbox.newestState, isPreviewOwn: isOwn(shown, me), unread: unread,
            hasMoreUnread: unread > 0 && hasMoreUnread,
            isListed: isListed, unsent: outbox.unsent,
            listedAfter: listedAfter, staleRow: staleRow, keeping: keeping, place: place)
    }

    /// What is written and not sent is not put away.
    var isArchived: Bool { keeping.contains(.archived) && outbox.unsent == 0 && !hasDraft }

    private func isOwn(_ message: LastMessage?, _ me: String?) -> Bool {
        if outbox.newest != nil { return true }
        guard let writer = message?.writer else { return false }
        return me.map { writer.isExactly($0) } ?? !writer.isExactly(title.handle)
    }
}
