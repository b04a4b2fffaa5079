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

    /// `nil` for a row without a uuid, or with one that leads nowhere: it could not be opened.
    init?(_ row: WireRow) {
        guard let uuid = row.uuid, GroupUUID.isUsable(uuid) else { return nil }
        self.init(
            uuid: uuid, handle: row.handle, displayName: row.displayName, preview: row.message,
            at: row.createdAt.instant)
    }
}

/// Your groups, as polls have told them.
///
/// While the stream re-keys a group, a poll may lack it or list it twice: the newest row of each uuid counts, and a
/// group once seen stays. A row that is told otherwise than before is news, also where it is an older one: a late
/// record, or the row of a message whose writer's clock is behind another's. Only the messages can tell which.
struct GroupList: Sendable {
    /// What a page has told.
    struct News: Equatable, Sendable {
        /// Rows that are new, or told otherwise than before.
        var changed: [Group] = []
        /// Groups that the list has again, and those that it has no more.
        var listed: [String] = []
        var unlisted: [String] = []
    }

    /// Rows of a list that is as long as servers make it: there may be more groups than it shows.
    static let fullPage = 20
    /// Answers in a row that lack a group before it is believed to be gone: the stream takes it away for a moment.
    static let missesToBelieve = 3
    /// Zones that sort keys are written in differ from UTC by less than that; seconds.
    private static let widestOffset = 14.0 * 3600

    /// The newest row of each.
    private(set) var groups: [String: Group] = [:]
    private var told: [String: Group] = [:]
    private var gone: Set<String> = []
    private var misses: [String: Int] = [:]
    private var page: [Group] = []

    /// - Parameter gone: those of `known` that the list had no more.
    init(_ known: [Group] = [], gone: Set<String> = []) {
        for group in known { groups[group.uuid] = group }
        told = groups
        self.gone = gone
    }

    mutating func take(_ page: [Group]) -> News {
        self.page = page
        var news = News()
        for (uuid, group) in newest(page) where told[uuid] != group {
            told[uuid] = group
            if groups[uuid].map(group.isNewer(than:)) ?? true { groups[uuid] = group }
            news.changed.append(group)
        }
        count(&news)
        return news
    }

    /// The server says that its list is what it was.
    mutating func takeAgain() -> News {
        var news = News()
        count(&news)
        return news
    }

    private func newest(_ page: [Group]) -> [String: Group] {
        page.reduce(into: [:]) { rows, group in
            if rows[group.uuid].map(group.isNewer(than:)) ?? true { rows[group.uuid] = group }
        }
    }

    private mutating func count(_ news: inout News) {
        let present = Set(page.map(\.uuid))
        for uuid in present {
            misses[uuid] = nil
            if gone.remove(uuid) != nil { news.listed.append(uuid) }
        }
        guard let shows = shows() else { return }
        for (uuid, group) in told where !gone.contains(uuid) && !present.contains(uuid) && shows(group) {
            misses[uuid, default: 0] += 1
            guard misses[uuid, default: 0] >= Self.missesToBelieve else { continue }
            gone.insert(uuid)
            news.unlisted.append(uuid)
        }
    }

    /// Which groups the page would have shown: those of its year, as far back as it goes. `nil`: it says nothing.
    private func shows() -> ((Group) -> Bool)? {
        guard let newest = page.map(\.at).max(), let oldest = page.map(\.at).min() else { return nil }
        let isCut = page.count >= Self.fullPage
        let year = Self.year(newest)
        return { group in
            let earliest = Self.year(group.at.advanced(bySeconds: -Self.widestOffset))
            return earliest >= year && (!isCut || group.at > oldest)
        }
    }

    /// In UTC.
    private static func year(_ time: Timestamp) -> Int {
        CivilDate(daysSinceEpoch: Int((time.seconds / 86_400).rounded(.down))).year
    }
}

extension Group {
    /// Whether it is the newer of two rows of one group.
    func isNewer(than other: Group) -> Bool {
        (at, preview, displayName, handle) > (other.at, other.preview, other.displayName, other.handle)
    }
}
