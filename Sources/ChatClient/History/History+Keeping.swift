import ExactText
import GRDB
import Timestamps

extension History {
    /// Keeps what a person wants of a conversation, or does not want any more.
    ///
    /// - Throws: `HistoryFault`.
    func set(_ keeping: ConversationKeeping, _ isOn: Bool, of row: Int64) async throws {
        try await write { database in
            var columns: [String] = []
            if keeping.contains(.pinned) { columns.append("is_pinned = ?1") }
            if keeping.contains(.muted) { columns.append("is_muted = ?1") }
            // Whatever is said later brings it back.
            if keeping.contains(.archived) {
                columns.append(
                    "archived_until = CASE WHEN ?1 THEN max(coalesce(last_at, 0), coalesce(moved_at, 0)) END")
            }
            guard !columns.isEmpty else { return }
            try database.execute(
                sql: "UPDATE conversation SET \(columns.joined(separator: ", ")) WHERE id = ?2",
                arguments: [isOn, row])
            try History.touch(row, database)
        }
    }

    /// Keeps where one was in a conversation.
    ///
    /// - Parameter place: the time of the message at the top of the screen; `nil`: at the newest.
    /// - Throws: `HistoryFault`.
    func set(place: Timestamp?, of row: Int64) async throws {
        try await write { database in
            try database.execute(
                sql: "UPDATE conversation SET place_at = ?1 WHERE id = ?2 AND place_at IS NOT ?1",
                arguments: [place?.microseconds, row])
            if database.changesCount > 0 { try History.touch(row, database) }
        }
    }
}

extension ConversationKeeping {
    /// - Parameter row: of the table `conversation`.
    init(_ row: Row) {
        self = []
        if row["is_pinned"] { insert(.pinned) }
        if row["is_muted"] { insert(.muted) }
        guard let until = row["archived_until"] as Int64?, row["unread"] == 0 else { return }
        // What one has said oneself brings nothing back.
        let isOwn = row.optionalText("last_writer").map { !$0.isExactly(row.text("handle")) } ?? false
        let newest = max(row["last_at"] as Int64? ?? 0, row["moved_at"] as Int64? ?? 0)
        if newest <= until || isOwn { insert(.archived) }
    }
}
