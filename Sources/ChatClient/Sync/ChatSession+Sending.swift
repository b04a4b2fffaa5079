import Timestamps

// Sending: one message of a conversation at a time, in the order written. Nothing is
// sent a second time unless it certainly did not arrive, or the person says so.

extension ChatSession {
    /// Puts `text` in line.
    ///
    /// - Returns: `false` if there is no such conversation.
    @discardableResult
    public func send(_ text: String, to id: ConversationID) -> Bool {
        guard conversations[id] != nil else { return false }
        let outgoing = Outgoing(id: nextOutgoing, text: text, queuedAt: clock.now())
        nextOutgoing += 1
        conversations[id]?.outgoing.append(outgoing)
        schedule.active(at: clock.elapsed())
        sendNext(in: id)
        publish()
        return true
    }

    /// Sends a failed message, or one that nobody knows of, once more.
    public func retry(_ outgoing: Int, in id: ConversationID) {
        update(outgoing, in: id) {
            $0.state = .queued
            $0.notBefore = .zero
        }
        sendNext(in: id)
        publish()
    }

    /// Forgets a failed message, or one that nobody knows of.
    ///
    /// - Returns: its text.
    @discardableResult
    public func discard(_ outgoing: Int, in id: ConversationID) -> String? {
        guard let position = conversations[id]?.outgoing.firstIndex(where: { $0.id == outgoing }),
            let removed = conversations[id]?.outgoing.remove(at: position)
        else { return nil }
        sendNext(in: id)
        publish()
        return removed.text
    }

    /// Waits until nothing is being sent, but no longer than `limit`.
    ///
    /// - Returns: what has not been sent, and what is not known to have arrived, in order.
    public func finishSending(within limit: Duration) async -> Unsent {
        let end = clock.elapsed() + limit
        while isSending, clock.elapsed() < end {
            do { try await clock.sleep(for: .milliseconds(20)) } catch { break }
        }
        var unsent = Unsent()
        for (id, conversation) in conversations {
            for outgoing in conversation.outgoing {
                switch outgoing.state {
                case .queued, .failed: unsent.waiting.append((id, outgoing.text))
                case .sending, .unsure: unsent.unsure.append(outgoing.text)
                case .sent: break
                }
            }
        }
        return unsent
    }

    /// What a session leaves behind.
    public struct Unsent: Sendable {
        /// Certainly not stored by any server.
        public var waiting: [(ConversationID, String)] = []
        /// Perhaps.
        public var unsure: [String] = []
    }

    private var isSending: Bool {
        conversations.values.contains { $0.outgoing.contains { $0.state == .sending } }
    }

    /// After the network came back.
    func sendWaiting() {
        for id in Array(conversations.keys) { sendNext(in: id) }
    }

    private func sendNext(in id: ConversationID) {
        guard let conversation = conversations[id],
            let next = conversation.outgoing.first(where: { if case .sent = $0.state { false } else { true } }),
            next.state == .queued, next.notBefore <= clock.elapsed()
        else { return }
        update(next.id, in: id) {
            $0.state = .sending
            $0.listedBefore = Set(conversation.transcript.messages.suffix(Self.recent).map(\.id))
            $0.after = conversation.transcript.newest?.at
        }
        Task { await post(next, in: id) }
    }

    /// A page of any server; what is older cannot be taken for a new message by its time.
    private static var recent: Int { 200 }

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
        update(outgoing.id, in: id) { $0.state = .sent(at: time) }
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
        update(outgoing.id, in: place) {
            if error.mayHaveArrived {
                $0.state = .unsure(reason: reason)
            } else if error.isPassing || error == .unauthorized {
                $0.state = .queued
                $0.notBefore = now + .seconds(min(max(error.retryAfter ?? 0, Self.pause), 3600))
            } else {
                $0.state = .failed(reason: reason)
            }
        }
        guard error.mayHaveArrived else { return }
        // Read back whether it arrived.
        schedule.pollNow(.groups, at: now)
        if let uuid = groupUUID(place) { schedule.pollNow(.messages(group: uuid), at: now) }
    }

    private func update(_ outgoing: Int, in id: ConversationID, _ change: (inout Outgoing) -> Void) {
        guard let position = conversations[id]?.outgoing.firstIndex(where: { $0.id == outgoing }),
            var changed = conversations[id]?.outgoing[position]
        else { return }
        change(&changed)
        conversations[id]?.outgoing[position] = changed
    }
}
