import BoundedNumbers
import Foundation
import HTTPExchange
import Logging
import Timestamps

/// Lambda's side of a custom runtime. Source: AWS Lambda Developer Guide, "Using the Lambda
/// runtime API for custom runtimes".
struct RuntimeAPI: Sendable {
    private static let sizeLimit = 8 << 20

    private let base: String

    /// - Parameter address: host and port.
    init(address: String) { base = "http://\(address)/2018-06-01/runtime" }

    /// Takes one event after the other, until the runtime goes away.
    func serve(_ logger: Logger, _ handle: @Sendable (Data, Timestamp) async throws -> Data) async {
        while let invocation = await next(logger) {
            let path = "/invocation/\(invocation.id)"
            do {
                await post(path + "/response", try await handle(invocation.event, invocation.deadline), logger)
            } catch {
                logger.error("event failed", metadata: ["error": "\(error)"])
                await post(path + "/error", Self.fault("EventFailed", "\(error)"), logger)
            }
        }
    }

    func failedToStart(_ reason: String) async {
        await post("/init/error", Self.fault("InitFailed", reason), Logger(label: "") { _ in SwiftLogNoOpLogHandler() })
    }

    private struct Invocation {
        let id: String
        let event: Data
        let deadline: Timestamp
    }

    /// Waits for the next event: the process may be frozen meanwhile, so there is no limit.
    private func next(_ logger: Logger) async -> Invocation? {
        do {
            let answer = try await HTTPConnections.shared.send(
                HTTPCall(.get, base + "/invocation/next"), within: HTTPBounds(time: nil, size: Self.sizeLimit))
            guard answer.status == 200, let id = answer[header: "Lambda-Runtime-Aws-Request-Id"] else { return nil }
            return Invocation(id: id, event: answer.body, deadline: Self.deadline(answer))
        } catch {
            logger.error("the runtime does not answer", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Milliseconds since the epoch that still are a time of this calendar.
    private static let milliseconds = Int64(0)...253_402_300_799_999

    /// A runtime that says none gives all the time there is.
    static func deadline(_ answer: HTTPAnswer) -> Timestamp {
        let written = answer[header: "Lambda-Runtime-Deadline-Ms"].flatMap { Int64(decimal: $0, in: milliseconds) }
        return Timestamp(microseconds: (written ?? milliseconds.upperBound) * 1000)
    }

    private func post(_ path: String, _ body: Data, _ logger: Logger) async {
        let call = HTTPCall(.post, base + path, headers: ["Content-Type": "application/json"], body: body)
        do {
            _ = try await HTTPConnections.shared.send(
                call, within: HTTPBounds(time: .seconds(10), size: Self.sizeLimit))
        } catch {
            logger.error("the runtime does not take the answer", metadata: ["error": "\(error)"])
        }
    }

    private static func fault(_ type: String, _ message: String) -> Data {
        (try? JSONEncoder().encode(["errorType": type, "errorMessage": message])) ?? Data("{}".utf8)
    }
}
