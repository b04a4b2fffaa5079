import Foundation
import HTTPExchange
import Timestamps

/// The five calls of the Cruddur HTTP API, with a token on those that need one.
struct CruddurAPI: Sendable {
    let http: HTTPConnector
    let tokens: TokenStore
    let backend: BackendURL
    let paths: ClientConfiguration.Paths
    /// `nil`: nobody watches the calls.
    var calls: TracedCalls?
    /// As the newest answer has it.
    let keptKeys = KeptKeys()

    /// Your groups, at most 20, in the server's order.
    ///
    /// - Throws: `APIError`.
    func groups() async throws -> ReadableRows {
        try await rows(authorized(HTTPCall(.get, url(paths.messageGroups)), as: "B"))
    }

    /// Your groups, if they are others than those of `ticket`.
    ///
    /// - Throws: `APIError`.
    func groups(_ ticket: PollTicket) async throws -> Polled {
        do {
            return try await poll(url(paths.messageGroups), ticket, as: "B")
        } catch APIError.notFound {
            throw try await whereGroupsAre()
        } catch APIError.forbidden {
            // Not of one conversation.
            throw APIError.refused(status: 403)
        }
    }

    /// There are none where they are looked for: why, as far as the other known paths tell.
    private func whereGroupsAre() async throws -> APIError {
        for path in KnownPaths.messageGroups where path != paths.messageGroups {
            let answer = try await authorized(HTTPCall(.get, url(path)), as: "B")
            // An empty list proves nothing: it may be that of a conversation that there is not.
            guard let found = try? rows(answer), !found.rows.isEmpty else { continue }
            return .wrongPath(setting: "paths.message_groups", path: path)
        }
        return .notFound
    }

    /// The newest messages of a group, at most 20, in the server's order, if they are others
    /// than those of `ticket`.
    ///
    /// - Throws: `APIError`.
    func messages(in group: String, _ ticket: PollTicket) async throws -> Polled {
        try await poll(page(of: group), ticket, as: "A")
    }

    /// Messages of a group that are older than `time`, if this server can tell; one that cannot
    /// answers with the newest.
    ///
    /// - Throws: `APIError`.
    func messages(in group: String, before time: Timestamp) async throws -> ReadableRows {
        let query = "?limit=\(Self.olderPage)&before=\(escaped(time.description))"
        return try await rows(authorized(HTTPCall(.get, page(of: group) + query), as: "A"))
    }

    private static let olderPage = 100

    private func poll(_ url: String, _ ticket: PollTicket, as pattern: Character) async throws -> Polled {
        let answer = try await authorized(call(url, ticket), as: pattern)
        // Without a tag, nothing was there that could be as it was.
        guard answer.status != 304 || ticket.tag != nil else { throw APIError.unexpectedAnswer("304") }
        return Polled(rows: answer.status == 304 ? nil : try rows(answer), next: next(after: answer, ticket))
    }

    /// A poll that leaves no trace.
    func untracedPoll(_ url: String, _ ticket: PollTicket) async throws -> HTTPAnswer {
        try await authorized(call(url, ticket))
    }

    private func call(_ url: String, _ ticket: PollTicket) -> HTTPCall {
        var call = HTTPCall(.get, url)
        if let tag = ticket.tag { call.headers["If-None-Match"] = tag }
        if ticket.tag != nil, ticket.waits {
            call.headers["Prefer"] = "wait=\(ticket.seconds)"
            call.patience = .seconds(ticket.seconds)
        }
        return call
    }

    /// What the next poll may say.
    func next(after answer: HTTPAnswer, _ ticket: PollTicket) -> PollTicket {
        let waits = answer[header: "Preference-Applied"]?.lowercased().contains("wait=") ?? false
        return PollTicket(
            tag: answer.entityTag ?? (answer.status == 304 ? ticket.tag : nil),
            wasHeld: waits && ticket.tag != nil && ticket.waits)
    }

