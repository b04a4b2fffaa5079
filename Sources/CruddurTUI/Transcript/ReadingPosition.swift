import ChatClient

/// Where in a transcript a reader is.
enum ReadingPosition: Equatable, Sendable {
    /// The newest message stays in view.
    case newest
    /// The oldest message that is known stays in view, while older ones are fetched.
    case oldest
    /// This entry's row is at the top, whatever arrives.
    case top(TranscriptEntry.ID, row: Int)
}
