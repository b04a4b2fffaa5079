import Foundation
import HTTPExchange
import Timestamps

/// The exchanges of a chat: the door's, with this client's bounds and `APIError` for its faults.
struct HTTPConnector: Sendable {
    private static let connectLimit = Duration.seconds(5)
    /// 20 messages of 1024 combining marks, escaped, are under 300 kB.
    private static let sizeLimit = 4 * 1024 * 1024

    private let connections: HTTPConnections
    private let bounds: HTTPBounds

    /// - Parameters:
    ///   - limit: for one exchange, beside what its server may take on purpose.
    ///   - network: proxies and certificates.
    ///   - time: measures it.
    init(
        limit: Duration = .seconds(15), network: NetworkSettings = .ofProcess, time: any TimeSource = SystemTime()
    ) {
        connections = HTTPConnections(
            connect: Self.connectLimit, threads: .one,
            headers: ["User-Agent": "cruddur-terminal", "Accept": "application/json"], network: network,
            time: time)
        bounds = HTTPBounds(time: limit, size: Self.sizeLimit)
    }

    func shutdown() async {
        await connections.shutdown()
    }

    /// - Throws: `APIError` for everything but an answer; `CancellationError`.
    func send(_ call: HTTPCall) async throws -> HTTPAnswer {
        do {
            return try await connections.send(call, within: bounds)
        } catch let fault as HTTPFault {
            throw APIError(fault)
        }
    }
}
