import HTTPTypes
import Hummingbird

/// Lets web pages of some origins call (the Fetch Standard's CORS protocol): the React front end
/// is served from another host than its API.
struct CrossOrigin: RouterMiddleware {
    let allowed: [String]

    func handle(
        _ request: Request, context: CruddurRequestContext,
        next: (Request, CruddurRequestContext) async throws -> Response
    ) async throws -> Response {
        guard let origin = request.headers[.origin], allowed.contains(origin) else {
            return try await next(request, context)
        }
        if request.method == .options, request.headers[.accessControlRequestMethod] != nil {
            return Response(
                status: .noContent,
                headers: [
                    .accessControlAllowOrigin: origin, .vary: "Origin",
                    .accessControlAllowMethods: "GET, POST",
                    .accessControlAllowHeaders: "Authorization, Content-Type, Idempotency-Key, If-None-Match, Prefer",
                    .accessControlMaxAge: "3600",
                ])
        }
        var response = try await next(request, context)
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.vary] = "Origin"
        response.headers[.accessControlExposeHeaders] =
            "ETag, Idempotency-Key-Lifetime, Preference-Applied, Retry-After"
        return response
    }
}
