import HTTPExchange
import Traces
import Tracing

/// The calls of this client as steps of traces: what was asked, how long it took, how it was answered; and the
/// header that lets a server that traces go on with them. No text, no token.
struct TracedCalls: Sendable {
    let tracer: RingTracer

    /// Makes `call` by `exchange`.
    ///
    /// - Parameters:
    ///   - pattern: the letter of the access pattern that the call is, as the contract has it.
    ///   - path: of the backend.
    /// - Throws: what `exchange` throws.
    func send(
        _ call: HTTPCall, as pattern: Character?, path: String,
        _ exchange: (HTTPCall) async throws -> HTTPAnswer
    ) async throws -> HTTPAnswer {
        try await tracer.withSpan("\(call.method.rawValue) \(path)", ofKind: .client) { span in
            var call = call
            tracer.inject(span.context, into: &call.headers, using: HeaderInjector())
            span.attributes["http.request.method"] = call.method.rawValue
            span.attributes["url.path"] = path
            if let pattern { span.attributes["cruddur.pattern"] = String(pattern) }
            if let body = call.body { span.attributes["http.request.body.size"] = body.count }
            let answer = try await exchange(call)
            span.attributes["http.response.status_code"] = answer.status
            span.attributes["http.response.body.size"] = answer.body.count
            if answer[header: "Preference-Applied"] != nil { span.attributes["cruddur.held"] = true }
            return answer
        }
    }

    private struct HeaderInjector: Injector {
        func inject(_ value: String, forKey key: String, into headers: inout [String: String]) {
            headers[key] = value
        }
    }
}

extension CruddurAPI {
    /// What the server tells of its part in your calls, as steps of traces, from `place` on.
    struct ToldTraces: Decodable, Sendable {
        /// Those that can be read: one that cannot does not hide the others.
        let spans: [TraceSpan]
        /// The place to go on from.
        let next: Int

        private struct Readable: Decodable {
            let span: TraceSpan?
            init(from decoder: any Decoder) throws { span = try? TraceSpan(from: decoder) }
        }

        private enum CodingKeys: String, CodingKey { case spans, next }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            spans = try values.decode([Readable].self, forKey: .spans).compactMap(\.span)
            next = try values.decode(Int.self, forKey: .next)
        }
    }

    /// - Returns: the steps, `nil` if there are no others than with `ticket`; and the next ticket.
    /// - Throws: `APIError`: `.notFound` from a server that does not trace.
    func traces(after place: Int, _ ticket: PollTicket) async throws -> (told: ToldTraces?, next: PollTicket) {
        let answer = try await untracedPoll(url("/api/traces") + "?after=\(place)", ticket)
        return (answer.status == 304 ? nil : try answer.decode(), next(after: answer, ticket))
    }
}
