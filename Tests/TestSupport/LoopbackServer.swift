import Hummingbird
import Logging
import ServiceLifecycle

/// A server of a test's own, on a free port of loopback.
public enum LoopbackServer {
    /// Serves `router` while `body` runs, which is told the URL.
    public static func run(
        _ router: Router<BasicRequestContext>, _ body: (String) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { listening.yield($0.localAddress?.port ?? 0) }, logger: logger)
        let services = ServiceGroup(configuration: .init(services: [application], logger: logger))
        let serving = Task { try await services.run() }
        guard let port = await ports.first(where: { _ in true }) else { return }
        let result: Result<Void, any Error>
        do {
            result = .success(try await body("http://127.0.0.1:\(port)"))
        } catch {
            result = .failure(error)
        }
        await services.triggerGracefulShutdown()
        try await serving.value
        try result.get()
    }
}
