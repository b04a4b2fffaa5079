import Hummingbird
import Logging
import MessageTable
import Timestamps
import Users

/// Whether the server lives, and whether it can do its work.
struct HealthRoutes {
    private let readiness: Readiness
    private let users: any UserDirectory

    init(engine: any TableEngine, users: any UserDirectory, time: any TimeSource) {
        readiness = Readiness(engine, time: time)
        self.users = users
    }

    func add(to router: Router<CruddurRequestContext>) {
        // As the seed has it.
        router.get("/health") { _, _ in "OK" }
        router.get("/ready", use: ready)
    }

    /// Does what a message needs, but for the message; 503 names what does not answer.
    private func ready(_ request: Request, _ context: CruddurRequestContext) async throws -> Response {
        let table = await answers(context) { try await readiness.check() }
        let people = await answers(context) { _ = try await users.user(handle: "") }
        return try JSONAnswer.make(
            ["table": table ? "ok" : "unavailable", "users": people ? "ok" : "unavailable"],
            status: table && people ? .ok : .serviceUnavailable)
    }

    private func answers(_ context: CruddurRequestContext, _ ask: () async throws -> Void) async -> Bool {
        do {
            try await ask()
            return true
        } catch {
            context.logger.warning("not ready", metadata: ["error": "\(error)"])
            return false
        }
    }
}

/// Whether a write would work. Asked by anybody as often as they like, tried once a second.
private actor Readiness {
    private static let lifetime = Duration.seconds(1)

    private let engine: any TableEngine
    private let time: any TimeSource
    private var last: (trial: Task<Void, any Error>, at: Duration)?

    init(_ engine: any TableEngine, time: any TimeSource) {
        self.engine = engine
        self.time = time
    }

    /// - Throws: `TableError`.
    func check() async throws {
        let now = time.elapsed()
        if let last, now - last.at < Self.lifetime { return try await last.trial.value }
        let trial = Task { [engine] in try await engine.checkWritable() }
        last = (trial, now)
        try await trial.value
    }
}
