/// A conversation, for life: the same before and after its first message has made it a group.
///
/// It is local: one history, and all who work on it, know it by this name and no server does.
public struct ConversationID: Hashable, Sendable {
    package let row: Int64

    package init(_ row: Int64) { self.row = row }
}
