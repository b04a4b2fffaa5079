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
        let route = context.endpointPath ?? "none"
        metrics.answered(
            method: request.method.rawValue, route: route, status: response.status.code,
            // Who waited for news was not slow.
            duration: response.headers[ConditionalAnswer.preferenceApplied] == nil ? duration : nil)
        context.logger.info(
            "request",
            metadata: [
                "method": .string(request.method.rawValue), "route": .string(route),
                "status": .string(String(response.status.code)), "ms": .string(Self.milliseconds(duration)),
            ])
        return response
    }

    /// With two digits at most.
    private static func milliseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return String(Double(seconds * 100_000 + attoseconds / 10_000_000_000_000) / 100)
    }
}
