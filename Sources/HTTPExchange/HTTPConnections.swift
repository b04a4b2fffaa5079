import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
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

    private struct Clients {
        let direct: HTTPClient
        let proxied: [Proxy: HTTPClient]
    }

    private enum State {
        /// The first exchange makes them: a program that is about to draw need not wait for that.
        case unused
        case inUse(Clients)
        case ended
    }

    private let state = Mutex(State.unused)
    private let threads: Threads
    private let network: NetworkSettings
    private let connect: Duration
    private let headers: [String: String]
    private let time: any TimeSource

    /// - Parameters:
    ///   - connect: for a connection to come about.
    ///   - headers: added to those of every call.
    ///   - network: proxies and certificates.
    ///   - time: measures the deadlines.
    public init(
        connect: Duration = .seconds(3), threads: Threads = .shared, headers: [String: String] = [:],
        network: NetworkSettings = .ofProcess, time: any TimeSource = SystemTime()
    ) {
        self.threads = threads
        self.network = network
        self.connect = connect
        self.headers = ["Accept-Encoding": Unpacking.accepted].merging(headers) { $1 }
        self.time = time
    }

    private var group: any EventLoopGroup { threads == .one ? Self.thread : HTTPClient.defaultEventLoopGroup }

    /// - Throws: `CancellationError` if they have been ended.
    private func client(for proxy: Proxy?) throws -> HTTPClient {
        let clients = try state.withLock { state in
            switch state {
            case .unused:
                let clients = makeClients()
                state = .inUse(clients)
                return clients
            case .inUse(let clients): return clients
            case .ended: throw CancellationError()
            }
        }
        return proxy.flatMap { clients.proxied[$0] } ?? clients.direct
    }

    private func makeClients() -> Clients {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: network.trust.configuration, redirectConfiguration: .disallow,
            timeout: .init(connect: .nanoseconds(Int64(connect / .nanoseconds(1)))))
        configuration.httpVersion = .http1Only
        configuration.http1_1ConnectionDebugInitializer = StatusCheck.add
        // Never again on its own: a POST sent twice is a message shown twice.
        configuration.connectionPool.retryConnectionEstablishment = false
        func made() -> HTTPClient {
            HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
        }
        let direct = made()
        let proxied = network.proxies.proxies.reduce(into: [Proxy: HTTPClient]()) { clients, proxy in
            configuration.proxy = proxy.configuration
            clients[proxy] = made()
        }
        return Clients(direct: direct, proxied: proxied)
    }

    /// Ends what is under way. To be called once, before the last reference goes.
    public func shutdown() async {
        let state = state.withLock { state in
            defer { state = .ended }
            return state
        }
        guard case .inUse(let clients) = state else { return }
        try? await clients.direct.shutdown()
        for client in clients.proxied.values { try? await client.shutdown() }
    }

    /// - Throws: `HTTPFault` for everything but an answer; `CancellationError`.
    public func send(_ call: HTTPCall, within bounds: HTTPBounds) async throws -> HTTPAnswer {
        let (request, url) = try request(call)
        let proxy = try proxy(to: url)
        do {
            guard let limit = bounds.time else { return try await exchange(request, url, via: proxy, bounds.size) }
            return try await withDeadline(limit + call.patience) {
                try await self.exchange(request, url, via: proxy, bounds.size)
            }
        } catch let refusal as Refusal {
            throw await fault(refusal, of: url, via: proxy)
        }
    }

    /// The certificates that an https server shows, its own first, whether they are accepted or not.
    ///
    /// - Throws: `HTTPFault`; `CancellationError`.
    public func certificates(of url: BaseURL) async throws -> [CertificateFacts] {
        let proxy = try proxy(to: url)
        do {
            return try await look(at: url, via: proxy)
        } catch {
            try Task.checkCancellation()
            throw (error as? HTTPFault) ?? Refusal(error, via: proxy)?.unexplained(proxy, url) ?? .connectionLost
        }
    }

    // MARK: The exchange

    private func withDeadline<Value: Sendable>(
        _ limit: Duration, _ body: @Sendable @escaping () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await self.time.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else { throw HTTPFault.timedOut }
            return value
        }
    }

    private func exchange(
        _ request: HTTPClientRequest, _ url: BaseURL, via proxy: Proxy?, _ size: Int
    ) async throws -> HTTPAnswer {
        let client = try client(for: proxy)
        do {
            let response = try await client.execute(request, deadline: .distantFuture)
            let body = try await response.body.collect(upTo: size)
            // A body whose reader is cancelled may end like one that is complete.
            try Task.checkCancellation()
            let unpacked = try Unpacking.unpack(body, response.headers["Content-Encoding"], limit: size)
            return HTTPAnswer(
                status: Int(response.status.code), headers: response.headers.map { (name: $0.name, value: $0.value) },
                body: Data(unpacked.readableBytesView), received: time.now(), origin: url)
        } catch let fault as HTTPFault {
            throw fault
        } catch {
            try Task.checkCancellation()
            if let refusal = Refusal(error, via: proxy) { throw refusal }
            throw HTTPFault(error)
        }
    }

    private func request(_ call: HTTPCall) throws(HTTPFault) -> (HTTPClientRequest, BaseURL) {
        do {
            _ = try BaseURL.port(of: call.url)
        } catch {
            throw .invalid("its URL \(error)")
        }
        guard let url = BaseURL(origin: call.url) else { throw .invalid("its URL is not valid") }
        var request = HTTPClientRequest(url: call.url)
        request.method = HTTPMethod(rawValue: call.method.rawValue)
        for (name, value) in headers.merging(call.headers, uniquingKeysWith: { $1 }) {
            guard HTTPText.isSendable(value) else { throw .invalid("the header \(name) cannot be sent") }
            request.headers.add(name: name, value: value)
        }
        request.body = call.body.map { .bytes(ByteBuffer(bytes: $0)) }
        return (request, url)
    }

    private func proxy(to url: BaseURL) throws(HTTPFault) -> Proxy? {
        if url.scheme == "https", let problem = network.trust.problem { throw .invalid(problem) }
        switch network.proxies.route(to: url) {
        case .direct: return nil
        case .through(let proxy): return proxy
        case .broken(let reason): throw .invalid(reason)
        }
    }

    // MARK: Why there was no connection

    /// Nothing was sent: so one more look does no harm, and tells what nobody else does.
    private func fault(_ refusal: Refusal, of url: BaseURL, via proxy: Proxy?) async -> HTTPFault {
        let chain: [CertificateFacts]
        switch refusal {
        case .chain, .name, .proxy:
            do {
                chain = try await look(at: url, via: proxy)
            } catch let fault as HTTPFault {
                return fault
            } catch {
                return refusal.unexplained(proxy, url)
            }
        case .authentication, .noConnection: return refusal.unexplained(proxy, url)
        }
        if refusal == .name { return .certificate(.otherHost(url.host, names: chain.first?.hosts ?? [])) }
        guard refusal == .chain, let fault = CertificateFault(refused: chain, now: time.now()) else {
            return refusal.unexplained(proxy, url)
        }
        return .certificate(fault)
    }

    private func look(at url: BaseURL, via proxy: Proxy?) async throws -> [CertificateFacts] {
        let probe = RouteProbe(
            group: group, url: url, proxy: proxy, connect: .nanoseconds(Int64(connect / .nanoseconds(1))))
        do {
            return try await withDeadline(connect * 2) { try await probe.certificates() }
        } catch let fault as ProxyFault {
            throw HTTPFault.proxy(fault)
        }
    }
}
