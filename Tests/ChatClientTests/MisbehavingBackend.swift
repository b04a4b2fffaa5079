import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Timestamps

@testable import ChatClient

/// A Cruddur backend as it is deployed: with the seed's traps, and with faults on demand.
/// You are @me, @bob is the other.
actor MisbehavingBackend {
    enum PostFault {
        /// Stores the message, then answers 500 with HTML.
        case failAfterStoring
        /// Answers 500 with HTML, and stores nothing.
        case failBeforeStoring
        case status(Int)
    }

    struct Row {
        let uuid: String
        let handle: String
        let text: String
        let createdAt: String
    }

    private(set) var url = ""
    private(set) var messages: [Row] = []
    private(set) var posts: [[String: String]] = []
    private(set) var paths: [String] = []
    private(set) var tokensSeen: Set<String> = []
    var groupRows: [[String: String]] = []
    var postFaults: [PostFault] = []
    /// Refused with 401.
    var staleTokens: Set<String> = []
    var redirect: String?
    /// Whether it understands `before`, as our server does.
    var readsBack = false
    /// Answered instead of the groups.
    var groupsStatus: Int?
    /// Answered instead of the messages of a conversation.
    var messagesStatus: Int?
    /// How often Cognito answers 503 before it tells anything.
    var cognitoFaults = 0
    private var clock = Timestamp("2026-11-24T05:00:00Z")!

    func set(_ change: @Sendable (isolated MisbehavingBackend) -> Void) { change(self) }

    /// Serves while `body` runs, with a session on it that polls ten times a second.
    static func run(
        handle: String? = "me", access: String = "token", refresh: String? = nil,
        flags changed: [String: String] = [:], wakes: AsyncStream<Wake>? = nil,
        prepare: @Sendable (isolated MisbehavingBackend) -> Void = { _ in },
        _ body: @Sendable (MisbehavingBackend, ChatSession) async throws -> Void
    ) async throws {
        let backend = MisbehavingBackend()
        await backend.set(prepare)
        let router = Router()
        router.add(middleware: CatchAll(backend: backend))
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "backend")
        logger.logLevel = .critical
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { listening.yield($0.localAddress?.port ?? 0) }, logger: logger)
        let services = ServiceGroup(configuration: .init(services: [application], logger: logger))
        let serving = Task { try await services.run() }
        let port = await ports.first { _ in true } ?? 0
        await backend.set { $0.url = "http://127.0.0.1:\(port)" }
        var flags = [
            "backend_url": "http://127.0.0.1:\(port)", "tokens.access_token": access,
            "cognito.endpoint": "http://127.0.0.1:\(port)/cognito", "cognito.client_id": "client",
            "polling.open_conversation_seconds": "0.1", "polling.groups_seconds": "0.1",
        ]
        flags["handle"] = handle
        flags["tokens.refresh_token"] = refresh
        flags.merge(changed) { $1 }
        let session = ChatSession(
            configuration: try .load(flags: flags, environment: ["HOME": "/nowhere"]), wakes: wakes,
            exchangeLimit: .seconds(3600), random: { 0 })
        let polling = Task { await session.run() }
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(backend, session))
        } catch {
            result = .failure(error)
        }
        polling.cancel()
        await polling.value
        await services.triggerGracefulShutdown()
        try? await serving.value
        try result.get()
    }

    // MARK: What it knows

    func say(_ text: String, as handle: String, movesGroup: Bool = true) {
        clock = clock.advanced(bySeconds: 1)
        // The reference deployment writes naive times.
        let time = String(clock.description.dropLast(6))
        messages.append(Row(uuid: UUID().uuidString, handle: handle, text: text, createdAt: time))
        if movesGroup { groupRows = [group(text, at: time)] }
    }

    func group(_ text: String, at time: String, uuid: String = "g") -> [String: String] {
        ["uuid": uuid, "display_name": "Bob", "handle": "bob", "message": text, "created_at": time]
    }

    // MARK: What it answers

    fileprivate func answer(
        _ method: HTTPRequest.Method, _ path: String, before: Timestamp?, _ token: String?, _ body: Data
    ) throws -> Response {
        paths.append("\(method) \(path)")
        if let token { tokensSeen.insert(token) }
        if let redirect { return Response(status: .found, headers: [.location: redirect]) }
        if path == "/cognito/" { return try cognito(body) }
        if let token, staleTokens.contains(token) { return try json([String: String](), .unauthorized) }
        if let messagesStatus, path.hasPrefix("/api/messages/") { return html(.init(code: messagesStatus)) }
        if let groupsStatus, path == "/api/message_groups" { return html(.init(code: groupsStatus)) }
        switch (method, path) {
        case (.get, "/api/message_groups"): return try json(groupRows)
        case (.get, "/api/messages/g"):
            let shown =
                before.flatMap { time in readsBack ? messages.filter { Timestamp($0.createdAt)! < time } : nil }
                ?? messages
            return try json(shown.suffix(20).map(listed))
        case (.get, "/api/messages/new-group"): return try json(messages.suffix(20).map(listed))
        case (.get, "/api/users/@bob/short"): return try json(["uuid": "b", "handle": "bob", "display_name": "Bob"])
        case (.get, "/api/users/@ghost/short"):
            return Response(
                status: .ok, headers: [.contentType: "text/html"], body: .init(byteBuffer: ByteBuffer(string: "{}")))
        case (.post, "/api/messages"): return try post(body)
        default: return html(.notFound)
        }
    }

    private func post(_ body: Data) throws -> Response {
        let fields = try JSONDecoder().decode([String: String].self, from: body)
        posts.append(fields)
        let fault = postFaults.isEmpty ? nil : postFaults.removeFirst()
        switch fault {
        case .failBeforeStoring: return html(.internalServerError)
        case .status(let code): return html(.init(code: code))
        case .failAfterStoring:
            say(fields["message"] ?? "", as: "me")
            return html(.internalServerError)
        case nil: break
        }
        say(fields["message"] ?? "", as: "me", movesGroup: fields["handle"] == nil)
        guard let group = fields["message_group_uuid"] else { return try json(["message_group_uuid": "new-group"]) }
        // The echo's uuid is the sender's.
        let row = messages[messages.count - 1]
        return try json([
            "uuid": "uuid-of-me", "handle": "me", "display_name": "Me", "message": row.text,
            "created_at": row.createdAt, "message_group_uuid": group,
        ])
    }

    private func cognito(_ body: Data) throws -> Response {
        if cognitoFaults > 0 {
            cognitoFaults -= 1
            return html(.serviceUnavailable)
        }
        let request = try JSONSerialization.jsonObject(with: body) as? [String: Any]
        if request?["AuthFlow"] != nil {
            return try json(["AuthenticationResult": ["AccessToken": "fresh-token"]])
        }
        return Response(
            status: .ok,
            body: .init(
                byteBuffer: ByteBuffer(
                    string: #"{"Username":"u","UserAttributes":[{"Name":"preferred_username","Value":"me"}]}"#)))
    }

    private func listed(_ row: Row) -> [String: String] {
        [
            "uuid": row.uuid, "handle": row.handle, "display_name": row.handle, "message": row.text,
            "created_at": row.createdAt, "cognito_user_id": "unknown field",
        ]
    }

    private func json(_ value: some Encodable, _ status: HTTPResponse.Status = .ok) throws -> Response {
        Response(status: status, body: .init(byteBuffer: ByteBuffer(bytes: try JSONEncoder().encode(value))))
    }

    private func html(_ status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: "text/html"],
            body: .init(byteBuffer: ByteBuffer(string: "<!doctype html><title>Error</title>")))
    }
}

private struct CatchAll<Context: RequestContext>: RouterMiddleware {
    let backend: MisbehavingBackend

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let body = try await request.body.collect(upTo: 1 << 20)
        let token = request.headers[.authorization].map { String($0.dropFirst("Bearer ".count)) }
        let before = request.uri.queryParameters["before"].flatMap { Timestamp(String($0)) }
        return try await backend.answer(
            request.method, request.uri.path, before: before, token, Data(body.readableBytesView))
    }
}
