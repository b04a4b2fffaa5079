import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
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
            let response = try await HTTPClient.shared.execute(
                HTTPClientRequest(url: base + "/invocation/next"), deadline: .distantFuture)
            let body = try await response.body.collect(upTo: Self.sizeLimit)
            guard response.status == .ok,
                let id = response.headers.first(name: "Lambda-Runtime-Aws-Request-Id")
            else { return nil }
            // A runtime that says none gives all the time there is.
            let deadline = response.headers.first(name: "Lambda-Runtime-Deadline-Ms").flatMap { Int64($0) }
            return Invocation(
                id: id, event: Data(body.readableBytesView),
                deadline: Timestamp(microseconds: (deadline ?? .max / 2000) * 1000))
        } catch {
            logger.error("the runtime does not answer", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func post(_ path: String, _ body: Data, _ logger: Logger) async {
        var request = HTTPClientRequest(url: base + path)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            _ = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        } catch {
            logger.error("the runtime does not take the answer", metadata: ["error": "\(error)"])
        }
    }

    private static func fault(_ type: String, _ message: String) -> Data {
        (try? JSONEncoder().encode(["errorType": type, "errorMessage": message])) ?? Data("{}".utf8)
    }
}
