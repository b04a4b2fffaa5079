import Timestamps

/// The left pane's rows, the pinned ones before the others, newest first. What a change costs does not depend on how many there are, but for finding
/// its place.
struct ConversationList: Sendable {
    private(set) var rows: [ConversationSummary] = []
    private var places: [ConversationID: Place] = [:]

    /// Where a row stands, which no two share.
    private struct Place: Comparable {
        let isPinned: Bool
        let at: Timestamp
        let handle: String
        let row: Int64

        init(_ summary: ConversationSummary) {
            isPinned = summary.keeping.contains(.pinned)
            // What has no message yet was begun just now.
            at = summary.at ?? Timestamp(microseconds: .max)
            handle = summary.title.handle
            row = summary.id.row
        }

        static func < (one: Place, other: Place) -> Bool {
            guard one.isPinned == other.isPinned else { return one.isPinned }
            return (other.at, one.handle, one.row) < (one.at, other.handle, other.row)
        }
    }

    mutating func put(_ summary: ConversationSummary) {
        remove(summary.id)
        let place = Place(summary)
        rows.insert(summary, at: index(of: place))
        places[summary.id] = place
    }

    mutating func remove(_ id: ConversationID) {
        guard let place = places.removeValue(forKey: id) else { return }
        rows.remove(at: index(of: place))
    }

    /// The first row that does not stand before `place`.
    private func index(of place: Place) -> Int {
        var (low, high) = (0, rows.count)
        while low < high {
            let middle = (low + high) / 2
            if Place(rows[middle]) < place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
