import Timestamps

extension ChatSession {
    /// Puts `text` in line. When this returns, it is in the history, and the draft is what `draft` says.
    ///
    /// - Parameters:
    ///   - draft: what is written here and not sent, without `text`.
    ///   - leavesDraft: `text` was no part of the draft, which stays as it is.
    /// - Returns: the message; `nil` if it could not be taken: no such conversation, or all are for reading only.
    @discardableResult
    public func send(
        _ text: String, to id: ConversationID, draft: String? = nil, leavesDraft: Bool = false
    ) async -> Outgoing? {
        guard !snapshot.isReadOnly else { return nil }
        let (owner, now) = (keeper.owner, clock.now())
        if !leavesDraft { await drafts.isKept(id) }
        let outgoing = await keeper.use(in: id) {
            try await $0.enqueue(text, in: $1, by: owner, at: now, draft: draft, leavesDraft: leavesDraft)
        }.flatMap { $0 }
        guard let outgoing else {
            if !leavesDraft { await drafts.keep(draft, of: id) }
            return nil
        }
        await polling.noteWriting()
        await sending.work(in: await keeper.current(id))
        return outgoing
    }

    /// Sends a failed message, or one that nobody knows of, once more.
    public func retry(_ outgoing: Outgoing.ID, in id: ConversationID) async {
        let owner = keeper.owner
        await keeper.use { try await $0.requeue(outgoing, by: owner) }
        await sending.workAnew(in: await keeper.current(id))
    }

    /// Forgets a message that is not being sent.
    ///
    /// - Returns: its text.
    @discardableResult
    public func discard(_ outgoing: Outgoing.ID, in id: ConversationID) async -> String? {
        let text = await keeper.use { try await $0.remove(outgoing) }.flatMap { $0 }
        await sending.workAnew(in: await keeper.current(id))
        return text
    }

    /// Forgets a message that a server took and perhaps never lists. If it does list it, that is shown.
    public func dropTaken(_ outgoing: Outgoing.ID, in id: ConversationID) async {
        await keeper.use { try await $0.dropTaken(outgoing) }
        await sending.workAnew(in: await keeper.current(id))
    }

    /// What is in line or on its way, in the order written.
    public func outbox() async -> [OutboxEntry] { await knownOutbox() ?? [] }

    /// The same; `nil`: it cannot be read now.
    public func knownOutbox() async -> [OutboxEntry]? {
        guard var entries = await keeper.use({ try await $0.outbox() }) else { return nil }
        for index in entries.indices {
            entries[index].isAttended = await keeper.isAttended(entries[index].outgoing.owner)
        }
        return entries
    }

    /// Why the message whose turn it is in this conversation is not being sent, if a try has failed.
    public func whyWaiting(_ id: ConversationID) async -> APIError? {
        await sending.fault(in: await keeper.current(id))
    }

    /// How often in a row the message whose turn it is there was tried, and it is not known to have arrived.
    public func triesInVain(_ id: ConversationID) async -> Int {
        await sending.tries(in: await keeper.current(id))
    }

    /// A message that waits in line is not tried again by itself any more.
    ///
    /// - Returns: whether it waited; else it is on its way, or gone.
    public func giveUp(_ outgoing: Outgoing.ID, because reason: String) async -> Bool {
        await keeper.use { try await $0.giveUp(outgoing, because: reason) } ?? false
    }

    /// Takes a message back for editing: in the same moment its text is in the draft.
    ///
    /// - Returns: its text; `nil` if it is being sent, or gone.
    public func takeBack(_ outgoing: Outgoing.ID, in id: ConversationID) async -> String? {
        await drafts.flush()
        let text = await keeper.use { try await $0.takeBack(outgoing) }.flatMap { $0 }
        await sending.workAnew(in: await keeper.current(id))
        return text
    }

    /// The group's uuid of a conversation, once there is one.
    public func group(of id: ConversationID) async -> String? {
        await keeper.use(in: id) { try await $0.conversation($1)?.group }.flatMap { $0 }
    }

    /// What was written and not sent the last time.
    public func drafts() async -> [ConversationID: String] { await drafts.all() }

    /// The draft is this now; `nil`: there is none. It is on disk a moment later.
    public func keep(draft: String?, of id: ConversationID) async { await drafts.keep(draft, of: id) }

    /// Waits until nothing is being sent, but no longer than `limit`; then writes all that is not on disk yet.
    ///
    /// - Returns: what is left.
    public func finishSending(within limit: Duration) async -> Unsent {
        let end = clock.elapsed() + limit
        while await !sending.isAtRest, clock.elapsed() < end {
            do { try await clock.sleep(for: .milliseconds(20)) } catch { break }
        }
        await drafts.flush()
        await keeper.returnToDisk(force: true)
        var unsent = Unsent(isKept: await keeper.keeping == .onDisk)
        for entry in await outbox() {
            switch entry.outgoing.state {
            case .queued, .failed: unsent.waiting.append(entry.outgoing.text)
            case .sending, .unsure, .repeating: unsent.unsure.append(entry.outgoing.text)
            case .sent: break
            }
        }
        if !unsent.isKept { unsent.drafts = Array(await drafts.all().values) }
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
}
