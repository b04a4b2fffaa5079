import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import TestSupport
import Timestamps

@testable import ChatClient

/// A backend that answers by rule, word for word what a test tells it to: as this or that deployment does.
/// You are @me; the group `g` is with @bob.
actor TrapBackend {
    struct Answer: Sendable {
        var status = 200
        var headers = ["Content-Type": "application/json"]
        var body: Data

        init(_ body: String, status: Int = 200, type: String = "application/json") {
            (self.status, self.body) = (status, Data(body.utf8))
            headers["Content-Type"] = type
        }

        init(_ value: some Encodable) throws { body = try JSONEncoder().encode(value) }

        /// What a development server answers when it has crashed.
        static let crash = Answer(
            "<!doctype html><title>KeyError</title><!-- Traceback (most recent call last): app.py secret_key -->",
            status: 500, type: "text/html")
        static let notThere = Answer("<!doctype html><title>404 Not Found</title>", status: 404, type: "text/html")
    }

    private var rules: [String: [Answer]] = [:]
    private(set) var asked: [String] = []
    private(set) var bodies: [[String: String]] = []

    static let groups = "GET /api/message_groups"
    static let page = "GET /api/messages/g"
    static let post = "POST /api/messages"
    static func short(_ handle: String) -> String { "GET /api/users/@\(handle)/short" }

    /// From now on: each of them once, then always the last.
    func answer(_ key: String, _ answers: Answer...) { rules[key] = answers }

    func count(_ key: String) -> Int { asked.count { $0 == key } }

    fileprivate func respond(_ key: String, _ body: Data) -> Answer {
        asked.append(key)
        if !body.isEmpty { bodies.append((try? JSONDecoder().decode([String: String].self, from: body)) ?? [:]) }
        guard let answers = rules[key], let first = answers.first else { return .notThere }
        if answers.count > 1 { rules[key]?.removeFirst() }
        return first
    }

    /// A message of @bob's, or a group's row, as a list has it.
    static func row(
        _ text: String, at time: String = "2026-11-24T05:00:00+00:00", uuid: String = "m", by handle: String = "bob"
    ) -> [String: String] {
        ["uuid": uuid, "handle": handle, "display_name": handle, "message": text, "created_at": time]
    }

    static func groupRow(_ text: String, at time: String = "2026-11-24T05:00:00+00:00") -> [String: String] {
        row(text, at: time, uuid: "g")
    }

    /// Serves while `body` runs, with a session on it; at first there is one group, with one message.
    static func run(
        handle: String? = "me", flags changed: [String: String] = [:], purpose: ChatSession.Purpose = .chat,
        _ body: @Sendable (TrapBackend, Watched) async throws -> Void
    ) async throws {
        let backend = TrapBackend()
        await backend.answer(groups, try Answer([groupRow("hi")]))
        await backend.answer(page, try Answer([row("hi")]))
        let router = Router()
        router.add(middleware: ByRule(backend: backend))
        try await LoopbackServer.run(router) { url in
            var flags = [
                "backend_url": url, "tokens.access_token": "token", "polling.open_conversation_seconds": "0.1",
                "polling.groups_seconds": "0.1",
            ]
            flags["handle"] = handle
            flags.merge(changed) { $1 }
            let configuration = try ClientConfiguration.load(flags: flags, environment: ["HOME": "/nowhere"])
            let session = ChatSession(
                configuration: configuration, for: purpose, exchangeLimit: .seconds(3600), random: { 0 })
            let running = Task { await session.run() }
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(backend, Watched(session: session)))
            } catch {
                result = .failure(error)
            }
            running.cancel()
            await running.value
            try result.get()
        }
    }
}

private struct ByRule<Context: RequestContext>: RouterMiddleware {
    let backend: TrapBackend

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let body = Data(try await request.body.collect(upTo: 1 << 20).readableBytesView)
        let answer = await backend.respond("\(request.method) \(request.uri.path)", body)
        var headers = HTTPFields()
        for (name, value) in answer.headers { if let name = HTTPField.Name(name) { headers[name] = value } }
        return Response(
            status: .init(code: answer.status), headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}

/// A session, and what it shows.
struct Watched: Sendable {
    let session: ChatSession
    static let bob = ConversationID(History.localID("group g"))

    /// The first snapshot for which `condition` holds.
    @discardableResult
    func until(_ condition: (ChatSnapshot) -> Bool) async throws -> ChatSnapshot {
        for await snapshot in session.updates where condition(snapshot) { return snapshot }
        throw CancellationError()
    }

    /// With the conversation on screen, once a server has told it.
    @discardableResult
    func open() async throws -> ChatSnapshot {
        try await until { $0.hasGroups }
        await session.show(Self.bob)
        return try await until { $0.transcript?.isFresh == true }
    }

    /// After `count` more answers.
    func after(_ count: Int) async throws -> ChatSnapshot {
        var (seen, last) = (0, Timestamp?.none)
        return try await until { snapshot in
            if snapshot.connection.lastRefresh != last {
                last = snapshot.connection.lastRefresh
                seen += 1
            }
            return seen > count
        }
    }

    /// Why the connection is not well.
    func fault() async throws -> String {
        var found = ""
        try await until { snapshot in
            guard case .offline(let reason, _, _) = snapshot.connection.state else { return false }
            found = reason
            return true
        }
        return found
    }

    func texts(_ snapshot: ChatSnapshot) -> [String] { snapshot.transcript?.entries.map(\.text) ?? [] }
}

extension Outgoing.State {
    /// The server has taken it.
    var isSent: Bool { if case .sent = self { true } else { false } }
}
