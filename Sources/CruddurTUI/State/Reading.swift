import ChatClient
import Timestamps

/// Where a reader is in one conversation, and what they have seen of it.
struct Reading: Equatable, Sendable {
    var position = ReadingPosition.newest
    /// When the entry at the top was written: there the transcript is asked for after a Tab away and back.
    var topAt: Timestamp?
    /// The entry above which the unread line stands.
    var unreadLine: TranscriptEntry.ID?
    /// The last message when the reader left the bottom.
    var lastSeen: TranscriptEntry.ID?
    /// What a search has found: to be brought into view, and shown.
    var wanted: TranscriptEntry.ID?
    var marked: TranscriptEntry.ID?
    /// The message that is selected.
    var chosen: TranscriptEntry.ID?
    /// The first message from then on is to be brought into view.
    var wantedAt: Timestamp?
    /// The person has said that it is unread: looking at it changes nothing.
    var isHeldUnread = false
    /// Until a server has told what came while nobody was here: that is unread, and not just coming in.
    var isArriving = true
    /// What was last told to have been read.
    var readUpTo: Int64?

    /// Where the transcript is to be read from on coming back.
    var place: TranscriptPlace {
        switch position {
        case .newest: .newest
        case .oldest: .oldest
        case .top: topAt.map(TranscriptPlace.around) ?? .newest
        }
    }

    /// Back at the bottom.
    mutating func returnToNewest() {
        position = .newest
        topAt = nil
        lastSeen = nil
    }
}
