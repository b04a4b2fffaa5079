import Timestamps

// Which part of the open conversation is shown; and older messages than a page of the API
// shows, from servers that can tell them, which their answers show.

/// A place in a transcript.
public enum TranscriptPlace: Equatable, Sendable {
    case newest, oldest
    case around(Timestamp)
}

extension ChatSession {
    /// Shows another part of the open conversation.
    public func show(_ place: TranscriptPlace) {
        guard let openID, let row = conversations[openID]?.row else { return }
        journey += 1
        if place == .oldest { Task { await readToStart(openID, journey) } }
        showKnown(place, row)
    }

    private func showKnown(_ place: TranscriptPlace, _ row: Int64) {
        window = stored { try $0.window(place, in: row) } ?? TranscriptWindow()
        reloadWindow()
        publish()
    }

    /// Shows older messages as well: of the history, or of the server where the history ends.
    public func loadOlder(_ id: ConversationID) async {
        guard let conversation = conversations[id], id == openID else { return }
        journey += 1
        if content.hasOlder { return extend(older: true, conversation) }
        guard !conversation.reachesStart, let oldest = content.messages.first?.message else { return }
        await fetch(id, before: oldest)
    }

    /// Shows newer messages as well.
    public func loadNewer(_ id: ConversationID) {
        guard let conversation = conversations[id], id == openID, content.newer > 0 else { return }
        journey += 1
        extend(older: false, conversation)
    }

    private func extend(older: Bool, _ conversation: Conversation) {
        let now = window
        let shown = content.messages.map(\.message.at)
        window =
            stored {
                try $0.extended(now, shown, older: older, in: conversation.row)
            } ?? now
        reloadWindow()
        publish()
    }

    func reloadWindow() {
        guard let row = openID.flatMap({ conversations[$0]?.row }) else { return content = WindowContent() }
        let shown = window
        content = stored { try $0.content(shown, of: row) } ?? WindowContent()
        // From now on the far end stays where it is, whatever arrives.
        if window.from == nil { window.from = content.messages.first?.message.at }
    }

    // MARK: From the server

    /// Fetches page after page until the first message of all is known, or the person goes
    /// elsewhere.
    private func readToStart(_ id: ConversationID, _ journey: Int) async {
        for _ in 0..<Self.longestJourney {
            guard journey == self.journey, id == openID, let conversation = conversations[id],
                !conversation.reachesStart,
                let oldest = stored({ try $0.oldest(in: conversation.row) }).flatMap({ $0 }),
                await fetch(id, before: oldest), journey == self.journey
            else { return }
            showKnown(.oldest, conversation.row)
        }
    }

    /// Pages; who wants to see more asks again.
    private static var longestJourney: Int { 100 }

    /// Fetches what was missed, from its newer end, until it meets what was known.
    func fillGap(in id: ConversationID) async {
        for _ in 0..<Self.longestFill {
            guard let row = conversations[id]?.row else { return }
            let after = stored { try $0.messageAfterLastGap(in: row) }
            guard let after = after.flatMap({ $0 }), await fetch(id, before: after) else { return }
        }
    }

    /// Pages; who was away for longer sees the gap.
    private static var longestFill: Int { 20 }

    /// - Returns: whether this brought anything.
    @discardableResult
    private func fetch(_ id: ConversationID, before message: Message) async -> Bool {
        guard let group = id.group, let conversation = conversations[id], conversation.live.canReadBack,
            !conversation.live.isLoadingOlder
        else { return false }
        conversations[id]?.live.isLoadingOlder = true
        let answer = try? await api.messages(in: group, before: message.at)
        conversations[id]?.live.isLoadingOlder = false
        // A fault is told by the polls; whoever scrolls up again asks again.
        guard let rows = answer?.rows.map(Message.init) else { return false }
        guard rows.allSatisfy({ $0.at < message.at }) else {
            // It has ignored the question.
            conversations[id]?.live.canReadBack = false
            return false
        }
        let row = conversation.row
        let me = snapshot.me
        if rows.isEmpty {
            stored { try $0.setReachesStart(row) }
        } else {
            stored { try $0.merge(rows, in: row, before: message, me: me) }
            if id == openID, let from = window.from, message.at <= from { window.from = rows.map(\.at).min() }
        }
        reload(id)
        publish()
        return !rows.isEmpty
    }
}

extension History {
    /// - Throws: `HistoryFault`.
    package func window(_ place: TranscriptPlace, in conversation: Int64) throws(HistoryFault) -> TranscriptWindow {
        switch place {
        case .newest:
            return TranscriptWindow()
        case .oldest:
            guard let first = try oldest(in: conversation)?.at else { return TranscriptWindow() }
            return try upTo(TranscriptWindow.page, from: first, in: conversation)
        case .around(let time):
            let from = try self.time(of: TranscriptWindow.page / 2, olderThan: time, in: conversation) ?? time
            return try upTo(TranscriptWindow.page, from: from, in: conversation)
        }
    }

    private func upTo(_ count: Int, from: Timestamp, in conversation: Int64) throws(HistoryFault) -> TranscriptWindow {
        let until = try time(of: count, newerThan: from, in: conversation)
        guard let until, try time(of: 1, newerThan: until, in: conversation) != nil else {
            return TranscriptWindow(from: from)
        }
        return TranscriptWindow(from: from, until: until)
    }

    /// One page more at an end of what is `shown`; what is too much at the other is let go.
    ///
    /// - Throws: `HistoryFault`.
    package func extended(
        _ window: TranscriptWindow, _ shown: [Timestamp], older: Bool, in conversation: Int64
    ) throws(HistoryFault) -> TranscriptWindow {
        guard let first = shown.first, let last = shown.last else { return window }
        var window = window
        if older {
            guard let from = try time(of: TranscriptWindow.page, olderThan: first, in: conversation) else {
                return window
            }
            window.from = from
        } else {
            let until = try time(of: TranscriptWindow.page, newerThan: last, in: conversation) ?? last
            window.until = try time(of: 1, newerThan: until, in: conversation) == nil ? nil : until
        }
        let excess = try content(window, of: conversation).messages.count - TranscriptWindow.most
        guard excess > 0 else { return window }
        if older {
            window.until = shown[max(0, shown.count - 1 - excess)]
        } else {
            window.from = shown[min(excess, shown.count - 1)]
        }
        return window
    }
}
