import Timestamps

// Older messages than a page of the API shows: from servers that can tell them, which their
// answers show.

extension ChatSession {
    /// Fetches messages that are older than all known ones of this conversation.
    public func loadOlder(_ id: ConversationID) async {
        guard let conversation = conversations[id], !conversation.reachesStart,
            let oldest = conversation.transcript.messages.first
        else { return }
        await fetch(id, before: oldest)
    }

    /// Fetches what was missed, from its newer end, until it meets what was known.
    func fillGap(in id: ConversationID) async {
        for _ in 0..<Self.longestFill {
            guard let after = conversations[id]?.messageAfterLastGap, await fetch(id, before: after) else { return }
        }
    }

    /// Pages; who was away for longer sees the gap.
    private static var longestFill: Int { 20 }

    /// - Returns: whether this brought anything.
    @discardableResult
    private func fetch(_ id: ConversationID, before message: Message) async -> Bool {
        guard let group = groupUUID(id), let conversation = conversations[id], conversation.canReadBack,
            !conversation.isLoadingOlder
        else { return false }
        conversations[id]?.isLoadingOlder = true
        let answer = try? await api.messages(in: group, before: message.at)
        conversations[id]?.isLoadingOlder = false
        // A fault is told by the polls; whoever scrolls up again asks again.
        guard let rows = answer?.rows.map(Message.init) else { return false }
        guard rows.allSatisfy({ $0.at < message.at }) else {
            // It has ignored the question.
            conversations[id]?.canReadBack = false
            return false
        }
        let brought = conversations[id]?.mergeOlder(rows, before: message) ?? false
        publish()
        return brought
    }
}
