import Timestamps

/// Pattern E: when a message arrives, its group's items move to the message's time.
///
/// Only ever forward in time, all members in one transaction: a record that comes
/// twice, late or out of order changes nothing.
public struct GroupProjector: Sendable {
    /// Writers that move the same group at the same moment make us read it again.
    private static let attempts = 8

    private let engine: any TableEngine

    public init(engine: any TableEngine) {
        self.engine = engine
    }

    /// Moves the groups that `record` is about; records of other kinds are skipped.
    ///
    /// - Returns: whether anything moved.
    /// - Throws: `ItemError` for an item that is not a message, `TableError`.
    @discardableResult
    public func project(_ record: StreamRecord) async throws -> Bool {
        guard record.event == .insert, record.key.partition.hasPrefix(MessageItem.prefix),
            let image = record.newImage
        else { return false }
        var message = try MessageItem(image)
        for _ in 0..<Self.attempts {
            let behind = try await engine.all(AccessPattern.members(group: message.group))
                .map(GroupItem.init).filter { isEarlier($0.lastMessageAt, than: message.createdAt) }
            guard !behind.isEmpty else { return false }
            do {
                try await engine.run(.rekeyGroups(behind, to: message))
                return true
            } catch TableError.conditionFailed {
                message = try await stepAside(message, behind)
            }
        }
        throw TableError.unavailable("group \(message.group) is being moved by too many writers")
    }

    /// Another group of one of these users may have its last message in the same
    /// microsecond: that key is taken, so the row goes one microsecond further.
    private func stepAside(_ message: MessageItem, _ groups: [GroupItem]) async throws -> MessageItem {
        for group in groups {
            let key = ItemKey(partition: group.item.key.partition, sort: message.createdAt)
            guard let taken = try await engine.item(at: key), try GroupItem(taken).group != message.group
            else { continue }
            return message.oneMicrosecondLater ?? message
        }
        return message
    }

    /// By instant where both are times: deployments mix naive and aware ones.
    private func isEarlier(_ one: String, than other: String) -> Bool {
        if let one = Timestamp(one), let other = Timestamp(other) { return one < other }
        return one < other
    }
}
