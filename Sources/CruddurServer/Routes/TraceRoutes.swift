import BoundedNumbers
import Hummingbird
import Traces
import Users

/// `GET /api/traces?after=ID`: the steps that were made for whoever asks, oldest first. Held like a list until
/// there are more.
struct TraceRoutes: Sendable {
    private struct Answer: Encodable {
        let spans: [TraceSpan]
        /// The `after` to go on with.
        let next: Int
        /// Whether steps between were dropped, because there were too many.
        let lost: Bool
    }

    let ring: TraceRing
    let conditional: ConditionalAnswer

    func list(_ request: Request, _ context: CruddurRequestContext) async throws -> Response {
        let user = try context.requireUser().uuid
        let after = try Self.after(request)
        return try await conditional.make(request, context, from: user) {
            let page = ring.page(after: after, for: user)
            // Where nothing is this one's, the answer stays the same however much others do.
            let next = page.spans.isEmpty ? min(after, page.next) : page.next
            return Answer(spans: page.spans, next: next, lost: page.hasLost)
        }
    }

    private static func after(_ request: Request) throws -> Int {
        guard let text = request.uri.queryParameters["after"] else { return 0 }
        guard let number = Int(decimal: text, in: 0...2_147_483_647) else {
            throw RequestError.malformedQuery("after is the number of a span")
        }
        return number
    }
}
