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
    public struct ID: Hashable, Sendable, Comparable {
        package let number: Int64

        package init(_ number: Int64) { self.number = number }

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
    /// The server's time of the newest message known then.
    var after: Timestamp?

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
/// not the listed one, a message with the same text and handle that was not known
/// before the sending counts.
struct OutgoingMatch: Equatable, Sendable {
    /// Seconds by which a server's clocks may differ from each other.
    static let skew = 5.0

    /// Outgoing id to the listed message's id.
    private(set) var listed: [Outgoing.ID: Int64] = [:]

    init(_ outgoing: [Outgoing], in messages: [StoredMessage], handle: String?) {
        guard outgoing.contains(where: \.mayBeListed) else { return }
        var taken: Set<Int64> = []
        for candidate in outgoing {
            guard let time = candidate.sentAt else { continue }
            let exact = messages.last {
                $0.message.at == time && Self.fits($0, candidate, handle) && !taken.contains($0.id)
            }
            if let exact {
                listed[candidate.id] = exact.id
                taken.insert(exact.id)
            }
        }
        for candidate in outgoing where candidate.mayBeListed && listed[candidate.id] == nil {
            let likely = messages.first {
                Self.fits($0, candidate, handle) && !taken.contains($0.id) && Self.isLikely($0.message, candidate)
            }
            if let likely {
                listed[candidate.id] = likely.id
                taken.insert(likely.id)
            }
        }
    }

    private static func fits(_ message: StoredMessage, _ outgoing: Outgoing, _ handle: String?) -> Bool {
        message.merged > outgoing.mergedBefore && message.message.text == outgoing.text
            && (handle == nil || message.message.handle == handle)
    }

    private static func isLikely(_ message: Message, _ outgoing: Outgoing) -> Bool {
        if let time = outgoing.sentAt { return abs(message.at.seconds(since: time)) <= skew }
        // Older than what was there: it came from further back, not from us.
        if let after = outgoing.after { return message.at >= after.advanced(bySeconds: -skew) }
        return true
    }
}
