import Foundation
import Timestamps

/// The front door of the client: what an interface shows, asks and listens to.
///
///     let session = ChatSession(configuration: configuration, dataFolder: folder)
///     Task { await session.run() }
///     for await snapshot in session.updates { draw(snapshot) }
public actor ChatSession {
    /// Snapshots; a slow reader gets the newest only.
    public nonisolated let updates: AsyncStream<ChatSnapshot>

    /// - Parameters:
    ///   - dataFolder: where histories are kept; `nil`: in memory only.
    ///   - wakes: when to look at once, whatever the schedule says; `nil`: when the system says so.
    ///   - random: uniform in 0...1; the jitter of the backoff.
    public init(
        configuration: ClientConfiguration, dataFolder: String? = nil, clock: any SessionClock = SystemClock(),
        wakes: AsyncStream<Wake>? = nil, random: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) { (updates, _) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Works until the task is cancelled; when it returns, nothing of it is alive.
    public func run() async {}

    // MARK: Reading

    /// Brings this conversation's transcript into the snapshots, from now on; it is polled.
    public func show(_ id: ConversationID, at place: TranscriptPlace = .newest) async {}

    /// Shows older messages as well: of the history, or of the server where the history ends.
    public func loadOlder(_ id: ConversationID) async {}

    /// Shows newer messages as well.
    public func loadNewer(_ id: ConversationID) async {}

    /// All that had been told of this conversation when a transcript said `told` has been seen.
    public func markRead(_ id: ConversationID, told: Int64) async {}

    /// The conversation with the person of this handle: the one there is, or one that its first message will make
    /// a group. `nil`: nobody has the handle.
    ///
    /// - Throws: `APIError`.
    public func conversation(with handle: String) async throws(APIError) -> FoundConversation? { nil }

    /// The newest messages of all conversations that hold every word of `typed`, the last word as far as it is
    /// written.
    ///
    /// - Throws: `HistoryFault`; `CancellationError` when the task is cancelled meanwhile.
    public func search(_ typed: String, limit: Int = 50) async throws -> [SearchHit] { [] }

    // MARK: Writing

    /// Puts `text` in line. When this returns, it is in the history, and the draft is what `draft` says.
    ///
    /// - Parameter draft: what is written here and not sent, without `text`.
    /// - Returns: the message; `nil` if it could not be taken: no such conversation, or all are for reading only.
    @discardableResult
    public func send(_ text: String, to id: ConversationID, draft: String? = nil) async -> Outgoing? { nil }

    /// Sends a failed message, or one that nobody knows of, once more.
    public func retry(_ outgoing: Outgoing.ID, in id: ConversationID) async {}

    /// Forgets a message that is not being sent.
    ///
    /// - Returns: its text.
    @discardableResult
    public func discard(_ outgoing: Outgoing.ID, in id: ConversationID) async -> String? { nil }

    /// What was written and not sent the last time.
    public func drafts() async -> [ConversationID: String] { [:] }

    /// The draft is this now; `nil`: there is none. It is on disk a moment later.
    public func keep(draft: String?, of id: ConversationID) async {}

    // MARK: The person

    /// The person is here: polls keep their pace.
    public func noteActivity() async {}

    /// Nobody looks: polls slow down; or somebody does again.
    public func setFocus(_ isFocused: Bool) async {}

    /// Polls now, also while waiting after a fault; tries again what waits to be sent.
    public func refresh() async {}

    /// Waits until nothing is being sent, but no longer than `limit`; then writes all that is not on disk yet.
    ///
    /// - Returns: what is left.
    public func finishSending(within limit: Duration) async -> Unsent { Unsent(isKept: true) }

    /// What a session leaves behind.
    public struct Unsent: Sendable {
        /// It is in the history, for the next time.
        public let isKept: Bool
        /// Certainly not stored by any server.
        public var waiting: [String] = []
        /// Perhaps.
        public var unsure: [String] = []
        /// Drafts that could not be kept.
        public var drafts: [String] = []
    }
}

/// A place in a transcript.
public enum TranscriptPlace: Equatable, Sendable {
    case newest, oldest
    case around(Timestamp)
}
