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
    /// Drafts cannot be kept on disk, and why.
    case draftsNotKept(String)
    /// The process whose demo this one had joined is gone.
    case demoEnded
}

/// What the interface wants done by others.
enum Effect: Equatable, Sendable {
    case open(ConversationID)
    case send(String, to: ConversationID)
    case markRead(ConversationID, until: Timestamp)
    case loadOlder(ConversationID)
    case lookUp(handle: String)
    case openWith(UserShort)
    case retry(Int, in: ConversationID)
    case discard(Int, in: ConversationID)
    case takeBack(Int, in: ConversationID)
    case keepDrafts([ConversationID: String])
    case refresh
    case noteActivity
    case redraw
    case suspend
    case quit
}
