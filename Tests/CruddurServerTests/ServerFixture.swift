import AsyncHTTPClient
import Foundation
import Logging
import MessageTable
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
import Synchronization
import TestSupport
import Timestamps
import Traces
import Users

@testable import CruddurServer

/// A real server on a free port, with three users, for the length of one test.
struct ServerFixture {
    static let ada = user("ada", "Ada Lovelace")
    static let bob = user("bob", "Bob Ross")
    static let eve = user("eve", "Eve")

    let url: String
    let issuer: LocalIssuer
    let engine: EmbeddedEngine
    private let waiters: Waiters

    /// How many wait for news.
    var waiting: Int { waiters.count }

    struct Answer {
        let status: Int
        let headers: HTTPHeaders
        let body: Data

        var contentType: String? { headers.first(name: "content-type") }

        var text: String { String(decoding: body, as: UTF8.self) }

        /// The body as JSON: arrays, dictionaries, strings.
        func json<Value>(_ type: Value.Type = Value.self) throws -> Value {
            let value = try JSONSerialization.jsonObject(with: body)
            guard let typed = value as? Value else { throw CocoaError(.coderInvalidValue) }
            return typed
        }
    }

    private static func user(_ handle: String, _ name: String) -> User {
        User(
            uuid: "uuid-\(handle)", displayName: name, email: "\(handle)@x.example", handle: handle,
            cognitoUserID: "sub-\(handle)")
    }

    /// Nor does anybody have to be quick: on a busy machine nobody is.
    static var unlimited: ServerOptions {
        var options = ServerOptions()
        options.limits = .none
        options.limits.headSeconds = 3600
        options.limits.bodySeconds = 3600
        options.limits.sendSeconds = 3600
        options.limits.idleSeconds = 3600
        return options
    }

    private static var errors: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .error
        return logger
    }

    /// Serves while `body` runs.
    static func run(
        _ options: ServerOptions = unlimited,
        time: any TimeSource = SystemTime(),
        now: @escaping @Sendable () -> Timestamp = { SystemTime().now() },
        logger: Logger = errors, isTraced: Bool = false,
        _ body: @Sendable @escaping (ServerFixture) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let engine = try EmbeddedEngine(path: folder.path + "/table.sqlite", now: now)
        let users = try EmbeddedUsers(path: folder.path + "/users.sqlite")
        for user in [ada, bob, eve] { try await users.add(user) }
        let issuer = try await LocalIssuer(keyPath: folder.path + "/key.pem") {
            // Tokens are verified by the real clock.
            SystemTime().now()
        }
        let tracing = isTraced ? ServerTracing(tracer: RingTracer(time: SystemTime()), table: "messages") : nil
        let project = ServerTracing.projection(on: engine, tracing, now: now)
        let consumer = StreamConsumer(name: GroupProjector.consumer, source: engine, now: now, logger: logger) {
            _ = try await project($0)
        }
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = try MessagingServer(
            options, engine: engine, users: users, verifier: issuer.verifier(), issuer: issuer,
            tracing: tracing,
            workers: [{ try await consumer.run() }],
            time: time, now: now, logger: logger
        ) { listening.yield($0) }
        let services = ServiceGroup(configuration: .init(services: [server], logger: logger))
        let serving = Task { try await services.run() }
        guard let port = await ports.first(where: { _ in true }) else { return }
        let result: Result<Void, any Error>
        do {
            result = .success(
                try await body(
                    ServerFixture(
                        url: "http://127.0.0.1:\(port)", issuer: issuer, engine: engine, waiters: server.waiters)))
        } catch {
            result = .failure(error)
        }
        await services.triggerGracefulShutdown()
        try await serving.value
        try result.get()
    }

    func token(_ user: User) async throws -> String { try await issuer.tokens(for: user).access }

    func call(
        _ method: HTTPMethod, _ path: String, authorization: String? = nil, contentType: String? = nil,
        headers: [String: String] = [:],
        body: String? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        if let authorization { request.headers.add(name: "Authorization", value: authorization) }
        if let contentType { request.headers.add(name: "Content-Type", value: contentType) }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = body.map { .bytes(ByteBuffer(string: $0)) }
        // For an answer that never comes; on a busy machine each takes its time.
        let response = try await HTTPClient.shared.execute(request, timeout: .minutes(5))
        let data = try await response.body.collect(upTo: 1 << 20)
        return Answer(
            status: Int(response.status.code), headers: response.headers,
            body: Data(data.readableBytesView))
    }

    /// Writes `bytes` to a connection of its own; what comes back until the server closes it.
    func raw(_ bytes: String) async throws -> String {
        let port = Int(url.split(separator: ":").last ?? "") ?? 0
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(
            host: "127.0.0.1", port: port
        ) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: bytes))
            var answer = ByteBuffer()
            do {
                for try await var part in inbound { answer.writeBuffer(&part) }
            } catch is IOError {}
            return String(buffer: answer)
        }
    }

    func get(_ path: String, as user: User) async throws -> Answer {
        try await call(.GET, path, authorization: "Bearer \(token(user))")
    }

    func post(_ fields: [String: String], as user: User) async throws -> Answer {
        let body = try JSONSerialization.data(withJSONObject: fields)
        return try await call(
            .POST, "/api/messages", authorization: "Bearer \(token(user))", contentType: "application/json",
            body: String(decoding: body, as: UTF8.self))
    }

    /// A group of ada and bob with one message of ada's.
    func startGroup(_ text: String = "first") async throws -> String {
        let answer = try await post(["message": text, "handle": "bob"], as: Self.ada)
        return try answer.json([String: String].self)["message_group_uuid"] ?? ""
    }
}
