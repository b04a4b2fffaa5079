import Timestamps

/// A message group as the server's list shows it.
public struct Group: Hashable, Sendable {
    public let uuid: String
    /// The other's.
    public let handle: String
    public let displayName: String
    /// The last message's text.
    public let preview: String
    public let at: Timestamp

    public init(uuid: String, handle: String, displayName: String, preview: String, at: Timestamp) {
        self.uuid = uuid
        self.handle = handle
        self.displayName = displayName
        self.preview = preview
        self.at = at
    }

    /// `nil` for a row without a uuid: it could not be opened.
    init?(_ row: WireRow) {
        guard let uuid = row.uuid, !uuid.isEmpty else { return nil }
        self.init(
            uuid: uuid, handle: row.handle, displayName: row.displayName, preview: row.message,
            at: row.createdAt.instant)
    }
}

/// Your groups, as polls have told them.
///
/// While the stream re-keys a group, a poll may lack it or list it twice: the newest
/// row of each uuid counts, and a group once seen stays.
public struct GroupList: Equatable, Sendable {
    public private(set) var groups: [String: Group] = [:]

    public init() {}

    /// - Returns: the uuids of the groups that are new or have moved.
    @discardableResult
    public mutating func merge(_ page: [Group]) -> Set<String> {
        var moved: Set<String> = []
        for group in page {
            if let known = groups[group.uuid] {
                guard isNewer(group, known) else { continue }
                if group.at > known.at { moved.insert(group.uuid) }
            } else {
                moved.insert(group.uuid)
            }
            groups[group.uuid] = group
        }
        return moved
    }

    /// The group with this person; of several, the one that was used last.
    public func group(with handle: String) -> Group? {
        groups.values.filter { $0.handle == handle }.max { ($0.at, $0.uuid) < ($1.at, $1.uuid) }
    }

    private func isNewer(_ one: Group, _ other: Group) -> Bool {
        (one.at, one.preview, one.displayName, one.handle)
            > (other.at, other.preview, other.displayName, other.handle)
    }
}
