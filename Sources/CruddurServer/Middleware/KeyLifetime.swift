import HTTPTypes
import Hummingbird
import MessageTable

/// Every answer says that this server knows `Idempotency-Key`, and for how many seconds it keeps one at least: a client
/// finds out before it sends anything.
struct KeyLifetime: RouterMiddleware {
    private static let header = HTTPField.Name("Idempotency-Key-Lifetime")!
    private static let seconds = "\(KeyItem.lifetime)"

    func handle(
        _ request: Request, context: CruddurRequestContext,
        next: (Request, CruddurRequestContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[Self.header] = Self.seconds
        return response
    }
}
