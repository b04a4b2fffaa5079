import Hummingbird
import Logging
import NIOCore
import PrometheusMetrics
import ServiceLifecycle
import TerminalText

/// `GET /metrics` on loopback, for Prometheus.
enum MetricsService {
    /// - Parameters:
    ///   - port: 0: a free one; which, is said on standard error.
    ///   - prepare: called before each answer, for what is only counted when somebody asks.
    static func service(
        _ port: Int, _ registry: PrometheusRegistry, _ logger: Logger, prepare: @escaping @Sendable () -> Void = {}
    ) -> any Service {
        let router = Router()
        router.get("/metrics") { _, _ in
            prepare()
            return Response(
                status: .ok, headers: [.contentType: PrometheusRegistry.contentType],
                body: .init(byteBuffer: ByteBuffer(string: registry.text)))
        }
        return Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: "cruddur"),
            onServerRunning: { channel in
                Output.complain("metrics on http://127.0.0.1:\(channel.localAddress?.port ?? port)/metrics")
            }, logger: logger)
    }
}
