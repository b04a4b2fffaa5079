import MessageTable
import Timestamps

/// What the table holds of one group, read within a moment.
struct Conversation: Sendable {
    let group: String
    /// Those that can be read, whether their sort keys are times or not.
    var rows: [GroupItem] = []
    /// Rows that name this group and cannot be read.
    var unreadableRows: [Item] = []
    /// The newest message that can be read and whose sort key is a time.
    var newest: MessageItem?
    /// Whether there is any item in its partition, of whatever kind.
    var hasMessages = false
    /// How many, as far as that was counted.
    var messages: Int?
    /// The time of the latest one that cannot be read.
    var lastUnreadable: Timestamp?
    /// A few of those who wrote, as their messages name them.
    var senders: [String: Person] = [:]
    /// Items of pairs that lead here.
    var pairs: [Item] = []
    var moved: (item: Item, successor: String)?
    /// Where a member's row may stand that shows the newest message: the same sort key, or the next free one.
    var freeKeys: [String: String] = [:]

    /// All who have something to do with it, by uuid.
    var people: Set<String> {
        Set(rows.flatMap { [$0.owner, $0.other.uuid] } + senders.keys + pairs.flatMap { PairItem.members($0.key) })
    }
}

/// What is known of people, from the directory and from the table's own marks.
struct Knowledge: Sendable {
    /// By uuid; `nil`: nobody was asked.
    var users: [String: Person]?
    var gone: Set<String> = []
    /// Whose list holds rows of which nobody knows what group they are of.
    var blurred: Set<String> = []

    func isUnknown(_ uuid: String) -> Bool { users.map { $0[uuid] == nil } ?? false && !gone.contains(uuid) }

    func name(_ uuid: String) -> String { users?[uuid].map { "@\($0.handle)" } ?? uuid }
}

/// By instant where both are times: deployments mix naive and aware ones. What is no time is before all that are.
func isBefore(_ one: String, _ other: String) -> Bool {
    switch (Timestamp(one), Timestamp(other)) {
    case (let one?, let other?): one < other
    case (nil, nil): one < other
    case (nil, _?): true
    case (_?, nil): false
    }
}
