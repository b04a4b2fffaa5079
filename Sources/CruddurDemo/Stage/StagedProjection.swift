import MessageTable
import Timestamps
import Traces
import Tracing

/// Pattern E as this program does it; or as the seed's function does, where the stage says so.
struct StagedProjection: Sendable {
    /// Between a row's delete and its put.
    private static let gap = Duration.seconds(4)

    let stage: DemoStage
    let engine: any TableEngine
    let time: any TimeSource

    /// - Returns: whether anything moved.
    /// - Throws: `TableError`, `ItemError`.
    func project(_ record: StreamRecord) async throws -> Bool {
        guard record.event == .insert, record.key.partition.hasPrefix("MSG#"),
            let message = try record.newImage.map(MessageItem.init)
        else { return false }
        if stage.isOn(.outOfOrder) {
            guard let earlier = stage.overtake(message) else { return false }
            let hasMoved = try await moveAsSeed(message, gap: .zero)
            return try await moveAsSeed(earlier, gap: .zero) || hasMoved
        }
        if stage.isOn(.moveGap) { return try await moveAsSeed(message, gap: Self.gap) }
        return try await GroupProjector(engine: engine, time: time).project(record)
    }

    /// For each row DeleteItem, then PutItem, whatever time stands there.
    private func moveAsSeed(_ message: MessageItem, gap: Duration) async throws -> Bool {
        stage.noteMoved(message.group)
        let rows = try await engine.all(ReadPattern.members(group: message.group)).compactMap { try? GroupItem($0) }
        // They vanish together, so that it is seen: the seed's function has them vanish one after the other.
        for row in rows {
            // As with a move in one transaction: whoever owns a row sees what becomes of it.
            ServiceContext.current?.traceAudience?.admit(row.owner)
            try await engine.transact([.delete(row.item.key, .none)])
        }
        if gap > .zero { try? await time.sleep(for: gap) }
        // A function that ends here loses the conversation; a demo does not.
        try await Task {
            for row in rows { try await engine.put(row.moved(to: message).item, if: .none) }
        }.value
        return !rows.isEmpty
    }

    /// What a fault that has ended has left, until the task is cancelled: rows go to their group's newest message.
    ///
    /// - Parameter project: does with a record what is to be done.
    func mend(_ project: @Sendable (StreamRecord) async throws -> Bool) async {
        for await _ in stage.mends {
            for group in stage.takeUntrue() {
                guard let page = try? await engine.query(ReadPattern.newestMessage(group: group)),
                    let newest = page.items.first
                else { continue }
                _ = try? await project(
                    StreamRecord(sequence: "", event: .insert, key: newest.key, newImage: newest, at: stage.now()))
            }
        }
    }
}
