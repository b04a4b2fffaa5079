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

    /// Counts up within one session.
    public let id: Int
    public let text: String
    public let queuedAt: Timestamp
    public internal(set) var state: State
    /// What was listed when it was sent: none of these can be this message.
    var listedBefore: Set<Message.ID> = []
    /// The server's time of the newest message listed then.
    var after: Timestamp?
    /// Not to be tried earlier; since the session's start.
    var notBefore = Duration.zero

    public init(id: Int, text: String, queuedAt: Timestamp, state: State = .queued) {
        self.id = id
        self.text = text
        self.queuedAt = queuedAt
        self.state = state
    }

    /// Whether a listed message may be this one.
    var mayBeListed: Bool {
        switch state {
        case .sending, .sent, .unsure: true
        case .queued, .failed: false
        }
    }

    /// The server's own time, once it has told us.
    var sentAt: Timestamp? {
        if case .sent(let at) = state { return at }
        return nil
    }
}

/// Which listed messages are ours on their way: nobody shall see one twice.
///
/// The echo's uuid is the sender's in most deployments, so it is no help: a message is
/// known by its time, text and handle. Before the echo, and where the echo's time is
/// not the listed one, a message with the same text and handle that was not listed
/// before the sending counts.
public struct OutgoingMatch: Equatable, Sendable {
    /// Seconds by which a server's clocks may differ from each other.
    static let skew = 5.0

    /// Outgoing id to listed message.
    public private(set) var listed: [Int: Message.ID] = [:]

    public init(_ outgoing: [Outgoing], in messages: [Message], handle: String?) {
        guard outgoing.contains(where: \.mayBeListed) else { return }
        var taken: Set<Message.ID> = []
        for candidate in outgoing {
            guard let time = candidate.sentAt else { continue }
            let exact = messages.last {
                $0.at == time && Self.fits($0, candidate, handle) && !taken.contains($0.id)
            }
            if let exact {
                listed[candidate.id] = exact.id
                taken.insert(exact.id)
            }
        }
        for candidate in outgoing where candidate.mayBeListed && listed[candidate.id] == nil {
            let likely = messages.first {
                Self.fits($0, candidate, handle) && !taken.contains($0.id)
                    && !candidate.listedBefore.contains($0.id) && Self.isLikely($0, candidate)
            }
            if let likely {
                listed[candidate.id] = likely.id
                taken.insert(likely.id)
            }
        }
    }

    private static func fits(_ message: Message, _ outgoing: Outgoing, _ handle: String?) -> Bool {
        message.text == outgoing.text && (handle == nil || message.handle == handle)
    }

    private static func isLikely(_ message: Message, _ outgoing: Outgoing) -> Bool {
        if let time = outgoing.sentAt { return abs(message.at.seconds(since: time)) <= skew }
        // Older than what was there: it came from further back, not from us.
        if let after = outgoing.after { return message.at >= after.advanced(bySeconds: -skew) }
        return true
    }
}
