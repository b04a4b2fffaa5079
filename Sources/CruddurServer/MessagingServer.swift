import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import LocalPool
import Logging
import MessageTable
import Metrics
import NIOCore
import NIOSSL
import ServiceLifecycle
import Timestamps
import Users

/// Cruddur messaging on a table: the HTTP API, and whatever works beside it, in one service.
public struct MessagingServer: Service {
    /// Something that runs as long as the server: a projector, a follower of the stream.
    public typealias Worker = @Sendable () async throws -> Void

    private let application: any ApplicationProtocol
    private let workers: [Worker]
    /// Who waits for news.
    let waiters: Waiters

    /// - Parameters:
    ///   - issuer: a user pool of our own to serve beside the API; `nil`: a real one is elsewhere.
    ///   - pool: who has an account at it; `nil`: its tokens are refreshed, and nobody signs in.
    ///   - metrics: told what it does.
    ///   - tracing: records each call, and offers it at `/api/traces` to whoever made it; `nil`: nothing is recorded.
    ///   - time: how long answers take, and are held, is measured by it.
    ///   - onListening: told the port.
    /// - Throws: `ServerError.certificate`.
    public init(
        _ options: ServerOptions, engine: any TableEngine, users: any UserDirectory, verifier: TokenVerifier,
        issuer: LocalIssuer? = nil, pool: LocalPool? = nil, metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        tracing: ServerTracing? = nil,
        workers: [Worker] = [],
        time: any TimeSource = SystemTime(), now: @escaping @Sendable () -> Timestamp, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void
    ) throws {
        let watched = options.deviation.engine(tracing?.watching(engine) ?? engine)
        let connections = Connections(limit: options.limits.connectionsOfOneAddress)
        waiters = Waiters(limit: options.limits.waitersPerCaller, time: time)
        let router = APIRouter.make(
            options, conversations: Conversations(engine: watched, users: users, now: now), verifier: verifier,
            users: users, connections: connections, waiters: waiters, metrics: ServerMetrics(metrics), tracing: tracing,
            time: time)
        HealthRoutes(engine: engine, users: users, time: time).add(to: router)
        if let issuer { CognitoRoutes(issuer: issuer, pool: pool, users: users).add(to: router) }
        application = Application(
            router: router, server: try Self.builder(options, connections),
            configuration: .init(
                address: .hostname(options.hostname, port: options.port), serverName: "cruddur",
                availableConnectionsDelegate: .maximum(options.limits.connections, logger: logger)),
            onServerRunning: { channel in
                // A failure here is a server that is closed already.
                try? await channel.eventLoop.submit {
                    try channel.pipeline.syncOperations.addHandler(AcceptRest(logger: logger), position: .first)
                }.get()
                onListening(channel.localAddress?.port ?? options.port)
            }, logger: logger)
        self.workers = workers
    }

    private static func builder(_ options: ServerOptions, _ connections: Connections) throws -> HTTPServerBuilder {
        let limits = options.limits
        let plain = HTTPServerBuilder { responder in
            let channel = HTTP1Channel(
                responder: responder,
                configuration: .init(
                    additionalChannelHandlers: [
                        ConnectionHandler(
                            limits, connections: connections, countsAddresses: !options.trustsForwardedFor)
                    ],
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
                        maxHeaderFieldCount: 100)))
            return BoundedChannel(base: channel)
        }
        guard let certificate = options.certificate else { return plain }
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate.chainPath)
            let key = try NIOSSLPrivateKey(file: certificate.keyPath, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            return try .tls(plain, tlsConfiguration: configuration)
        } catch {
            throw ServerError.certificate(certificate.chainPath, certificate.keyPath)
        }
    }

    /// Serves until the task is cancelled or shut down gracefully: then what was begun is
    /// answered first.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in workers { group.addTask { try await worker() } }
            group.addTask { await waiters.run() }
            defer { group.cancelAll() }
            try await application.run()
        }
    }
}

/// Why a server cannot be started.
public enum ServerError: Error, Equatable, CustomStringConvertible {
    case certificate(String, String)

    public var description: String {
        switch self {
        case .certificate(let chain, let key):
            "\(chain) and \(key) are not a certificate in PEM and its key, or may not be read"
        }
    }
}
