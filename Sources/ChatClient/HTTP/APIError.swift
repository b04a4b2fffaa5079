import HTTPExchange

/// Why a call to a server failed: the backend, if it is not said to be `signIn`.
///
/// The texts in it are what servers wrote: data, to be compared. `description` is for people, in which
/// nothing that a server wrote stands as it came.
public indirect enum APIError: Error, Equatable, Sendable {
    /// Nothing was sent: no such host, refused, or no connection in time.
    case unreachable(String)
    /// It was sent, and no answer came in time.
    case timedOut
    /// It was sent, and the connection ended before the answer did.
    case connectionLost
    /// The backend does not take the access token, and there is no other to be had.
    case unauthorized
    /// 403: not your conversation.
    case forbidden
    /// 404: no such user or group, or the wrong path.
    case notFound
    /// 422 and its codes, as the server wrote them.
    case rejected([String])
    /// 400, 405, 413, 415 and other refusals.
    case refused(status: Int)
    /// 429. `retryAfter` is in seconds, in 0...86400.
    case rateLimited(retryAfter: Double?)
    /// 5xx. `retryAfter` is in seconds, in 0...86400.
    case server(status: Int, retryAfter: Double?)
    /// A redirect, which is never followed: it would take the token along.
    case redirected
    /// Something on the way answers in the server's place: 511, or a redirect to another host, which is this.
    case portal(String?)
    /// 404, and what is asked for is at another path: the setting that names it.
    case wrongPath(setting: String, path: String)
    /// This backend cannot tell who has a handle, whoever is asked for.
    case cannotLookUp
    /// The answer is not what the API promises; what it is instead, as the server wrote it.
    case unexpectedAnswer(String)
    case answerTooLarge
    /// It was Cognito that failed, so the backend was not asked.
    case signIn(APIError)

    /// Whether a request that changes something may have done so all the same.
    public var mayHaveArrived: Bool {
        switch self {
        case .timedOut, .connectionLost, .server, .unexpectedAnswer, .answerTooLarge: true
        case .unreachable, .unauthorized, .forbidden, .notFound, .rejected, .refused, .rateLimited, .redirected,
            .portal, .wrongPath, .cannotLookUp, .signIn:
            false
        }
    }

    /// Whether the same request may succeed later, with nothing changed.
    public var isPassing: Bool {
        switch self {
        case .unreachable, .timedOut, .connectionLost, .rateLimited, .server, .portal: true
        case .signIn(let error): error.isPassing
        default: false
        }
    }

    /// Seconds that the server asked us to wait, in 0...86400.
    public var retryAfter: Double? {
        switch self {
        case .rateLimited(let seconds), .server(_, let seconds): seconds
        case .signIn(let error): error.retryAfter
        default: nil
        }
    }
}

extension APIError: CustomStringConvertible {
    public var description: String {
        if case .signIn(let error) = self { return error.sentence(about: .cognito) }
        return sentence(about: .backend)
    }

    private enum Server: String {
        case backend = "the server"
        case cognito = "Cognito"
    }

    private func sentence(about server: Server) -> String {
        let name = server.rawValue
        return switch self {
        case .unreachable(let reason): "cannot reach \(name) (\(reason))"
        case .timedOut: "\(name) did not answer in time"
        case .connectionLost: server == .backend ? "the connection was lost" : "the connection to \(name) was lost"
        case .unauthorized: "\(name) does not accept your access token"
        case .forbidden: server == .backend ? "this conversation is not yours" : "\(name) refused it (403)"
        case .notFound: "\(name) does not know it (404)"
        case .rejected(let codes): codes.isEmpty ? "\(name) rejected it" : Self.explain(codes)
        case .refused(let status): "\(name) refused it (\(status))"
        case .rateLimited: "\(name) asks to slow down (429)"
        case .server(let status, _): "\(name) has a problem (\(status))"
        case .redirected:
            "\(name) sends us elsewhere; check \(server == .backend ? "backend_url" : "cognito.endpoint")"
        case .portal(let host):
            "something on the way answers in place of \(name)"
                + (host.map { " and leads to \(HTTPText.plain($0))" } ?? "")
                + "; a network that one signs in to first does that: open any web page, or check "
                + (server == .backend ? "backend_url" : "cognito.endpoint")
        case .wrongPath(let setting, let path):
            "404: \(name) has it at \(path); set \(setting) to that"
        case .cannotLookUp: "this backend cannot look people up"
        case .unexpectedAnswer("HTML"):
            "the answer is not \(server == .backend ? "Cruddur" : name)'s: HTML; a network that one signs in to first "
                + "answers so, or check \(server == .backend ? "backend_url" : "cognito.endpoint")"
        case .unexpectedAnswer(let what):
            "the answer is not \(server == .backend ? "Cruddur" : name)'s: \(HTTPText.plain(what))"
        case .answerTooLarge: "the answer of \(name) is too large"
        case .signIn(let error): error.sentence(about: .cognito)
        }
    }

    private static func explain(_ codes: [String]) -> String {
        let words = codes.prefix(5).map { code in
            switch code {
            case "message_blank": "the message is blank"
            case "message_exceed_max_chars": "the message is too long"
            case "message_group_uuid_blank": "the conversation is missing"
            case "cognito_user_id_blank": "the server does not know who you are"
            case "user_reciever_handle_blank": "the recipient is missing"
            case "user_reciever_handle_own": "that is your own handle"
            case "idempotency_key_reused": "the server has another message under this one's key"
            default: HTTPText.plain(code)
            }
        }
        return words.joined(separator: ", ")
    }
}
