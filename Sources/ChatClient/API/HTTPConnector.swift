import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// One request.
struct HTTPCall: Sendable {
    var method: HTTPMethod = .GET
    let url: String
    var headers: [String: String] = [:]
    var body: Data?
    /// Seconds that the server may take on purpose, beside those that every call may take.
    var patience: Int64 = 0
}

/// What came back: the whole body, whatever the status.
struct HTTPAnswer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: Data

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
            let type = headers.first(name: "content-type") ?? "no content type"
            throw APIError.unexpectedAnswer(body.first.map { $0 == UInt8(ascii: "<") } == true ? "HTML" : type)
        }
    }
}

extension APIError {
    /// For an answer whose status is not 200.
    init(_ answer: HTTPAnswer) {
        let retryAfter = answer.headers.first(name: "retry-after").flatMap(Double.init)
        switch answer.status {
        case 200: self = .unexpectedAnswer("status 200")
        case 300..<400: self = .redirected
        case 401: self = .unauthorized
        case 403: self = .forbidden
        case 404: self = .notFound
        case 422: self = .rejected((try? JSONDecoder().decode([String].self, from: answer.body)) ?? [])
        case 429: self = .rateLimited(retryAfter: retryAfter)
        case 500..<600: self = .server(status: answer.status, retryAfter: retryAfter)
        default: self = .refused(status: answer.status)
        }
    }
}

/// Sends requests within bounds of time and size; keeps connections where servers do.
final class HTTPConnector: Sendable {
    /// Seconds.
    private static let connectLimit: Int64 = 5
    private static let answerLimit: Int64 = 15
    /// 20 messages of 1024 combining marks, escaped, are under 300 kB.
    private static let sizeLimit = 4 * 1024 * 1024

    /// One thread does for two requests every other second. It lives as long as the program: a
    /// request that is late must find it.
    private static let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    private let client: HTTPClient

    init() {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(Self.connectLimit)),
            ignoreUncleanSSLShutdown: true)
        configuration.httpVersion = .http1Only
        // Never again on its own: a POST sent twice is a message shown twice.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .shared(Self.threads), configuration: configuration)
    }

    func shutdown() async {
        try? await client.shutdown()
    }

    /// - Throws: `APIError` for everything but an answer; `CancellationError`.
    func send(_ call: HTTPCall) async throws -> HTTPAnswer {
        var request = HTTPClientRequest(url: call.url)
        request.method = call.method
        request.headers.add(name: "User-Agent", value: "cruddur-terminal")
        request.headers.add(name: "Accept", value: "application/json")
        for (name, value) in call.headers { request.headers.add(name: name, value: value) }
        request.body = call.body.map { .bytes(ByteBuffer(bytes: $0)) }
        do {
            let response = try await client.execute(request, timeout: .seconds(Self.answerLimit + call.patience))
            let body = try await response.body.collect(upTo: Self.sizeLimit)
            return HTTPAnswer(
                status: Int(response.status.code), headers: response.headers, body: Data(body.readableBytesView))
        } catch is NIOTooManyBytesError {
            throw APIError.answerTooLarge
        } catch let error as CancellationError {
            throw error
        } catch {
            throw APIError(transport: error)
        }
    }
}

extension APIError {
    /// For an exchange that did not end in an answer.
    init(transport error: any Error) {
        switch error {
        case let error as NIOConnectionError:
            self = .unreachable(Self.reason(error))
        case let error as HTTPClientError
        where error == .connectTimeout || error == .tlsHandshakeTimeout
            || error == .getConnectionFromPoolTimeout:
            self = .unreachable("no connection in time")
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout:
            self = .timedOut
        case let error as HTTPClientError
        where [.invalidURL, .emptyHost, .emptyScheme].contains(error):
            self = .unreachable("its URL is not valid")
        case let error as IOError where error.errnoCode == ECONNREFUSED:
            self = .unreachable("connection refused")
        case let error where "\(type(of: error))".contains("SSL") || "\(type(of: error))".contains("TLS"):
            self = .unreachable("no secure connection: its certificate or protocol is not accepted")
        default:
            self = .connectionLost
        }
    }

    private static func reason(_ error: NIOConnectionError) -> String {
        guard !error.connectionErrors.isEmpty else { return "no such host \(error.host)" }
        for failure in error.connectionErrors {
            if let failure = failure.error as? IOError {
                switch failure.errnoCode {
                case ECONNREFUSED: return "connection refused"
                case ENETUNREACH, EHOSTUNREACH: return "no network"
                default: break
                }
            }
        }
        return "no connection to \(error.host):\(error.port)"
    }
}
