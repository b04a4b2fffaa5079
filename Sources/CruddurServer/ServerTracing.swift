import MessageTable
import Timestamps
import Traces

/// What it takes to watch a server at work.
public struct ServerTracing: Sendable {
    public let tracer: RingTracer
    private let table: String
    private let region: String?
    private let origins = MessageOrigins()

    /// - Parameters:
    ///   - table: the name that calls are said to go to.
    ///   - region: where on AWS it is; `nil`: it is elsewhere.
    public init(tracer: RingTracer, table: String, region: String? = nil) {
        self.tracer = tracer
        self.table = table
        self.region = region
    }

    /// `engine`, watched.
    public func watching(_ engine: any TableEngine) -> any TableEngine {
        TracedEngine(engine, table: table, region: region, tracer: tracer, origins: origins)
    }

    /// Pattern E on `engine`, watched if `tracing` is there.
    public static func projection(
        on engine: any TableEngine, _ tracing: ServerTracing?, now: @escaping @Sendable () -> Timestamp
    ) -> Projection {
        let groups = GroupProjector(engine: tracing?.watching(engine) ?? engine)
        guard let tracing else { return { try await groups.project($0) } }
        return tracing.projection(now: now) { try await groups.project($0) }
    }

    /// `handle`, which does pattern E, watched.
    public func projection(
        now: @escaping @Sendable () -> Timestamp, _ handle: @escaping Projection
    ) -> Projection {
        let projection = TracedProjection(tracer: tracer, origins: origins, now: now, handle: handle)
        return { try await projection.project($0) }
    }

    /// Does with a record what is to be done, and says whether anything moved.
    public typealias Projection = @Sendable (StreamRecord) async throws -> Bool
}
