import Foundation
import Hummingbird
import TestSupport
import Testing
import Timestamps

@testable import ChatClient

/// The rooms behind the session, each to be tried alone: on a scripted backend, with a clock that the test holds.
struct Rooms: Sendable {
    let backend: ScriptedBackend
    let clock: HeldTime
    let keeper: HistoryKeeper
    let polling: Poller
    let sending: Sending
    let reading: Reading
    let drafts: Drafts

    /// The conversations of the groups g, with @bob, and h, with @hana.
    static let bob = ConversationID(History.localID("group g"))
    static let hana = ConversationID(History.localID("group h"))

    /// - Parameters:
    ///   - url: of another backend than the scripted one.
    ///   - file: `nil`: in memory.
    ///   - groupsPace: seconds between two polls of the list.
    static func run(
        url other: String? = nil, file: HistoryFile? = nil, scope: Sending.Scope = .everybodys, groupsPace: Int = 20,
        prepare: @Sendable (isolated ScriptedBackend) -> Void = { _ in }, _ body: (Rooms) async throws -> Void
    ) async throws {
        let backend = ScriptedBackend()
        await backend.set(prepare)
        let router = Router()
        router.add(middleware: Script(backend: backend))
        try await LoopbackServer.run(router) { url in
            // Requests are kept back for as long as a busy machine takes: no exchange ends by itself meanwhile.
            let http = HTTPConnector(limit: .seconds(3600))
            let configuration = try configuration(other ?? url, groupsPace: groupsPace)
            let rooms = Rooms(backend, configuration, file, scope, http)
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(rooms))
            } catch {
                result = .failure(error)
            }
            await rooms.keeper.close()
            await backend.releaseAll()
            await http.shutdown()
            try result.get()
        }
    }

    private init(
        _ backend: ScriptedBackend, _ configuration: ClientConfiguration, _ file: HistoryFile?,
        _ scope: Sending.Scope, _ http: HTTPConnector
    ) {
        let clock = HeldTime()
        let tokens = TokenStore(configuration, http: http, time: clock)
        let api = CruddurAPI(http: http, tokens: tokens, backend: configuration.backend, paths: configuration.paths)
        self.backend = backend
        self.clock = clock
        keeper = HistoryKeeper(file, clock: clock)
        polling = Poller(api, keeper, configuration.polling, me: "me", clock: clock, random: { 1 })
        sending = Sending(api, keeper, polling, scope: scope, me: "me", clock: clock, random: { 1 })
        reading = Reading(api, keeper, me: "me")
        drafts = Drafts(keeper, clock: clock)
    }

    static func configuration(_ url: String, groupsPace: Int = 20) throws -> ClientConfiguration {
        try .load(
            flags: [
                "backend_url": url, "tokens.access_token": "token", "handle": "me",
                "polling.open_conversation_seconds": "2", "polling.groups_seconds": "\(groupsPace)",
            ], environment: ["HOME": "/nowhere"])
    }

    /// Lets a room work while `body` runs, and waits for its end.
    func during(_ room: @escaping @Sendable () async -> Void, _ body: () async throws -> Void) async throws {
        let working = Task { await room() }
        let result: Result<Void, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        working.cancel()
        await backend.releaseAll()
        await working.value
        try result.get()
    }

    // MARK: Time

    /// How long the next sleeper sleeps, once somebody sleeps who has something to do.
    func alarm() async throws -> Duration {
        try await until { clock.nextAlarm.map { $0 < Self.idle } ?? false }
        return clock.nextAlarm ?? Self.idle
    }

    /// Goes from alarm to alarm until `condition` holds.
    func letTimePass(until condition: () async -> Bool) async throws {
        while await !condition() {
            try Task.checkCancellation()
            if let next = clock.nextAlarm, next < Self.idle { clock.advance(by: next) }
            await Task.yield()
        }
    }

    /// Whoever has nothing to do for so long does not count.
    private static let idle = Duration.seconds(600)

    // MARK: The history

    /// Both groups are known, and nothing of what was said there.
    func know() async {
        let at = Timestamp("2026-11-24T04:00:00Z")!
        let known = [("g", "bob"), ("h", "hana")].map { uuid, handle in
            Group(uuid: uuid, handle: handle, displayName: handle, preview: "hi", at: at)
        }
        await keeper.use { try await $0.save(known, readUntil: nil) }
    }

    /// What the history holds of a conversation, oldest first.
    func texts(_ id: ConversationID) async -> [String] {
        await keeper.use { try await $0.page(of: id.row, after: nil) }?.map(\.message.text) ?? []
    }

    func outbox() async -> [Outgoing] { await keeper.use { try await $0.outbox() }?.map(\.outgoing) ?? [] }

    /// Merges messages, told a second apart from a second of the day on.
    func merge(_ texts: [String], from second: Int = 36_000, in id: ConversationID) async {
        let page = texts.enumerated().map { index, text in
            Message(
                uuid: "\(id.row) \(text)", text: text, handle: "bob", displayName: "bob",
                at: Timestamp("2026-11-24T00:00:00Z")!.advanced(bySeconds: Double(second + index)))
        }
        await keeper.use { try await $0.merge(page, in: id.row, me: "me") }
    }
}

/// Lets the others work until it is so. What never comes is a test that hangs, and its limit ends it.
func until(_ condition: () async -> Bool) async throws {
    while await !condition() {
        try Task.checkCancellation()
        await Task.yield()
    }
}

/// As a person writes it: in line, and on its way.
@discardableResult
func write(_ text: String, to id: ConversationID, _ rooms: Rooms) async throws -> Outgoing {
    let (owner, now) = (rooms.keeper.owner, rooms.clock.now())
    let outgoing = await rooms.keeper.use {
        try await $0.enqueue(text, in: id.row, by: owner, at: now, draft: nil)
    }.flatMap { $0 }
    await rooms.sending.work(in: id)
    return try #require(outgoing)
}

/// Until nothing is being sent any more.
func rest(_ rooms: Rooms) async throws {
    try await until { await rooms.sending.isAtRest }
}
