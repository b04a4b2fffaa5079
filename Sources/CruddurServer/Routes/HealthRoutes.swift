import Hummingbird
import Logging
import MessageTable
import Timestamps

/// Whether the server lives, and whether it can do its work.
struct HealthRoutes {
    let engine: any TableEngine
    let users: any UserDirectory
    let time: any TimeSource

    func add(to router: Router<CruddurRequestContext>) {
        // As the seed has it.
        router.get("/health") { _, _ in "OK" }
        router.get("/ready", use: ready)
    }

    /// Asks what every request needs; 503 names what does not answer.
    private func ready(_ request: Request, _ context: CruddurRequestContext) async throws -> Response {
        let table = await answers(context) { _ = try await engine.item(at: PairItem.key("", "")) }
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
