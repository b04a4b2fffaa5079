import ChatClient
import Timestamps

/// Everything that can happen to the interface.
enum Event: Sendable {
    case key(Key)
    /// Text between the marks of a bracketed paste.
    case paste(String)
    case resize(AppState.Size)
    case focus(Bool)
    case snapshot(ChatSnapshot)
    /// The answer to `Effect.lookUp`.
    case person(handle: String, Result<UserShort?, APIError>)
    /// The text of a message that was taken back for editing.
    case takenBack(String)
    /// What was written and not sent the last time.
    case drafts([ConversationID: String])
    /// A text that was to be sent is in the outbox now.
    case accepted(String)
    /// There was nowhere to keep it, or no such conversation any more.
    case notAccepted(String)
    /// The answer to `Effect.search`.
    case found(typed: String, [SearchHit])
    /// The process whose demo this one had joined is gone.
    case demoEnded
}

/// What the interface wants done by others.
enum Effect: Equatable, Sendable {
    case open(ConversationID)
    case send(String, to: ConversationID)
    case markRead(ConversationID, until: Timestamp)
    case loadOlder(ConversationID)
    case loadNewer(ConversationID)
    case show(TranscriptPlace)
    case openAt(ConversationID, Timestamp)
    case search(String)
    case lookUp(handle: String)
    case openWith(UserShort)
    case retry(Int, in: ConversationID)
    case discard(Int, in: ConversationID)
    case takeBack(Int, in: ConversationID)
    case keepDrafts([ConversationID: String])
    case refresh
    case noteActivity
    case focus(Bool)
    case redraw
    case suspend
    case quit
}
