import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Timestamps

/// The one door through which every exchange goes, whoever makes it: bounded from the first byte out
/// to the last byte in, and in size; ended at once when its task is cancelled; never sent twice, never
/// sent elsewhere. Keeps connections where servers do.
///
///     let answer = try await connections.send(
///         HTTPCall(.get, "https://api.example/health"), within: HTTPBounds(time: .seconds(5), size: 1 << 16))
public final class HTTPConnections: Sendable {
    /// Who waits for the sockets.
    public enum Threads: Sendable {
        /// One of their own: enough for a client that asks every other second.
        case one
        /// Those that servers in this process use.
        case shared
    }

    /// For those who call from time to time: never shut down.
    public static let shared = HTTPConnections()

    /// It lives as long as the program: a request that is late must find it.
    private static let thread = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    private let client: HTTPClient
    private let headers: [String: String]
    private let time: any TimeSource

    /// - Parameters:
    ///   - connect: for a connection to come about.
    ///   - headers: added to those of every call.
    ///   - time: measures the deadlines.
    public init(
        connect: Duration = .seconds(3), threads: Threads = .shared, headers: [String: String] = [:],
        time: any TimeSource = SystemTime()
    ) {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .nanoseconds(Int64(connect / .nanoseconds(1)))),
            ignoreUncleanSSLShutdown: true)
        configuration.httpVersion = .http1Only
        // Never again on its own: a POST sent twice is a message shown twice.
        configuration.connectionPool.retryConnectionEstablishment = false
        switch threads {
        case .one: client = HTTPClient(eventLoopGroupProvider: .shared(Self.thread), configuration: configuration)
        case .shared: client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        }
        self.headers = headers
        self.time = time
    }

    /// Ends what is under way. To be called once, before the last reference goes.
    public func shutdown() async {
        try? await client.shutdown()
    }

    /// - Throws: `HTTPFault` for everything but an answer; `CancellationError`.
    public func send(_ call: HTTPCall, within bounds: HTTPBounds) async throws -> HTTPAnswer {
        let request = try request(call)
        guard let limit = bounds.time else { return try await exchange(request, bounds.size) }
        return try await withThrowingTaskGroup(of: HTTPAnswer?.self) { group in
            group.addTask { try await self.exchange(request, bounds.size) }
            group.addTask {
                try await self.time.sleep(for: limit + call.patience)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let answer = first else { throw HTTPFault.timedOut }
            return answer
        }
    }

    private func exchange(_ request: HTTPClientRequest, _ size: Int) async throws -> HTTPAnswer {
        do {
            let response = try await client.execute(request, deadline: .distantFuture)
            let body = try await response.body.collect(upTo: size)
            // A body whose reader is cancelled may end like one that is complete.
            try Task.checkCancellation()
            return HTTPAnswer(
                status: Int(response.status.code), headers: response.headers.map { (name: $0.name, value: $0.value) },
                body: Data(body.readableBytesView), received: time.now())
        } catch {
            try Task.checkCancellation()
            throw HTTPFault(error)
        }
    }

    private func request(_ call: HTTPCall) throws(HTTPFault) -> HTTPClientRequest {
        do {
            _ = try BaseURL.port(of: call.url)
        } catch {
            throw .invalid("its URL \(error)")
        }
        var request = HTTPClientRequest(url: call.url)
        request.method = HTTPMethod(rawValue: call.method.rawValue)
        for (name, value) in headers.merging(call.headers, uniquingKeysWith: { $1 }) {
            guard HTTPText.isSendable(value) else { throw .invalid("the header \(name) cannot be sent") }
            request.headers.add(name: name, value: value)
        }
        request.body = call.body.map { .bytes(ByteBuffer(bytes: $0)) }
        return request
    }
}

extension HTTPFault {
    /// For an exchange that did not end in an answer.
    fileprivate init(_ error: any Error) {
        switch error {
        case is NIOTooManyBytesError:
            self = .tooLarge
        case let error as NIOConnectionError:
            self = .unreachable(Self.reason(error))
        case let error as HTTPClientError
        where [.connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout].contains(error):
            self = .unreachable("no connection in time")
        case let error as HTTPClientError where [.deadlineExceeded, .readTimeout].contains(error):
            self = .timedOut
        case let error as HTTPClientError where [.invalidURL, .emptyHost, .emptyScheme].contains(error):
            self = .invalid("its URL is not valid")
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
