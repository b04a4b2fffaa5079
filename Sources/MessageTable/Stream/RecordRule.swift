import Logging

/// What becomes of a record and of a fault, whoever follows a stream: the embedded one, one in shards, or the function.
///
/// - A record that can never be right is skipped, or one bad item would stop the stream for good.
/// - What the table does not take at present is tried again until it does, so that nothing is passed over: after
///   `pause`, then after twice as long each time, up to a minute. The function leaves that to Lambda.
/// - Whatever else fails ends who follows.
package struct RecordRule: Sendable {
    private static let longestPause = Duration.seconds(60)

    private let logger: Logger

    package init(_ logger: Logger) {
        self.logger = logger
    }

    /// - Returns: what `handle` does; `nil` for a record that is skipped.
    /// - Throws: what `handle` throws beside `ItemError`.
    @discardableResult
    package func take<Value>(
        _ record: StreamRecord, _ handle: (StreamRecord) async throws -> Value
    ) async throws -> Value? {
        do {
            return try await handle(record)
        } catch let error as ItemError {
            logger.warning(
                "stream: record skipped", metadata: ["sequence": "\(record.sequence)", "error": "\(error)"])
            return nil
        }
    }

    /// Again and again, until it goes.
    ///
    /// - Throws: what `body` throws beside `TableError`, and `sleep`.
    func persistent<Value: Sendable>(
        pause: Duration = .seconds(1), _ sleep: (Duration) async throws -> Void, _ body: () async throws -> Value
    ) async throws -> Value {
        var wait = pause
        while true {
            do {
                return try await body()
            } catch let error as TableError {
                logger.error("stream: waiting after a failure", metadata: ["error": "\(error)"])
                try await sleep(wait)
                wait = min(wait * 2, Self.longestPause)
            }
        }
    }
}
