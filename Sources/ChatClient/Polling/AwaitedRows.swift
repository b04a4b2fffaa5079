import Timestamps

/// What the list of groups shall show of ours, since the server has taken it.
struct AwaitedRows {
    private struct Row {
        let id: ConversationID
        let at: Timestamp
        let taken: Duration
    }

    /// By group.
    private var rows: [String: Row] = [:]

    var isEmpty: Bool { rows.isEmpty }

    /// - Parameters:
    ///   - at: the message's time, at the server.
    ///   - taken: when it was taken, at our own clock.
    mutating func expect(_ id: ConversationID, of group: String, at: Timestamp, taken: Duration) {
        rows[group] = Row(id: id, at: at, taken: taken)
    }

    /// - Returns: what this page shows, and how long it took; it is awaited no more.
    mutating func take(_ page: [Group], at now: Duration) -> [(id: ConversationID, after: Duration)] {
        page.compactMap { group in
            guard let row = rows[group.uuid], row.at == group.at else { return nil }
            rows[group.uuid] = nil
            return (row.id, now - row.taken)
        }
    }
}
