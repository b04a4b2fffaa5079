import Hummingbird
import Logging
import Timestamps

/// One structured line for each request: no message texts, no tokens, no query.
struct AccessLog: RouterMiddleware {
    let metrics: ServerMetrics
    let time: any TimeSource

    func handle(
        _ request: Request, context: CruddurRequestContext,
        next: (Request, CruddurRequestContext) async throws -> Response
    ) async throws -> Response {
        let start = time.elapsed()
        metrics.began()
        defer { metrics.ended() }
        let response = try await next(request, context)
        let milliseconds = (time.elapsed() - start) / .milliseconds(1)
        metrics.answered(
            method: request.method.rawValue, route: context.endpointPath ?? "none", status: response.status.code,
            // Who waited for news was not slow.
            seconds: response.headers[ConditionalAnswer.preferenceApplied] == nil ? milliseconds / 1000 : nil)
        context.logger.info(
            "request",
            metadata: [
                "method": "\(request.method.rawValue)", "route": "\(context.endpointPath ?? "none")",
                "status": "\(response.status.code)", "ms": "\((milliseconds * 100).rounded() / 100)",
            ])
        return response
    }
}
