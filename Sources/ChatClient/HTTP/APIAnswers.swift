import Foundation
import HTTPExchange

extension HTTPAnswer {
    /// The body as JSON.
    ///
    /// - Throws: `APIError`: for a status other than 200, or a body of another shape.
    func decode<Value: Decodable>(
        _ type: Value.Type = Value.self, with decoder: JSONDecoder = JSONDecoder()
    ) throws -> Value {
        guard status == 200 else { throw APIError(self) }
        do {
            return try decoder.decode(type, from: body)
        } catch {
            let isHTML = body.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "<")
            throw APIError.unexpectedAnswer(isHTML ? "HTML" : self[header: "Content-Type"] ?? "no content type")
        }
    }
}

extension APIError {
    /// For an answer whose status is not 200.
    init(_ answer: HTTPAnswer) {
        switch answer.status {
        case 300..<400: self = answer.otherHost.map { .portal($0) } ?? .redirected
        case 511: self = .portal(nil)
        case 401: self = .unauthorized
        case 403: self = .forbidden
        case 404: self = .notFound
        case 422: self = .rejected((try? JSONDecoder().decode([String].self, from: answer.body)) ?? [])
        case 429: self = .rateLimited(retryAfter: answer.retryAfter)
        case 400..<500: self = .refused(status: answer.status)
        case 500..<600: self = .server(status: answer.status, retryAfter: answer.retryAfter)
        default: self = .unexpectedAnswer("status \(answer.status)")
        }
    }

    /// For an exchange that did not end in an answer.
    init(_ fault: HTTPFault) {
        switch fault {
        case .invalid(let reason), .unreachable(let reason): self = .unreachable(reason)
        case .timedOut: self = .timedOut
        case .connectionLost: self = .connectionLost
        case .tooLarge: self = .answerTooLarge
        case .certificate, .proxy: self = .unreachable(fault.description)
        case .packed(let how): self = .unexpectedAnswer("compressed; " + how)
        }
    }
}
