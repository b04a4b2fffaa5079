import Hummingbird
import Logging

/// One structured line for each request: no message texts, no tokens, no query.
struct AccessLog: RouterMiddleware {
    func handle(
        _ request: Request, context: CruddurRequestContext,
        next: (Request, CruddurRequestContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request, context)
        let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
        context.logger.info(
            "request",
            metadata: [
                "method": "\(request.method)", "route": "\(context.endpointPath ?? "none")",
                "status": "\(response.status.code)", "ms": "\((milliseconds * 100).rounded() / 100)",
            ])
        return response
    }
}
