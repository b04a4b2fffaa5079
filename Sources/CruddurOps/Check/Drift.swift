import MessageTable
import TerminalText

/// Something in the table that is not as it should be, and how it can be mended.
struct Drift: Sendable {
    enum Kind: String, Encodable, CaseIterable, Sendable {
        /// A group's row is older than the conversation's newest message.
        case stale = "stale_group"
        /// A member has more than one row of the group.
        case doubled = "doubled_group"
        /// A group has one row, or rows of three.
        case members = "wrong_members"
        /// A row names a user who is not in the directory.
        case unknownUser = "unknown_user"
        /// Two groups of the same two people.
        case twoGroups = "two_groups"
        /// Messages that nobody can see: no group has them.
        case orphan = "orphaned_messages"
        /// A pair's row that leads to no group.
        case deadPair = "dead_pair"
        /// An item that is nothing of ours.
        case unreadable = "unreadable_item"
    }

    let kind: Kind
    /// The group's uuid, or the item's key.
    let subject: String
    let explanation: String
    /// Safe to do by itself; empty: a person must decide.
    var repair: [Write] = []
}

extension Write {
    /// For the person who is asked.
    var words: PrintableText {
        switch self {
        case .put(let item, _): "put    \(item.jsonLine)"
        case .delete(let key, _): "delete \(key.partition) / \(key.sort)"
        }
    }
}
