import Timestamps

// Sending: one message of a conversation at a time, in the order written. Nothing is
// sent a second time unless it certainly did not arrive, or the person says so.

extension ChatSession {
    /// Puts `text` in line. When this returns, it is in the history.
    ///
    /// - Returns: the message; `nil` if there is no such conversation, or all are for
    ///   reading only.
    @discardableResult
    public func send(_ text: String, to id: ConversationID) -> Outgoing? {
        openHistory()
        guard !snapshot.isReadOnly else { return nil }
        guard let row = conversations[id]?.row else { return nil }
        let (owner, now, draft) = (owner, clock.now(), draftWithout(text, id))
        let outgoing = stored {
            try $0.enqueue(text, in: row, by: owner, at: now, draft: draft)
        }
        guard let outgoing else { return nil }
        if case .becomes(let rest) = draft {
            knownDrafts[id] = rest
            changedDrafts[id] = nil
        }
        // Who writes wants to see it.
        if id == openID, content.newer > 0 { show(.newest) }
        reload(id)
        schedule.news(at: clock.elapsed())
        sendNext(in: id)
        publish()
        return outgoing
    }

    /// Sends a failed message, or one that nobody knows of, once more.
    public func retry(_ outgoing: Int, in id: ConversationID) {
        notBefore[outgoing] = nil
        guard let row = conversations[id]?.row,
            let found = conversations[id]?.outgoing.first(where: { $0.id == outgoing })
        else { return }
        let again = Outgoing(id: outgoing, text: found.text, queuedAt: found.queuedAt, owner: owner)
        stored {
            try $0.save(again, in: row)
        }
        reload(id)
        sendNext(in: id)
        publish()
    }

    /// Forgets a message that is not being sent.
    ///
    /// - Returns: its text.
    @discardableResult
    public func discard(_ outgoing: Int, in id: ConversationID) -> String? {
        guard let found = conversations[id]?.outgoing.first(where: { $0.id == outgoing }), found.state != .sending
        else { return nil }
        stored { try $0.remove(outgoing) }
        reload(id)
        sendNext(in: id)
        publish()
        return found.text
    }

    /// Waits until nothing is being sent, but no longer than `limit`.
    ///
    /// - Returns: what is left.
    public func finishSending(within limit: Duration) async -> Unsent {
        let end = clock.elapsed() + limit
        while isSending, clock.elapsed() < end {
            do { try await clock.sleep(for: .milliseconds(20)) } catch { break }
        }
        returnToDisk(force: true)
        var unsent = Unsent(isKept: shelf.isDurable)
        for conversation in conversations.values {
            for outgoing in conversation.outgoing {
                switch outgoing.state {
                case .queued, .failed: unsent.waiting.append(outgoing.text)
                case .sending, .unsure: unsent.unsure.append(outgoing.text)
                case .sent: break
                }
            }
        }
        if !shelf.isDurable { unsent.drafts = Array(knownDrafts.values) }
        return unsent
    }

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

    private var isSending: Bool {
        conversations.values.contains { $0.outgoing.contains { $0.state == .sending && $0.owner == owner } }
    }

    /// After the network came back, or another program has ended.
    func sendWaiting() {
        if conversations.values.contains(where: { $0.outgoing.contains { $0.owner != owner } }) {
            adoptOrphans()
            reloadAll()
        }
        for id in Array(conversations.keys) { sendNext(in: id) }
    }

    private func sendNext(in id: ConversationID) {
        guard let conversation = conversations[id],
            let next = conversation.outgoing.first(where: { if case .sent = $0.state { false } else { true } }),
            next.state == .queued, next.owner == owner, notBefore[next.id] ?? .zero <= clock.elapsed()
        else { return }
        let row = conversation.row
        // Nothing is sent before it is known that it was.
        guard stored({ try $0.begin(next, in: row) }) != nil else { return }
        reload(id)
        Task { await post(next, in: id) }
    }

    /// Seconds before a message that certainly did not arrive is tried again.
    private static var pause: Double { 1 }

    private func post(_ outgoing: Outgoing, in id: ConversationID) async {
        do {
            switch id {
            case .group(let uuid):
                let answer = try await api.send(outgoing.text, to: uuid)
                learn(handle: answer.handle)
                sent(outgoing, in: id, group: uuid, at: answer.createdAt?.instant)
            case .new(let handle):
                try await startGroup(outgoing, in: id, with: handle)
            }
        } catch {
            failed(outgoing, in: id, error as? APIError ?? .connectionLost)
        }
        publish()
        wake()
    }

    /// "Create" for two who already talk makes a second group in most deployments, so the
    /// groups are read first.
    private func startGroup(_ outgoing: Outgoing, in id: ConversationID, with handle: String) async throws {
        let listed = try await readingOnly { try await api.groups() }
        groups.merge(listed.rows.compactMap(Group.init))
        if let known = groups.group(with: handle) {
            becomeGroup(id, known.uuid)
            let answer = try await api.send(outgoing.text, to: known.uuid)
            return sent(outgoing, in: .group(known.uuid), group: known.uuid, at: answer.createdAt?.instant)
        }
        let answer = try await api.start(outgoing.text, with: handle)
        guard let uuid = answer.messageGroupUUID else { throw APIError.unexpectedAnswer("no message_group_uuid") }
        becomeGroup(id, uuid)
        sent(outgoing, in: .group(uuid), group: uuid, at: answer.createdAt?.instant)
    }

    /// A read that failed before a write: the write was never made.
    private func readingOnly<Value>(_ read: () async throws -> Value) async throws -> Value {
        do {
            return try await read()
        } catch let error as APIError where error.mayHaveArrived {
            throw APIError.unreachable(error.description)
        }
    }

    private func sent(_ outgoing: Outgoing, in id: ConversationID, group: String, at time: Timestamp?) {
        set(.sent(at: time), of: outgoing.id, in: id)
        notBefore[outgoing.id] = nil
        if let time { awaited = (group, time) }
        let now = clock.elapsed()
        schedule.awaitStream(at: now)
        schedule.pollNow(.messages(group: group), at: now)
        sendNext(in: id)
    }

    private func failed(_ outgoing: Outgoing, in id: ConversationID, _ error: APIError) {
        let reason = error.description
        // The group may have been made meanwhile, and the message moved there with it.
        let place = conversations.first { $0.value.outgoing.contains { $0.id == outgoing.id } }?.key ?? id
        let now = clock.elapsed()
        if error.mayHaveArrived {
            set(.unsure(reason: reason), of: outgoing.id, in: place)
        } else if error.isPassing || error == .unauthorized {
            notBefore[outgoing.id] = now + .seconds(min(max(error.retryAfter ?? 0, Self.pause), 3600))
            set(.queued, of: outgoing.id, in: place)
        } else {
            set(.failed(reason: reason), of: outgoing.id, in: place)
        }
        guard error.mayHaveArrived else { return }
        // Read back whether it arrived.
        schedule.pollNow(.groups, at: now)
        if let uuid = place.group { schedule.pollNow(.messages(group: uuid), at: now) }
    }

    private func set(_ state: Outgoing.State, of outgoing: Int, in id: ConversationID) {
        let me = snapshot.me
        stored { try $0.setState(state, of: outgoing, me: me) }
        reload(id)
    }
}
