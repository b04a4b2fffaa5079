import AWSClient
import ArgumentParser
import BoundedNumbers
import CruddurServer
import Foundation
import HTTPExchange
import Hummingbird
import Logging
import MessageTable
import Metrics
import NIOCore
import PrivateFiles
import Programs
import PrometheusMetrics
import ServiceLifecycle
import TerminalText
import Traces
import UnixSignals
import Users

/// `cruddur-ops serve`
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the Cruddur messaging API, for real use.",
        discussion: Examples.serve.help(
            then: """
                Messages come from the table, users from PostgreSQL, and who calls is decided by the access \
                tokens of a Cognito user pool, whose keys are fetched from it and again when it rotates them. \
                SIGTERM ends it after what was begun is answered.

                GET /health says that it lives, GET /ready whether the table and the users answer. With \
                --metrics-port, GET /metrics on loopback is for Prometheus.
                """))

    @OptionGroup var table: TableOptions
    @OptionGroup var users: UserOptions
    @OptionGroup var pool: PoolOptions

    @Option(help: "The address to listen on; 0.0.0.0 for all.") var host = "127.0.0.1"
    @Option(help: "The port; 0 for a free one.") var port = 4567
    @Option(
        help: "An app client whose tokens are taken; may be given more than once; else AWS_COGNITO_USER_POOL_CLIENT_ID."
    )
    var clientId: [String] = []
    @Option(help: "The issuer that tokens must have; the pool's at AWS if not given.") var issuer: String?
    @Option(help: "A certificate and those between it and a root, in PEM; without it, plain HTTP.") var tlsCertificate:
        String?
    @Option(help: "The certificate's key, in PEM.") var tlsKey: String?
    @Option(help: "A web page's origin that may call, such as https://cruddur.example; may be given more than once.")
    var allowOrigin: [WebOrigin] = []
    @Flag(help: "A balancer in front adds the caller's address to X-Forwarded-For.") var trustForwardedFor = false
    @Option(
        help: "Requests a second that each user may make in the long run; 0 for no limit.", transform: Self.rate)
    var rate = 20.0
    @Option(help: "Connections at once; fewer where the system allows fewer files.") var connections = 10_000
    @Option(help: "Connections of one address; a quarter of all if not given. With --trust-forwarded-for, no limit.")
    var connectionsPerAddress: Int?
    @Option(help: "Connections to PostgreSQL.") var databaseConnections = 4
    @Option(help: "Serve GET /metrics on this port of loopback; 0 for a free one.") var metricsPort: Int?
    @Flag(help: "Move the groups here as well (pattern E). An embedded table always does.") var project = false
    @Flag(
        inversion: .prefixedNo,
        help: "Follow the table's stream, so that those who wait hear of what other servers write.")
    var followStream = true

    @Flag(help: "Record each call, and offer it at GET /api/traces to whoever made it.") var trace = false
    @Option(help: ArgumentHelp("Write each call to this file, a line of JSON for each step.", valueName: "file"))
    var traceFile: String?

    func validate() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key go together.")
        }
        guard (0...65_535).contains(port), (0...65_535).contains(metricsPort ?? 0) else {
            throw ValidationError("A port is between 0 and 65535.")
        }
        guard (1...1_000_000).contains(connections), (1...10_000).contains(databaseConnections) else {
            throw ValidationError("--connections is between 1 and 1000000, --database-connections between 1 and 10000.")
        }
        guard (1...1_000_000).contains(connectionsPerAddress ?? 1) else {
            throw ValidationError("--connections-per-address is between 1 and 1000000.")
        }
    }

    private static func rate(_ text: String) throws -> Double {
        guard let rate = Double(decimal: text, in: 0...1_000_000) else {
            throw ValidationError("--rate is between 0 and 1000000 requests a second.")
        }
        return rate
    }

    func run() async throws {
        let logger = Self.logger(table.verbose)
        let verifier = try verifier(logger)
        let engine = try table.engine(missing: .made, silence: .unsaid)
        let registry = try users.registry(table, connections: databaseConnections, missing: .made)
        await warn(of: registry, logger)
        let metrics = PrometheusRegistry(help: Self.metricsHelp)
        let file = try traceFile.map(TraceFile.init)
        let tracing = trace || file != nil ? tracing(file) : nil
        var workers = try await workers(engine, tracing, logger)
        if let file { workers.append { await file.run() } }
        let server = try MessagingServer(
            options(logger), engine: engine, users: registry, verifier: verifier, metrics: metrics,
            tracing: tracing, workers: workers, time: Clock.time, now: Clock.now, logger: logger
        ) { port in
            // For who started it: a script may have asked for a free port.
            Output.complain("listening on \(tlsCertificate == nil ? "http" : "https")://\(host):\(port)")
        }
        var services: [any Service] = [server]
        if let metricsPort {
            services.append(
                MetricsService.service(metricsPort, metrics, logger) { Self.tell(engine.capacity, metrics) })
        }
        do {
            try await ServiceGroup(
                configuration: .init(
                    services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
            ).run()
        } catch {
            throw refusal(error) ?? error
        }
    }

    /// Why nobody can listen there, in words.
    private func refusal(_ error: any Error) -> OpsError? {
        let ports = metricsPort.map { "\(port) or \($0)" } ?? "\(port)"
        if let error = error as? IOError {
            switch error.errnoCode {
            case EADDRINUSE:
                return .refused(
                    "port \(ports) of \(host) is in use: another program listens there; take another with --port")
            case EACCES: return .refused("port \(ports) of \(host) may not be used by you; take one above 1023")
            case EADDRNOTAVAIL: return .refused("\(host) is no address of this machine; take 0.0.0.0 for all of them")
            default: return .refused("\(host):\(ports) cannot be listened on: \(Self.reason(error.errnoCode))")
            }
        }
        return error is SocketAddressError || error is SocketAddressError.UnknownHost
            ? .refused("\(host) is no address; take 0.0.0.0 for all of this machine") : nil
    }

    private static func reason(_ code: CInt) -> String { String(cString: strerror(code)) }

    /// Whose tokens are refused because somebody else holds the same id: said at once, not with the first complaint.
    private func warn(of registry: any UserRegistry, _ logger: Logger) async {
        do {
            for shared in try await registry.sharedIdentities() {
                logger.error("their tokens are refused", metadata: ["error": "\(shared)"])
            }
        } catch {
            logger.warning("the users cannot be asked yet", metadata: ["error": "\(error)"])
        }
    }

    private static func logger(_ isVerbose: Bool) -> Logger {
        Logger(label: "cruddur") { _ in
            var log = StandardErrorLog(time: Clock.time)
            log.isJSON = true
            log.logLevel = isVerbose ? .debug : .info
            return log
        }
    }

    private func options(_ logger: Logger) -> ServerOptions {
        var options = ServerOptions()
        options.hostname = host
        options.port = port
        if let tlsCertificate, let tlsKey { options.certificate = .init(chainPath: tlsCertificate, keyPath: tlsKey) }
        options.limits.requestsPerSecond = rate > 0 ? rate : nil
        options.limits.burst = max(1, Int(rate * 3))
        options.limits.connections = bearableConnections(logger)
        options.limits.connectionsPerAddress = connectionsPerAddress
        options.allowedOrigins = allowOrigin.map(\.description)
        options.trustsForwardedFor = trustForwardedFor
        return options
    }

    /// Connections are files: as many as are asked for, if the system has so many.
    private func bearableConnections(_ logger: Logger) -> Int {
        let files = OpenFiles.raiseLimit()
        let bearable = min(connections, max(8, files - OpenFiles.reserve - databaseConnections))
        if bearable < connections {
            logger.warning(
                "fewer connections than asked for: a process may have no more files",
                metadata: ["connections": "\(bearable)", "files": "\(files)"])
        }
        return bearable
    }

    // MARK: Tokens

    private func verifier(_ logger: Logger) throws -> TokenVerifier {
        let id = try pool.userPool()
        let region = try pool.region(table)
        let clients =
            clientId.isEmpty ? [PoolOptions.environment("AWS_COGNITO_USER_POOL_CLIENT_ID")].compactMap { $0 } : clientId
        guard !clients.isEmpty else {
            throw PoolOptions.missing(
                "--client-id", environment: "AWS_COGNITO_USER_POOL_CLIENT_ID", example: "1example23456789")
        }
        let base = pool.endpoint ?? "https://cognito-idp.\(region).amazonaws.com"
        let url = "\(base)/\(id)/.well-known/jwks.json"
        let keys = PoolKeys(now: Clock.now) {
            do {
                return try await Self.fetch(url)
            } catch {
                logger.error("the pool's keys cannot be fetched", metadata: ["url": "\(url)", "error": "\(error)"])
                throw error
            }
        }
        return TokenVerifier(
            keys: keys, issuer: issuer ?? "https://cognito-idp.\(region).amazonaws.com/\(id)", clientIDs: Set(clients))
    }

    private static func fetch(_ url: String) async throws -> String {
        let answer = try await HTTPConnections.shared.send(
            HTTPCall(.get, url), within: HTTPBounds(time: .seconds(5), size: 1 << 20))
        guard answer.status == 200 else { throw OpsError.refused("\(url) answers \(answer.status)") }
        return String(decoding: answer.body, as: UTF8.self)
    }

    // MARK: What runs beside

    private func tracing(_ file: TraceFile?) -> ServerTracing {
        var sink: (@Sendable (TraceSpan) -> Void)?
        if let file { sink = { file.take($0) } }
        return ServerTracing(
            tracer: RingTracer(time: Clock.time, sink: sink), table: table.table, region: table.cloudRegion)
    }

    private func workers(
        _ engine: any TableEngine, _ tracing: ServerTracing?, _ logger: Logger
    ) async throws -> [MessagingServer.Worker] {
        // Nobody else moves the groups of a file.
        let project = project || table.embedded != nil
        guard followStream || project else { return [] }
        let stream = try await engine.stream()
        var workers: [MessagingServer.Worker] = []
        if followStream { workers.append { try await stream.announceChanges(now: Clock.now, logger: logger) } }
        if project {
            let projection = ServerTracing.projection(on: engine, tracing, now: Clock.now)
            let reader = StreamReader(
                name: GroupProjector.consumer, checkpoints: Stream.defaultCheckpoints, now: Clock.now, logger: logger
            ) { _ = try await projection($0) }
            workers.append(try stream.following(as: reader))
        }
        return workers
    }

    private static let calls = "cruddur_table_calls"
    private static let units = "cruddur_table_units"
    private static let throttled = "cruddur_table_throttled"
    private static let metricsHelp = MessagingServer.metricsHelp.merging([
        calls: "Calls of the table since the start.", units: "Capacity units consumed since the start.",
        throttled: "Tries that the table has refused since the start, because it was asked too much at a time.",
    ]) { $1 }

    /// The table counts for itself: what it has counted is told when somebody asks.
    private static func tell(_ capacity: CapacityMeter, _ registry: PrometheusRegistry) {
        for (operation, count) in capacity.byOperation {
            let dimensions = [("operation", operation)]
            Gauge(label: calls, dimensions: dimensions, factory: registry).record(count.calls)
            Gauge(label: units, dimensions: dimensions, factory: registry)
                .record(count.consumed.read + count.consumed.write)
            Gauge(label: throttled, dimensions: dimensions, factory: registry).record(count.throttled)
        }
    }
}
