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
        /// It may have been stored, and is sent again by itself: the server keeps keys, and stores one of two.
        case repeating(reason: String)
    }

    /// How it was sent the first time, to a server that keeps keys. If it is sent again, it must be the same request.
    struct FirstTry: Hashable, Sendable {
        /// By our wall clock.
        let at: Timestamp
        let to: MessageAddress
    }

    /// Names it in its history; counts up.
    public struct ID: Hashable, Sendable, Comparable, CustomStringConvertible {
        package let number: Int64

        package init(_ number: Int64) { self.number = number }

        public var description: String { "\(number)" }

        public static func < (lhs: ID, rhs: ID) -> Bool { lhs.number < rhs.number }
    }

    public internal(set) var id: ID
    public let text: String
    public let queuedAt: Timestamp
    /// The process that sends it.
    let owner: String
    public internal(set) var state: State
    /// How many pages had been merged when it was sent: none of theirs can be this message.
    var mergedBefore: Int64 = 0
    /// An earlier try may have arrived.
    var wasUnsure = false
    /// Names it for a server, once and for all: no other message has it, and nobody can guess it.
    var key = ""
    /// `nil`: it was not sent yet, or to a server that may not keep keys.
    var firstTry: FirstTry?

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
        case .sending, .sent, .unsure, .repeating: true
        case .queued, .failed: wasUnsure
        }
    }

    /// Whether a server that keeps keys for `lifetime` seconds still knows of the first try. Half of that is trusted:
    /// the clock may have been set since.
    func isRemembered(at time: Timestamp, lifetime: Double) -> Bool {
        guard let age = firstTry.map({ time.seconds(since: $0.at) }) else { return false }
        return age >= 0 && age < lifetime / 2
    }

    /// The server's own time, once it has told us.
    var sentAt: Timestamp? {
        if case .sent(let at) = state { return at }
        return nil
    }
}