    /// What the server says of keys counts where it answered what was asked.
    private func rows(_ answer: HTTPAnswer) throws -> ReadableRows {
        let rows = try readable(answer)
        keptKeys.note(answer)
        return rows
    }

    private func readable(_ answer: HTTPAnswer) throws -> ReadableRows {
        do {
            return try answer.decode()
        } catch APIError.unexpectedAnswer(let what) {
            guard answer.status == 200, let rows = ReadableRows(salvaging: answer.body) else {
                throw APIError.unexpectedAnswer(what)
            }
            return rows
        }
    }

    /// - Throws: `APIError.rejected`, for what servers have no answer to.
    private func page(of group: String) throws(APIError) -> String {
        guard GroupUUID.isUsable(group) else { throw .rejected(["message_group_uuid_blank"]) }
        return url(paths.messages, "{message_group_uuid}", group)
    }

    /// Sends a message, once: a server that keeps keys carries out one of two requests with the same.
    ///
    /// - Throws: `APIError`.
    func send(_ text: String, to address: MessageAddress, key: String) async throws -> PostAnswer {
        if let code = Self.refusal(of: text, address) { throw APIError.rejected([code]) }
        let answer = try await authorized(
            HTTPCall(
                .post, url(paths.createMessage),
                headers: ["Content-Type": "application/json", "Idempotency-Key": "\"\(key)\""],
                body: try JSONEncoder().encode(NewMessage(text, address))), as: address.pattern)
        keptKeys.note(answer)
        do {
            return try answer.decode()
        } catch APIError.forbidden where address.pattern == "D" {
            throw APIError.refused(status: 403)
        }
    }

    /// What servers crash on is not sent: they would answer with a page, and nobody would know why.
    ///
    /// - Returns: the code that a server would say; `nil`: it may be sent.
    private static func refusal(of text: String, _ address: MessageAddress) -> String? {
        switch address {
        case .group(let uuid) where !GroupUUID.isUsable(uuid): return "message_group_uuid_blank"
        case .handle(let name) where name.allSatisfy(\.isWhitespace): return "user_reciever_handle_blank"
        case .group, .handle: break
        }
        if text.allSatisfy(\.isWhitespace) { return "message_blank" }
        return text.unicodeScalars.count > MessageLimit.scalars ? "message_exceed_max_chars" : nil
    }

    /// A question that is no access pattern.
    func get(_ url: String) async throws -> HTTPAnswer { try await authorized(HTTPCall(.get, url)) }

    private func authorized(_ call: HTTPCall, as pattern: Character) async throws -> HTTPAnswer {
        guard let calls else { return try await authorized(call) }
        let path = String(call.url.dropFirst(backend.description.count))
        return try await calls.send(call, as: pattern, path: path) { try await authorized($0) }
    }

    /// A 401 came before anything was done, so the call may be made again with a fresh token.
    private func authorized(_ call: HTTPCall) async throws -> HTTPAnswer {
        let token = await tokens.accessToken()
        let answer = try await http.send(call.authorized(token))
        await tokens.note(date: answer[header: "Date"])
        guard answer.status == 401 else { return answer }
        return try await http.send(call.authorized(tokens.replacement(for: token)))
    }

    func url(_ template: String, _ placeholder: String = "", _ value: String = "") -> String {
        backend.description + template.replacingOccurrences(of: placeholder, with: escaped(value))
    }

    func escaped(_ value: String) -> String {
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
    /// The `ETag` of the last answer.
    var tag: String?
    /// Whether to ask the server to hold its answer until there is news.
    var waits = true
    /// How long; load balancers allow a minute.
    var seconds = 50
    /// Whether the last answer was held, or would have been.
    var wasHeld = false
}

/// What a poll answers: rows, or nothing if they are still those of its ticket.
struct Polled: Sendable {
    let rows: ReadableRows?
    let next: PollTicket
}
