import ChatClient

/// A text that has left the compose line, until it is known to be in the outbox.
struct Submission: Equatable, Sendable, Identifiable {
    /// Names it in this program; counts up.
    struct ID: Hashable, Sendable {
        let number: Int
    }

    let id: ID
    let text: String
}
