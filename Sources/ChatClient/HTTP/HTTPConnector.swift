import Foundation
import HTTPExchange
import Timestamps

/// The exchanges of a chat: the door's, with this client's bounds and `APIError` for its faults.
struct HTTPConnector: Sendable {
    private static let connectLimit = Duration.seconds(5)
    /// 20 messages of 1024 combining marks, escaped, are under 300 kB.
    private static let sizeLimit = 4 * 1024 * 1024

    static let usualLimit = Duration.seconds(15)

    private let connections: HTTPConnections
    private let bounds: HTTPBounds
    private let log: ClientLog
    private let time: any TimeSource

    /// - Parameters:
    ///   - limit: for one exchange, beside what its server may take on purpose.
    ///   - size: bytes of an answer.
    ///   - network: proxies and certificates.
    ///   - time: measures it.
    init(
        limit: Duration = usualLimit, size: Int = sizeLimit, network: NetworkSettings = .ofProcess,
        time: any TimeSource = SystemTime(), log: ClientLog = .none
    ) {
        self.time = time
        self.log = log
        connections = HTTPConnections(
            connect: Self.connectLimit, threads: .one,
            headers: ["User-Agent": "cruddur-terminal", "Accept": "application/json"], network: network, time: time)
        bounds = HTTPBounds(time: limit, size: size)
    }

    func shutdown() async {
        await connections.shutdown()
    }

    /// - Throws: `APIError` for everything but an answer; `CancellationError`.
    func send(_ call: HTTPCall) async throws -> HTTPAnswer {
        let begin = time.elapsed()
        do {
            let answer = try await connections.send(call, within: bounds)
            log.note(
                .answered(
                    LoggedCall(call), status: answer.status, seconds: seconds(since: begin), bytes: answer.body.count))
            return answer
        } catch let fault as HTTPFault {
            log.note(.noAnswer(LoggedCall(call), LoggedFault(fault), seconds: seconds(since: begin)))
            throw APIError(fault)
        }
    }

    private func seconds(since begin: Duration) -> Double { (time.elapsed() - begin) / .seconds(1) }
}
