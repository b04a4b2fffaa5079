import Foundation
import NIOHTTP1

/// The five calls of the Cruddur HTTP API, with a token on those that need one.
struct CruddurAPI: Sendable {
    let http: HTTPConnector
    let tokens: TokenStore
    let backend: BackendURL
    let paths: ClientConfiguration.Paths

    /// Your groups, at most 20, in the server's order.
    ///
    /// - Throws: `APIError`.
    func groups() async throws -> ReadableRows<GroupRow> {
        try await authorized(HTTPCall(url: url(paths.messageGroups))).decode()
    }

    /// The newest messages of a group, at most 20, in the server's order.
    ///
    /// - Throws: `APIError`.
    func messages(in group: String) async throws -> ReadableRows<MessageRow> {
        try await authorized(HTTPCall(url: url(paths.messages, "{message_group_uuid}", group))).decode()
    }

    /// A message into a group that exists.
    ///
    /// - Throws: `APIError`.
    func send(_ text: String, to group: String) async throws -> PostAnswer {
        try await post(["message": text, "message_group_uuid": group])
    }

    /// A message that starts a group.
    ///
    /// - Throws: `APIError`.
    func start(_ text: String, with handle: String) async throws -> PostAnswer {
        try await post(["message": text, "handle": handle])
    }

    /// Who has this handle; `nil` for nobody.
    ///
    /// - Throws: `APIError`.
    func user(handle: String) async throws -> UserShort? {
        let answer = try await http.send(HTTPCall(url: url(paths.userShort, "{handle}", handle)))
        // The reference deployment answers 200 and {} for nobody.
        if answer.status == 404 || answer.status == 200 && answer.body.elementsEqual(Data("{}".utf8)) { return nil }
        return try answer.decode()
    }

    /// - Throws: `APIError` when the server does not say that it is well.
    func healthCheck() async throws {
        struct Health: Decodable { let success: Bool }
        let health: Health = try await http.send(HTTPCall(url: url(paths.healthCheck))).decode()
        guard health.success else { throw APIError.unexpectedAnswer("success is false") }
    }

    private func post(_ body: [String: String]) async throws -> PostAnswer {
        try await authorized(
            HTTPCall(
                method: .POST, url: url(paths.createMessage), headers: ["Content-Type": "application/json"],
                body: try JSONEncoder().encode(body))
        ).decode()
    }

    /// A 401 came before anything was done, so the call may be made again with a fresh token.
    private func authorized(_ call: HTTPCall) async throws -> HTTPAnswer {
        let token = await tokens.accessToken()
        let answer = try await http.send(call.authorized(token))
        guard answer.status == 401 else { return answer }
        return try await http.send(call.authorized(tokens.replacement(for: token)))
    }

    private func url(_ template: String, _ placeholder: String = "", _ value: String = "") -> String {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        let escaped = value.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
        return backend.description + template.replacingOccurrences(of: placeholder, with: escaped)
    }
}

extension HTTPCall {
    fileprivate func authorized(_ token: String) -> HTTPCall {
        var call = self
        call.headers["Authorization"] = "Bearer \(token)"
        return call
    }
}
