import Foundation
import HTTPExchange
import Timestamps

/// The five calls of the Cruddur HTTP API, with a token on those that need one.
struct CruddurAPI: Sendable {
    let http: HTTPConnector
    let tokens: TokenStore
    let backend: BackendURL
    let paths: ClientConfiguration.Paths
    /// As the newest answer has it.
    let keptKeys = KeptKeys()

    /// Your groups, at most 20, in the server's order.
    ///
    /// - Throws: `APIError`.
    func groups() async throws -> ReadableRows {
        try await rows(HTTPCall(.get, url(paths.messageGroups)))
    }

    /// Your groups, if they are others than those of `ticket`.
    ///
    /// - Throws: `APIError`.
    func groups(_ ticket: PollTicket) async throws -> Polled {
        try await poll(url(paths.messageGroups), ticket)
    }

    /// The newest messages of a group, at most 20, in the server's order, if they are others
    /// than those of `ticket`.
    ///
    /// - Throws: `APIError`.
    func messages(in group: String, _ ticket: PollTicket) async throws -> Polled {
        try await poll(url(paths.messages, "{message_group_uuid}", group), ticket)
    }

    /// Messages of a group that are older than `time`, if this server can tell; one that cannot
    /// answers with the newest.
    ///
    /// - Throws: `APIError`.
    func messages(in group: String, before time: Timestamp) async throws -> ReadableRows {
        let query = "?limit=\(Self.olderPage)&before=\(escaped(time.description))"
        return try await rows(HTTPCall(.get, url(paths.messages, "{message_group_uuid}", group) + query))
    }

    private func rows(_ call: HTTPCall) async throws -> ReadableRows {
        let answer = try await authorized(call)
        let rows: ReadableRows = try answer.decode()
        keptKeys.note(answer)
        return rows
    }

    private static let olderPage = 100

    private func poll(_ url: String, _ ticket: PollTicket) async throws -> Polled {
        var call = HTTPCall(.get, url)
        if let tag = ticket.tag { call.headers["If-None-Match"] = tag }
        if ticket.tag != nil, ticket.waits {
            call.headers["Prefer"] = "wait=\(PollTicket.wait)"
            call.patience = .seconds(PollTicket.wait)
        }
        let answer = try await authorized(call)
        let waits = answer[header: "Preference-Applied"]?.lowercased().contains("wait=") ?? false
        let next = PollTicket(
            tag: answer.entityTag ?? (answer.status == 304 ? ticket.tag : nil),
            wasHeld: waits && call.patience > .zero)
        let polled = Polled(rows: answer.status == 304 ? nil : try answer.decode(), next: next)
        keptKeys.note(answer)
        return polled
    }

    /// Sends a message, once: a server that keeps keys carries out one of two requests with the same.
    ///
    /// - Throws: `APIError`.
    func send(_ text: String, to address: Outgoing.Address, key: String) async throws -> PostAnswer {
        let answer = try await authorized(
            HTTPCall(
                .post, url(paths.createMessage),
                headers: ["Content-Type": "application/json", "Idempotency-Key": "\"\(key)\""],
                body: try JSONEncoder().encode(NewMessage(text, address))))
        keptKeys.note(answer)
        return try answer.decode()
    }

    /// Who has this handle; `nil` for nobody.
    ///
    /// - Throws: `APIError`.
    func user(handle: String) async throws -> UserShort? {
        let answer = try await http.send(HTTPCall(.get, url(paths.userShort, "{handle}", handle)))
        // The reference deployment answers 200 and {} for nobody.
        if answer.status == 404 || answer.status == 200 && answer.body.elementsEqual(Data("{}".utf8)) { return nil }
        return try answer.decode()
    }

    /// A 401 came before anything was done, so the call may be made again with a fresh token.
    private func authorized(_ call: HTTPCall) async throws -> HTTPAnswer {
        let token = await tokens.accessToken()
        let answer = try await http.send(call.authorized(token))
        guard answer.status == 401 else { return answer }
        return try await http.send(call.authorized(tokens.replacement(for: token)))
    }

    private func url(_ template: String, _ placeholder: String = "", _ value: String = "") -> String {
        backend.description + template.replacingOccurrences(of: placeholder, with: escaped(value))
    }

    private func escaped(_ value: String) -> String {
        var allowed = CharacterSet(charactersIn: "-._~")
        allowed.insert(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        return value.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }
}

extension HTTPCall {
    fileprivate func authorized(_ token: String) -> HTTPCall {
        var call = self
        call.headers["Authorization"] = "Bearer \(token)"
        return call
    }
}

/// What a poll of a list may say of the last one. A server that knows nothing of this
/// ignores it, and its answers show that.
struct PollTicket: Equatable, Sendable {
    /// Seconds that a server is asked to wait for news; load balancers allow a minute.
    static let wait = 50

    /// The `ETag` of the last answer.
    var tag: String?
    /// Whether to ask the server to hold its answer until there is news.
    var waits = true
    /// Whether the last answer was held, or would have been.
    var wasHeld = false
}

/// What a poll answers: rows, or nothing if they are still those of its ticket.
struct Polled: Sendable {
    let rows: ReadableRows?
    let next: PollTicket
}
