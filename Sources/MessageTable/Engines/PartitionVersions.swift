import GRDB
import Synchronization

/// When each partition of an embedded table has changed last: the number of its last record in the stream, which is
/// written in the transaction of the change, by whatever program. So one look at the stream's last number tells
/// whether anything has changed, and the records since the last look tell what.
final class PartitionVersions: Sendable {
    /// Records that are caught up with; behind more of them, everything counts as changed.
    private static let patience: Int64 = 1000
    /// Partitions that are remembered before everything counts as changed once.
    private static let remembered = 10_000

    private struct State {
        /// The file's, before the last look; `nil` if it could not be told.
        var file: Int64?
        /// The last record that was looked at; `nil` at first.
        var seen: Int64?
        /// The version of every partition that has not changed since.
        var floor: Int64 = 0
        var changed: [String: Int64] = [:]

        mutating func forget(until last: Int64) {
            (seen, floor, changed) = (last, last, [:])
        }
    }

    private let state = Mutex(State())

    /// `nil` if something may have changed since the last look.
    ///
    /// - Parameter file: the version of the whole file.
    func versions(of partitions: [String], at file: Int64) -> [Int64]? {
        state.withLock { state in
            guard state.file == file else { return nil }
            return partitions.map { state.changed[$0] ?? state.floor }
        }
    }

    /// A change that is made while this runs may be told by the next look only: who reads what a version is of reads it
    /// after the version.
    ///
    /// - Parameter file: the version of the whole file, from before this call.
    func versions(of partitions: [String], at file: Int64?, in database: Database) throws -> [Int64] {
        let last =
            try Int64.fetchOne(
                database.cachedStatement(sql: "SELECT seq FROM sqlite_sequence WHERE name = 'stream'")) ?? 0
        return try state.withLock { state in
            // Another thread may have looked a moment later, and seen more.
            if state.seen.map({ last > $0 }) ?? true { try catchUp(&state, last, database) }
            state.file = file
            return partitions.map { state.changed[$0] ?? state.floor }
        }
    }

    private func catchUp(_ state: inout State, _ last: Int64, _ database: Database) throws {
        guard let seen = state.seen, last - seen <= Self.patience, state.changed.count < Self.remembered else {
            return state.forget(until: last)
        }
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: "SELECT sequence, pk FROM stream WHERE sequence > ? AND sequence <= ? ORDER BY sequence"),
            arguments: [seen, last])
        // Some have been removed: nobody can tell any more what they were about.
        guard Int64(rows.count) == last - seen else { return state.forget(until: last) }
        for row in rows { state.changed[String(stored: row["pk"])] = row["sequence"] }
        state.seen = last
    }
}
