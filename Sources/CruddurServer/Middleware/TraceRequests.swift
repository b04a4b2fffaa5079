import HTTPTypes
import Hummingbird
import Tracing

/// A span for each request, as OpenTelemetry's conventions for HTTP have it; what is done for it is inside.
struct TraceRequests: RouterMiddleware {
    /// Where the spans are read.
    private static let watching = "/api/traces"

    let tracer: any Tracer

    func handle(
        _ request: Request, context: CruddurRequestContext,
        next: (Request, CruddurRequestContext) async throws -> Response
    ) async throws -> Response {
        // Who watches is not watched.
        guard request.uri.path != Self.watching else { return try await next(request, context) }
        var outer = ServiceContext.topLevel
        tracer.extract(request.headers, into: &outer, using: HeaderExtractor())
        return try await tracer.withAnySpan(request.method.rawValue, context: outer, ofKind: .server) { span in
            span.attributes["http.request.method"] = request.method.rawValue
            span.attributes["url.path"] = request.uri.path
            let response = try await next(request, context)
            let route = context.endpointPath ?? "none"
            span.operationName = "\(request.method.rawValue) \(route)"
            span.attributes["http.route"] = route
            span.attributes["http.response.status_code"] = response.status.code
            if let length = response.body.contentLength { span.attributes["http.response.body.size"] = length }
            if response.headers[ConditionalAnswer.preferenceApplied] != nil { span.attributes["cruddur.held"] = true }
            return response
        }
    }

    private struct HeaderExtractor: Extractor {
        func extract(key: String, from headers: HTTPFields) -> String? {
            HTTPField.Name(key).flatMap { headers[$0] }
        }
    }
}
