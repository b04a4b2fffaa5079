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
        let duration = time.elapsed() - start
        metrics.answered(
            method: request.method.rawValue, route: context.endpointPath ?? "none", status: response.status.code,
            // Who waited for news was not slow.
            duration: response.headers[ConditionalAnswer.preferenceApplied] == nil ? duration : nil)
        context.logger.info(
            "request",
            metadata: [
                "method": "\(request.method.rawValue)", "route": "\(context.endpointPath ?? "none")",
                "status": "\(response.status.code)", "ms": "\((duration / .microseconds(10)).rounded() / 100)",
            ])
        return response
    }
}
