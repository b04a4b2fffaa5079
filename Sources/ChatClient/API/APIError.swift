/// Why a call to a server failed.
public enum APIError: Error, Equatable, Sendable {
    /// Nothing was sent: no such host, refused, or no connection in time.
    case unreachable(String)
    /// It was sent, and no answer came in time.
    case timedOut
    /// It was sent, and the connection ended before the answer did.
    case connectionLost
    case unauthorized
    /// 403: not your conversation.
    case forbidden
    /// 404: no such user or group, or the wrong path.
    case notFound
    /// 422 and its codes.
    case rejected([String])
    /// 400, 405, 413, 415 and other refusals.
    case refused(status: Int)
    /// 429. `retryAfter` is in seconds.
    case rateLimited(retryAfter: Double?)
    /// 5xx. `retryAfter` is in seconds.
    case server(status: Int, retryAfter: Double?)
    /// A redirect, which is never followed: it would take the token along.
    case redirected
    /// The answer is not what the API promises.
    case unexpectedAnswer(String)
    case answerTooLarge

    /// Whether a request that changes something may have done so all the same.
    public var mayHaveArrived: Bool {
        switch self {
        case .timedOut, .connectionLost, .server, .unexpectedAnswer, .answerTooLarge: true
        case .unreachable, .unauthorized, .forbidden, .notFound, .rejected, .refused, .rateLimited, .redirected: false
        }
    }

    /// Whether the same request may succeed later, with nothing changed.
    public var isPassing: Bool {
        switch self {
        case .unreachable, .timedOut, .connectionLost, .rateLimited, .server: true
        default: false
        }
    }

    /// Seconds that the server asked us to wait.
    public var retryAfter: Double? {
        switch self {
        case .rateLimited(let seconds), .server(_, let seconds): seconds
        default: nil
        }
    }
}

extension APIError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreachable(let reason): "cannot reach the server (\(reason))"
        case .timedOut: "the server did not answer in time"
        case .connectionLost: "the connection was lost"
        case .unauthorized: "the server does not accept your access token"
        case .forbidden: "this conversation is not yours"
        case .notFound: "the server does not know it (404)"
        case .rejected(let codes): Self.explain(codes)
        case .refused(let status): "the server refused it (\(status))"
        case .rateLimited: "the server asks to slow down (429)"
        case .server(let status, _): "the server has a problem (\(status))"
        case .redirected: "the server sends us elsewhere; check backend_url"
        case .unexpectedAnswer(let what): "the answer is not Cruddur's: \(what)"
        case .answerTooLarge: "the answer is too large"
        }
    }

    private static func explain(_ codes: [String]) -> String {
        let words = codes.map { code in
            switch code {
            case "message_blank": "the message is blank"
            case "message_exceed_max_chars": "the message is too long"
            case "message_group_uuid_blank": "the conversation is missing"
            case "cognito_user_id_blank": "the server does not know who you are"
            case "user_reciever_handle_blank": "the recipient is missing"
            case "user_reciever_handle_own": "that is your own handle"
            default: code
            }
        }
        return words.isEmpty ? "the server rejected it" : words.joined(separator: ", ")
    }
}
