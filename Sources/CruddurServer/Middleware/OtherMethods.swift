import HTTPTypes
import Hummingbird

/// The router knows no 405: without this, a wrong method would look like a wrong path. Who asks for what is not
/// there has not said who they are, and counts as that.
struct OtherMethods: RouterMiddleware {
    let strangers: AddressLimit

    private static let allowed: [(path: [Substring], method: HTTPRequest.Method)] = [
        ("/api/message_groups", HTTPRequest.Method.get), ("/api/messages/*", .get), ("/api/messages", .post),
        ("/api/users/*/short", .get), ("/api/health-check", .get), ("/health", .get), ("/ready", .get),
        ("/api/traces", .get), ("/api/users", .get),
    ].map { (path: $0.0.split(separator: "/"), method: $0.1) }

    func handle(
        _ request: Request, context: CruddurRequestContext,
        next: (Request, CruddurRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            try strangers.count(request, context)
            let path = request.uri.path.split(separator: "/")
            guard let route = Self.allowed.first(where: { Self.matches(path, $0.path) }), route.method != request.method
            else { throw error }
            return try JSONAnswer.error(
                .methodNotAllowed, "method not allowed", headers: [.allow: route.method.rawValue])
        }
    }

    private static func matches(_ path: [Substring], _ template: [Substring]) -> Bool {
        path.count == template.count && zip(path, template).allSatisfy { $1 == "*" || $0 == $1 }
    }
}
