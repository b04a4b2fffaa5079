import Timestamps

/// A message of ours on its way: from the compose line until a poll lists it.
public struct Outgoing: Hashable, Sendable {
    /// How far it has come.
    public enum State: Hashable, Sendable {
        /// Waits for its turn, or for the network.
        case queued
        case sending
        /// The server took it. `at` is its own time, where it told us.
        case sent(at: Timestamp?)
        /// It was certainly not stored.
        case failed(reason: String)
        /// It may have been stored: the conversation is being read back.
        case unsure(reason: String)
    }

    /// Names it in its history; counts up.
    public struct ID: Hashable, Sendable, Comparable, CustomStringConvertible {
        package let number: Int64

        package init(_ number: Int64) { self.number = number }

        public var description: String { "\(number)" }

        public static func < (lhs: ID, rhs: ID) -> Bool { lhs.number < rhs.number }
    }

    public let id: ID
    public let text: String
    public let queuedAt: Timestamp
    /// The process that sends it.
    let owner: String
    public internal(set) var state: State
    /// How many pages had been merged when it was sent: none of theirs can be this message.
    var mergedBefore: Int64 = 0
    /// An earlier try may have arrived.
    var wasUnsure = false

    public init(id: ID, text: String, queuedAt: Timestamp, owner: String = "", state: State = .queued) {
        self.id = id
        self.text = text
        self.queuedAt = queuedAt
        self.owner = owner
        self.state = state
    }

    /// Whether a listed message may be this one.
    var mayBeListed: Bool {
        switch state {
        case .sending, .sent, .unsure: true
        case .queued, .failed: wasUnsure
        }
    }

    /// The server's own time, once it has told us.
    var sentAt: Timestamp? {
        if case .sent(let at) = state { return at }
        return nil
    }
}
