import Timestamps

/// How things stand with the server.
public struct Connection: Sendable, Equatable {
    public enum State: Sendable, Equatable {
        case connecting
        case online
        /// A server cannot be reached, or is in trouble; `reason` says which and why. `nextTry` is set when it
        /// is known.
        case offline(reason: String, since: Timestamp, nextTry: Timestamp?)
        /// The token is not accepted and cannot be refreshed.
        /// `reason`, where it is known, stands behind "your sign-in has ended: "; it may be a pool's text.
        case signedOut(expired: Timestamp?, reason: String? = nil)
    }

    public var state: State
    /// When the server last answered.
    public var lastRefresh: Timestamp?
    /// By when it should have answered again; later than that, it is silent. `nil` while nothing is expected.
    public var answerDue: Timestamp?

    public init(state: State = .connecting, lastRefresh: Timestamp? = nil, answerDue: Timestamp? = nil) {
        self.state = state
        self.lastRefresh = lastRefresh
        self.answerDue = answerDue
    }
}
