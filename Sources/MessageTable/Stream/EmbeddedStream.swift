import Logging
import Timestamps

extension EmbeddedEngine {
    public func stream() async throws -> any TableStream { EmbeddedStream(engine: self) }
}

/// The embedded table's own, which keeps its consumers' checkpoints too.
private struct EmbeddedStream: TableStream {
    let engine: EmbeddedEngine

    func following(as reader: StreamReader) throws -> @Sendable () async throws -> Void {
        let consumer = StreamConsumer(
            name: reader.name, source: engine, now: reader.now, logger: reader.logger, onProgress: reader.onProgress,
            handle: reader.handle)
        return { try await consumer.run() }
    }

    func announceChanges(now: @escaping @Sendable () -> Timestamp, logger: Logger) async throws {
        try await engine.announceStream(SystemTime())
    }
}
