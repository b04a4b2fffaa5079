import ExactText
import Timestamps

/// Pattern E: when a message arrives, its group's items move to the message's time.
///
/// Only ever forward in time, all members in one transaction: a record that comes
/// twice, late or out of order changes nothing.
public struct GroupProjector: Sendable {
    /// Under which it is remembered how far it has followed a stream.
    public static let consumer = "groups"
    /// Writers that move the same group at the same moment make us read it again.
    private static let attempts = 8
    /// How often we wait for an index that does not show both members yet.
    private static let patience = 4

    private let engine: any TableEngine
    private let time: any TimeSource

    public init(engine: any TableEngine, time: any TimeSource = SystemTime()) {
        self.engine = engine
        self.time = time
    }

    /// Moves the groups that `record` is about; records of other kinds are skipped.
    ///
    /// - Returns: whether anything moved.
    /// - Throws: `ItemError` for an item that is not a message, or whose sort key is no time: a row that goes there comes
    ///   back from nowhere; `TableError`.
    @discardableResult
    public func project(_ record: StreamRecord) async throws -> Bool {
        guard record.isNewMessage, let image = try record.newImage.map(MessageItem.init)
        else { return false }
        guard Timestamp(image.createdAt) != nil else { throw ItemError.noTime(key: record.key) }
        var message = image
        for attempt in 0..<Self.attempts {
            // An index that lags shows what it was: wait 20 ms, then twice as long each time.
            if attempt > 0, !engine.hasExactIndex { try await time.sleep(for: .milliseconds(10 << attempt)) }
            // One that cannot be read holds up no other.
            let members = try await engine.all(ReadPattern.members(group: message.group)).compactMap {
                try? GroupItem($0)
            }
            if members.count < 2, !engine.hasExactIndex, attempt < Self.patience { continue }
            var behind = members.filter { isEarlier($0.lastMessageAt, than: message.createdAt) }
            let aside = members.filter {
                !isEarlier($0.lastMessageAt, than: message.createdAt) && !$0.text.isExactly(image.text)
            }
            if !aside.isEmpty, try await isNewest(image), let last = aside.map(\.lastMessageAt).max(),
                let further = message.after(last)
            {
                message = further
                behind += aside
            }
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

    /// A row that has stepped aside for another group's may stand where the next message comes, and shows the one
    /// before: it moves on if there is really nothing newer to show.
    private func isNewest(_ message: MessageItem) async throws -> Bool {
        try await engine.query(ReadPattern.newestMessage(group: message.group)).items.first == message.item
    }

    /// Another group of one of these users may have its last message in the same
    /// microsecond: that key is taken, so the row goes one microsecond further.
    private func stepAside(_ message: MessageItem, _ groups: [GroupItem]) async throws -> MessageItem {
        for group in groups {
            let key = ItemKey(partition: group.item.key.partition, sort: message.createdAt)
            guard let taken = try await engine.item(at: key), (try? GroupItem(taken))?.group != message.group
            else { continue }
            return message.oneMicrosecondLater ?? message
        }
        return message
    }

    /// By instant: deployments mix naive and aware ones. Where a row stands at no time, every message comes after it.
    private func isEarlier(_ one: String, than other: String) -> Bool {
        guard let one = Timestamp(one) else { return Timestamp(other) != nil }
        guard let other = Timestamp(other) else { return false }
        return one < other
    }
}
