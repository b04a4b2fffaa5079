import Timestamps
import Traces
import Tracing

/// Handles the stream's records, each in a trace of its own that is linked to the message's.
public struct TracedProjection: Sendable {
    private let tracer: any Tracer
    private let origins: MessageOrigins
    private let now: @Sendable () -> Timestamp
    private let handle: @Sendable (StreamRecord) async throws -> Bool

    /// - Parameter handle: says whether anything moved.
    public init(
        tracer: any Tracer, origins: MessageOrigins, now: @escaping @Sendable () -> Timestamp,
        handle: @escaping @Sendable (StreamRecord) async throws -> Bool
    ) {
        self.tracer = tracer
        self.origins = origins
        self.now = now
        self.handle = handle
    }

    /// - Returns: whether anything moved.
    /// - Throws: what `handle` throws.
    @discardableResult
    public func project(_ record: StreamRecord) async throws -> Bool {
        guard record.isNewMessage else { return try await handle(record) }
        return try await tracer.withAnySpan("process stream record", context: .topLevel, ofKind: .consumer) { span in
            span.attributes["cruddur.pattern"] = "E"
            span.attributes["cruddur.stream.event"] = record.event.rawValue
            span.attributes["cruddur.stream.sequence"] = record.sequence
            span.attributes["cruddur.stream.lag_ms"] = max(0, now().seconds(since: record.at) * 1000)
            span.attributes["cruddur.message.partition"] = record.key.partition
            span.attributes["cruddur.message.sort_key"] = record.key.sort
            if let origin = origins.context(of: record.key) {
                span.addLink(SpanLink(context: origin, attributes: [:]))
                // Whoever wrote the message sees what came of it, also where nothing was to be moved.
                if let writer = origin.traceAudience { span.context.traceAudience?.admit(writer) }
            }
            do {
                let hasMoved = try await handle(record)
                span.attributes["cruddur.moved"] = hasMoved
                return hasMoved
            } catch let error as ItemError {
                // It can never be right; anything else comes again.
                span.attributes["cruddur.stream.skipped"] = true
                throw error
            }
        }
    }
}
