import Foundation
import HTTPTypes
import Hummingbird
import Logging
import MessageTable
import Users

/// Every answer of this server is JSON.
enum JSONAnswer {
    static let retryAfter = HTTPField.Name("Retry-After")!

    static func make(
        _ value: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) throws -> Response {
        make(encoded: ByteBuffer(bytes: try encode(value)), status: status, headers: headers)
    }

    /// The same value always gives the same bytes.
    static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    static func make(
        encoded body: ByteBuffer, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = "application/json; charset=utf-8"
        return Response(status: status, headers: headers, body: .init(byteBuffer: body))
    }

    /// `{"error": explanation}`, and a `code` where there is one.
    static func error(
        _ status: HTTPResponse.Status, _ explanation: String, code: String? = nil, headers: HTTPFields = [:]
    ) throws -> Response {
        var body = ["error": explanation]
        body["code"] = code
        return try make(body, status: status, headers: headers)
    }
}

/// Turns whatever a route throws into JSON; what nobody foresaw into a 500 that says
/// nothing, and a log line that says all.
struct ErrorAnswers: RouterMiddleware {
    func handle(
        _ request: Request, context: CruddurRequestContext,
        next: (Request, CruddurRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch RequestError.unauthorized {
            return try JSONAnswer.make([String: String](), status: .unauthorized, headers: [.wwwAuthenticate: "Bearer"])
        } catch RequestError.invalid(let codes) {
            return try JSONAnswer.make(codes, status: .unprocessableContent)
        } catch RequestError.tooManyRequests(let seconds) {
            let error = RequestError.tooManyRequests(retryAfter: seconds)
            return try JSONAnswer.error(
                error.status, error.explanation ?? "", headers: [JSONAnswer.retryAfter: "\(seconds)"])
        } catch let error as RequestError {
            return try JSONAnswer.error(
                error.status, error.explanation ?? error.status.reasonPhrase, code: error.code)
        } catch let error as any HTTPResponseError {
            return try JSONAnswer.error(error.status, error.status.reasonPhrase.lowercased())
        } catch  where error is TableError || error is any UnavailableError {
            context.logger.error("something this server needs is not there", metadata: ["error": "\(error)"])
            return try JSONAnswer.error(
                .serviceUnavailable, "the server cannot do this at present; try again",
                headers: [JSONAnswer.retryAfter: "2"])
        } catch {
            context.logger.error("request failed", metadata: ["error": "\(error)"])
            return try JSONAnswer.error(.internalServerError, "the server could not do this; its log says why")
        }
    }
}
