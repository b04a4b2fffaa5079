import Foundation
import Logging
import MessageTable
import Timestamps

/// One batch of stream records.
struct StreamHandler: Sendable {
    /// Seconds before the deadline at which no other record is begun.
    private static let margin = 2.0

    private let projector: GroupProjector
    private let now: @Sendable () -> Timestamp
    private let rule: RecordRule
    private let logger: Logger

    init(engine: any TableEngine, now: @escaping @Sendable () -> Timestamp, logger: Logger) {
        projector = GroupProjector(engine: engine)
        self.now = now
        rule = RecordRule(logger)
        self.logger = logger
    }

    /// Which records are to come again. Lambda goes on at the first of them, so there is one at most.
    struct Answer: Encodable {
        struct Failure: Encodable {
            let itemIdentifier: String
        }
        let batchItemFailures: [Failure]
    }

    /// - Throws: `TableError.unavailable` for an event of another kind.
    func handle(_ event: Data, until deadline: Timestamp) async throws -> Data {
        let records = try StreamEvent(json: event).records
        var moved = 0
        var failed: StreamRecord?
        for record in records {
            guard deadline.seconds(since: now()) > Self.margin else {
                failed = record
                break
            }
            do {
                if try await rule.take(record, projector.project) == true { moved += 1 }
            } catch {
                logger.error("record failed", metadata: ["sequence": "\(record.sequence)", "error": "\(error)"])
                failed = record
                break
            }
        }
        let lag = records.first.map { now().seconds(since: $0.at) } ?? 0
        logger.info("batch", metadata: ["records": "\(records.count)", "moved": "\(moved)", "lag": "\(lag)"])
        return try JSONEncoder().encode(
            Answer(batchItemFailures: failed.map { [.init(itemIdentifier: $0.sequence)] } ?? []))
    }
}
