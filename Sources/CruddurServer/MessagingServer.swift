import Hummingbird
import Logging
import MessageTable
import NIOCore
import ServiceLifecycle
import Timestamps

/// Cruddur messaging on the embedded table: the HTTP API, the local user pool and the
/// stream's group projector, in one service.
public struct MessagingServer: Service {
    private let application: any ApplicationProtocol
    private let projector: StreamConsumer<EmbeddedEngine>

    /// - Parameters:
    ///   - hostname: the address to listen on; the demo's is loopback.
    ///   - port: 0 for a free one; `onListening` is told which.
    ///   - streamLag: how old a message is when the stream's projector sees it.
    /// - Throws: when the local pool's keys cannot be used.
    public init(
        engine: EmbeddedEngine, users: any UserDirectory, issuer: LocalIssuer, hostname: String, port: Int,
        streamLag: Duration, now: @escaping @Sendable () -> Timestamp, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void
    ) async throws {
        let router = APIRouter.make(
            conversations: Conversations(engine: engine, users: users, now: now),
            verifier: try await issuer.verifier(), users: users,
            changes: { engine.newRecords() })
        CognitoRoutes(issuer: issuer, users: users).add(to: router)
        application = Application(
            router: router,
            configuration: .init(address: .hostname(hostname, port: port), serverName: "cruddur"),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? port) }, logger: logger)
        let groups = GroupProjector(engine: engine)
        projector = StreamConsumer(
            name: "groups", source: engine, lag: streamLag, now: now, logger: logger
        ) { try await groups.project($0) }
    }

    /// Serves until the task is cancelled or shut down gracefully: then what was begun is
    /// answered first.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await projector.run() }
            defer { group.cancelAll() }
            try await application.run()
        }
    }
}
