import GRDB
import Synchronization
import Timestamps

/// Removes what is old from the embedded stream, now and then and a little more than came since: so a write costs
/// the same however long the stream is.
final class StreamTrimming: Sendable {
    /// Records between two looks.
    private static let pause = 1000
    /// Records that one look removes at most.
    private static let batch = 2 * pause
    /// As DynamoDB keeps them.
    private static let lifetime = 86_400.0

    private let written = Mutex(0)

    /// A record was written in this transaction.
    func written(at time: Timestamp, in database: Database) throws {
        let isDue = written.withLock { count in
            count += 1
            return count % Self.pause == 0
        }
        guard isDue else { return }
        // What somebody who follows the stream has not seen yet stays for them.
        try database.execute(
            sql: """
                DELETE FROM stream WHERE sequence IN (
                    SELECT sequence FROM stream WHERE at < ?
                        AND sequence <= coalesce((SELECT min(sequence) FROM checkpoints), sequence)
                    ORDER BY at LIMIT ?)
                """,
            arguments: [time.advanced(bySeconds: -Self.lifetime).microseconds, Self.batch])
    }
}
