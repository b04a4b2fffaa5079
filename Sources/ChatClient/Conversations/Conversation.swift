import Timestamps

/// All that is known of one conversation.
struct Conversation: Sendable {
    var title: UserShort
    var transcript = Transcript()
    var outgoing: [Outgoing] = []
    /// Messages up to here have been seen.
    var readUntil: Timestamp
    /// Whether a poll has answered.
    var isLoaded = false
    /// After the message with this id, messages were missed: the page that followed had
    /// nothing known in it.
    var gaps: Set<Message.ID> = []
    /// The first message of all is known.
    var reachesStart = false
    /// `false` once the server has shown that it cannot tell older messages.
    var canReadBack = true
    var isLoadingOlder = false

    init(title: UserShort, readUntil: Timestamp) {
        self.title = title
        self.readUntil = readUntil
    }

    /// Takes in a page of the server's list.
    ///
    /// - Returns: the messages that were not known.
    mutating func merge(_ page: [Message], me: String?) -> [Message] {
        let newest = transcript.newest
        let connects = transcript.messages.isEmpty || page.contains { transcript.contains($0.id) }
        let new = transcript.merge(page)
        if !connects, let newest, let oldest = page.map(\.at).min(), oldest > newest.at {
            gaps.insert(newest.id)
        }
        isLoaded = true
        settle(me: me)
        return new
    }

    /// Takes in messages that stand before `message`, all there are between them and it.
    ///
    /// - Returns: whether there were any.
    mutating func mergeOlder(_ page: [Message], before message: Message) -> Bool {
        guard let oldest = page.map(\.at).min() else {
            reachesStart = true
            return false
        }
        let known = transcript.messages.filter { gaps.contains($0.id) }
        transcript.merge(page)
        // What the page reaches down to is no gap any more.
        for gap in known where gap.at >= oldest && gap.at < message.at { gaps.remove(gap.id) }
        return true
    }

    /// The first message behind the newest gap.
    var messageAfterLastGap: Message? {
        guard let gap = transcript.messages.lastIndex(where: { gaps.contains($0.id) }) else { return nil }
        return transcript.messages.indices.contains(gap + 1) ? transcript.messages[gap + 1] : nil
    }

    /// Drops what is confirmed: listed, with the server's own word that it was taken.
    private mutating func settle(me: String?) {
        let match = OutgoingMatch(outgoing, in: transcript.messages, handle: me)
        outgoing.removeAll { candidate in
            guard match.listed[candidate.id] != nil else { return false }
            switch candidate.state {
            case .sent, .unsure: return true
            case .queued, .sending, .failed: return false
            }
        }
    }

    /// How many messages of the other are newer than the read mark.
    func unread(me: String?) -> Int {
        transcript.messages.reversed().prefix { $0.at > readUntil }.count { $0.handle != me }
    }

    /// The transcript with what is on its way below it, each message once.
    func entries(me: String?) -> [TranscriptEntry] {
        let match = OutgoingMatch(outgoing, in: transcript.messages, handle: me)
        let listed = transcript.messages.map {
            TranscriptEntry($0, me: me, isBeforeGap: gaps.contains($0.id))
        }
        return listed + outgoing.filter { match.listed[$0.id] == nil }.map { TranscriptEntry($0, me: me) }
    }
}

/// One message of the right pane.
public struct TranscriptEntry: Hashable, Sendable, Identifiable {
    public enum ID: Hashable, Sendable {
        case message(Message.ID)
        case outgoing(Int)
    }

    public let id: ID
    public let text: String
    public let handle: String
    public let displayName: String
    public let at: Timestamp
    public let isOwn: Bool
    /// `nil` for a listed message.
    public let delivery: Outgoing.State?
    /// Messages between this and the next were missed.
    public let isBeforeGap: Bool

    public init(_ message: Message, me: String?, isBeforeGap: Bool = false) {
        id = .message(message.id)
        text = message.text
        handle = message.handle
        displayName = message.displayName
        at = message.at
        isOwn = message.handle == me
        delivery = nil
        self.isBeforeGap = isBeforeGap
    }

    public init(_ outgoing: Outgoing, me: String?) {
        id = .outgoing(outgoing.id)
        text = outgoing.text
        handle = me ?? ""
        displayName = me ?? "you"
        at = outgoing.sentAt ?? outgoing.queuedAt
        isOwn = true
        delivery = outgoing.state
        isBeforeGap = false
    }
}
