import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Timestamps

@testable import ChatClient

/// A backend that keeps back what a test tells it to keep back, and says what was asked.
/// You are @me, @bob is the other.
actor ScriptedBackend {
    /// `GET /api/message_groups`, and what came with it.
    struct Ask: Sendable {
        let key: String
        let before: Timestamp?
        let tag: String?
        /// Whether the answer may be held until there is news.
        let mayWait: Bool
        let fields: [String: String]
        /// The `Idempotency-Key`, as it was written.
        let idempotencyKey: String?
    }

    /// What is answered, once, in the place of what is true.
    struct Reply: Sendable {
        var status = 500
        var headers: [String: String] = [:]
        /// A message that is posted is stored all the same.
        var stores = false
        /// The connection ends within the answer.
        var drops = false
        var body = ""
    }

    private(set) var asks: [Ask] = []
    var groups: [[String: String]] = []
    private(set) var messages: [String: [[String: String]]] = [:]
    /// Next answers to a key, each given once.
    var replies: [String: [Reply]] = [:]
    /// Come with every list.
    var headers: [String: String] = [:]
    /// Whether lists have tags, and are held for who has the tag, until there is news.
    var holdsForNews = false
    /// Whether it keeps keys, and says so: of two requests with the same key, one is carried out.
    var keepsKeys = false
    private var keptAnswers: [String: [String: String]] = [:]
    /// Whether it understands `before`.
    var readsBack = false
    private var kept: Set<String> = []
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]
    private var clock = Timestamp("2026-11-24T05:00:00Z")!

    static let groups = "GET /api/message_groups"
    static let post = "POST /api/messages"
    static func page(_ group: String) -> String { "GET /api/messages/\(group)" }

    func set(_ change: @Sendable (isolated ScriptedBackend) -> Void) { change(self) }

    // MARK: What a test sees and says

    func count(_ key: String) -> Int { asks.count { $0.key == key } }

    /// How many requests are kept back.
    func waiting(_ key: String) -> Int { waiting[key]?.count ?? 0 }

    /// The texts that were posted, in the order in which they came.
    var posted: [String] { asks.filter { $0.key == Self.post }.map { $0.fields["message"] ?? "" } }

    /// From now on, requests of this key wait.
    func keepBack(_ key: String) { kept.insert(key) }

    /// Those that wait are answered; later ones wait.
    func letGo(_ key: String) {
        for request in waiting.removeValue(forKey: key) ?? [] { request.resume() }
    }

    func release(_ key: String) {
        kept.remove(key)
        letGo(key)
    }

    func releaseAll() {
        kept = []
        holdsForNews = false
        for key in waiting.keys { letGo(key) }
    }

    func say(_ text: String, as handle: String, in group: String = "g", with other: String = "bob") {
        clock = clock.advanced(bySeconds: 1)
        messages[group, default: []].append([
            "uuid": "\(group)-\(messages[group]?.count ?? 0)", "handle": handle, "display_name": handle,
            "message": text, "created_at": clock.description,
        ])
        groups.removeAll { $0["uuid"] == group }
        groups.append([
            "uuid": group, "handle": other, "display_name": other, "message": text, "created_at": clock.description,
        ])
        if holdsForNews {
            for key in [Self.groups, Self.page(group)] { letGo(key) }
        }
    }

    // MARK: What it answers

    func answer(_ ask: Ask) async throws -> Response {
        asks.append(ask)
        let isHeld = holdsForNews && ask.mayWait && ask.tag == tag(of: ask.key)
        if isHeld || kept.contains(ask.key) {
            await withCheckedContinuation { waiting[ask.key, default: []].append($0) }
        }
        if let reply = replies[ask.key]?.first {
            replies[ask.key]?.removeFirst()
            return try fault(reply, ask)
        }
        switch ask.key {
        case Self.groups: return try list(groups, ask)
        case Self.post: return try json(store(ask))
        case "GET /api/users/@bob/short": return try json(["handle": "bob", "display_name": "bob"])
        default:
            let prefix = Self.page("")
            guard ask.key.hasPrefix(prefix) else { return Response(status: .notFound) }
            return try page(String(ask.key.dropFirst(prefix.count)), ask)
        }
    }

    private func page(_ group: String, _ ask: Ask) throws -> Response {
        let all = messages[group] ?? []
        let before = readsBack ? ask.before : nil
        let told = before.map { time in all.filter { Timestamp($0["created_at"] ?? "")! < time } } ?? all
        return try list(told.suffix(20), ask)
    }

    private func list(_ rows: [[String: String]], _ ask: Ask) throws -> Response {
        var response = try json(rows)
        for (name, value) in headers { response.headers[HTTPField.Name(name)!] = value }
        guard holdsForNews, ask.before == nil else { return response }
        let tag = tag(of: ask.key)
        if ask.tag == tag { response = Response(status: .notModified) }
        response.headers[.eTag] = tag
        response.headers[HTTPField.Name("Preference-Applied")!] = ask.mayWait ? "wait=50" : nil
        return response
    }

    private func tag(of key: String) -> String {
        let rows = key == Self.groups ? groups : messages[String(key.dropFirst(Self.page("").count))] ?? []
        return "\"\(rows.count) \(rows.last?["created_at"] ?? "")\""
    }

    private func fault(_ reply: Reply, _ ask: Ask) throws -> Response {
        if reply.stores { _ = store(ask) }
        var response = Response(status: .init(code: reply.status))
        for (name, value) in reply.headers { response.headers[HTTPField.Name(name)!] = value }
        response.body = .init(byteBuffer: ByteBuffer(string: reply.body))
        if reply.drops {
            response.body = ResponseBody(contentLength: 10) { _ in throw CancellationError() }
        }
        return response
    }

    private func store(_ ask: Ask) -> [String: String] {
        guard keepsKeys, let key = ask.idempotencyKey else { return store(ask.fields) }
        let answer = keptAnswers[key] ?? store(ask.fields)
        keptAnswers[key] = answer
        return answer
    }

    private func store(_ fields: [String: String]) -> [String: String] {
        let text = fields["message"] ?? ""
        guard let group = fields["message_group_uuid"] else {
            say(text, as: "me", in: "new-group", with: fields["handle"] ?? "")
            return ["message_group_uuid": "new-group"]
        }
        say(text, as: "me", in: group, with: group == "h" ? "hana" : "bob")
        return [
            "uuid": "me", "handle": "me", "display_name": "me", "message": text,
            "created_at": clock.description, "message_group_uuid": group,
        ]
    }

    private func json(_ value: some Encodable) throws -> Response {
        Response(status: .ok, body: .init(byteBuffer: ByteBuffer(bytes: try JSONEncoder().encode(value))))
    }
}

/// All that is asked goes to the script.
struct Script<Context: RequestContext>: RouterMiddleware {
    let backend: ScriptedBackend

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let body = Data(try await request.body.collect(upTo: 1 << 20).readableBytesView)
        let ask = ScriptedBackend.Ask(
            key: "\(request.method) \(request.uri.path)",
            before: request.uri.queryParameters["before"].flatMap { Timestamp(String($0)) },
            tag: request.headers[.ifNoneMatch],
            mayWait: request.headers[HTTPField.Name("Prefer")!] != nil,
            fields: (try? JSONDecoder().decode([String: String].self, from: body)) ?? [:],
            idempotencyKey: request.headers[HTTPField.Name("Idempotency-Key")!])
        var response = try await backend.answer(ask)
        if await backend.keepsKeys { response.headers[HTTPField.Name("Idempotency-Key-Lifetime")!] = "86400" }
        return response
    }
}
