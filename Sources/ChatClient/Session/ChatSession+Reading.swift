import Timestamps

extension ChatSession {
    /// Shows older messages as well: of the history, or of the server where the history ends.
    public func loadOlder(_ id: ConversationID) async { await reading.loadOlder(id) }

    /// What is shown of a conversation, as it is now.
    public func transcript() async -> Transcript? { await reading.transcript(isFresh: true) }

    /// How far pages have told what was said, for `messages(toldAfter:)`.
    public func told() async -> Int64 { await keeper.use { try await $0.told() } ?? 0 }

    /// What pages have told since, in all conversations, oldest first; and how far that is.
    public func messages(toldAfter told: Int64) async -> (messages: [SearchHit], told: Int64) {
        await keeper.use { try await $0.messages(toldAfter: told) } ?? ([], told)
    }

    /// Shows newer messages as well.
    public func loadNewer(_ id: ConversationID) async { await reading.loadNewer(id) }

    /// Reads older messages of all conversations until all is here, the server tells no more, or the task is cancelled.
    public func readBack() async { await reading.readBack() }

    /// All that had been told of this conversation when a transcript said `told` has been seen.
    public func markRead(_ id: ConversationID, told: Int64) async {
        await keeper.use(in: id) { try await $0.markRead($1, told: told) }
    }

    /// Pins, archives or mutes it, or does not any more.
    public func set(_ keeping: ConversationKeeping, _ isOn: Bool, of id: ConversationID) async {
        await keeper.use(in: id) { try await $0.set(keeping, isOn, of: $1) }
    }

    /// Keeps where one was in a conversation: the time of the message at the top of the screen; `nil`: at the newest.
    public func set(place: Timestamp?, of id: ConversationID) async {
        await keeper.use(in: id) { try await $0.set(place: place, of: $1) }
    }

    /// What the other has said from then on is unread again.
    public func markUnread(_ id: ConversationID, from time: Timestamp) async {
        await keeper.use(in: id) { try await $0.markUnread($1, from: time) }
    }

    /// The conversation with the person of this handle: the one there is, or one that its first message will make
    /// a group. `nil`: nobody has the handle.
    ///
    /// - Throws: `APIError`.
    public func conversation(with handle: String) async throws(APIError) -> FoundConversation? {
        if let known = await keeper.use({ try await $0.conversation(with: handle) }).flatMap({ $0 }) {
            return FoundConversation(id: known.id, title: known.title)
        }
        let person: UserShort?
        do {
            person = try await api.user(handle: handle, knownToExist: snapshot.me)
        } catch {
            throw error as? APIError ?? .connectionLost
        }
        guard let person else { return nil }
        return await begin(with: person)
    }

    /// The same for a backend that cannot say who has a handle: the first message will tell. `nil`: it cannot be kept.
    public func conversation(unchecked handle: String) async -> FoundConversation? {
        if let known = await keeper.use({ try await $0.conversation(with: handle) }).flatMap({ $0 }) {
            return FoundConversation(id: known.id, title: known.title)
        }
        return await begin(with: UserShort(handle: handle, displayName: handle))
    }

    private func begin(with person: UserShort) async -> FoundConversation? {
        guard let id = await keeper.use({ try await $0.begin(with: person) }) else { return nil }
        return FoundConversation(id: id, title: person)
    }

    /// The newest messages of all conversations that hold every word of `typed`, the last word as far as it is
    /// written.
    ///
    /// - Throws: `CancellationError` when the task is cancelled meanwhile.
    public func search(_ typed: String, limit: Int = 50) async throws -> [SearchHit] {
        let hits = await keeper.use { try await $0.search(typed, limit: limit) }
        try Task.checkCancellation()
        return hits ?? []
    }
}
