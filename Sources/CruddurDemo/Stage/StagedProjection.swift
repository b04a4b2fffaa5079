import MessageTable
import Timestamps
import Traces
import Tracing

/// Pattern E as this program does it; or as the seed's function does, where the stage says so.
struct StagedProjection: Sendable {
    /// Between a row's delete and its put.
    private static let gap = Duration.seconds(4)
    /// In which it is seen whether it is still wanted.
    private static let parts = 40

    let stage: DemoStage
    let engine: any TableEngine
    let time: any TimeSource

    /// - Returns: whether anything moved.
    /// - Throws: `TableError`, `ItemError`.
    func project(_ record: StreamRecord) async throws -> Bool {
        guard record.isNewMessage, let message = try record.newImage.map(MessageItem.init) else { return false }
        if stage.isOn(.outOfOrder, for: record) {
            guard let earlier = stage.overtake(message) else { return false }
            let hasMoved = try await moveAsSeed(message)
            return try await moveAsSeed(earlier) || hasMoved
        }
        if stage.isOn(.moveGap, for: record) {
            return try await moveAsSeed(message) {
                // As long as somebody wants to see it.
                for _ in 0..<Self.parts where stage.isOn(.moveGap) { try? await time.sleep(for: Self.gap / Self.parts) }
            }
        }
        return try await GroupProjector(engine: engine, time: time).project(record)
    }

    /// For each row DeleteItem, then PutItem, whatever time stands there.
    private func moveAsSeed(_ message: MessageItem, between pause: () async -> Void = {}) async throws -> Bool {
        let rows = try await engine.all(ReadPattern.members(group: message.group)).compactMap { try? GroupItem($0) }
        stage.noteMoved(message.group)
        stage.noteGone(rows.map(\.item), of: message.group)
        defer { stage.noteGone([], of: message.group) }
        // They vanish together, so that it is seen: the seed's function has them vanish one after the other.
        for row in rows {
            // As with a move in one transaction: whoever owns a row sees what becomes of it.
            ServiceContext.current?.traceAudience?.admit(row.owner)
            try await engine.transact([.delete(row.item.key, .none)])
        }
        await pause()
        // A function that ends here loses the conversation; a demo that is ended does not.
        try await Task {
            for row in rows { try await engine.put(row.moved(to: message).item, if: .none) }
        }.value
        return !rows.isEmpty
    }

    // MARK: What faults leave

    /// What a fault that has ended has left, until the task is cancelled: rows go to their group's newest message.
    ///
    /// - Parameter project: does with a record what is to be done.
    func mend(_ project: @Sendable (StreamRecord) async throws -> Bool) async {
        for await _ in stage.mends { await mend(stage.takeUntrue(), project) }
    }

    private func mend(_ groups: Set<String>, _ project: @Sendable (StreamRecord) async throws -> Bool) async {
        for group in groups {
            guard let newest = try? await newestMessage(of: group)?.item else { continue }
            _ = try? await project(anew(newest))
        }
    }

    /// As if the stream told of it once more.
    private func anew(_ item: Item) -> StreamRecord {
        StreamRecord(sequence: "", event: .insert, key: item.key, newImage: item, at: stage.now())
    }

    private func newestMessage(of group: String) async throws -> MessageItem? {
        try await engine.query(ReadPattern.newestMessage(group: group)).items.first.map(MessageItem.init)
    }

    /// What a demo that was ended in the middle of a fault has left: rows that are gone are put again, and those that
    /// tell an older message go to the newest.
    ///
    /// - Parameter users: who may have groups with each other.
    /// - Throws: `TableError`, `ItemError`.
    func mendAll(of users: [Person]) async throws {
        for (position, one) in users.enumerated() {
            for other in users.dropFirst(position + 1) {
                guard let pair = try await engine.item(at: PairItem.key(one.uuid, other.uuid)) else { continue }
                let group = try PairItem.group(pair)
                guard let newest = try await newestMessage(of: group) else { continue }
                let owners = Set(
                    try await engine.all(ReadPattern.members(group: group)).compactMap { try? GroupItem($0).owner })
                for (owner, partner) in [(one, other), (other, one)] where !owners.contains(owner.uuid) {
                    let row = GroupItem(
                        owner: owner.uuid, lastMessageAt: newest.createdAt, group: group, text: newest.text,
                        other: partner)
                    try await engine.put(row.item, if: .itemDoesNotExist)
                }
                // Those that the stream has not told of yet are its own to move.
                guard !stage.isOn(.streamOff) else { continue }
                try await GroupProjector(engine: engine, time: time).project(anew(newest.item))
            }
        }
    }
}
