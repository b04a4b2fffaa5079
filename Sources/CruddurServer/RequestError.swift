import HTTPTypes

/// Why a request was refused, and what the client is told.
enum RequestError: Error, Equatable {
    case unauthorized
    /// The token is right, but no user has its `sub`.
    case unknownUser
    /// Two users hold the token's `sub`: nobody can say who calls.
    case sharedIdentity
    case notAMember
    case unknownGroup
    case unknownHandle
    case invalid([ValidationCode])
    case malformedBody(String)
    /// A parameter of the query, and what it should be.
    case malformedQuery(String)
    /// The `Idempotency-Key` is none.
    case malformedKey
    /// The first request with this key is under way.
    case keyInUse
    case unsupportedMediaType
    case bodyTooLarge
    /// Many writers at once; the same request may go through later.
    case busy
    /// This caller asks for too much; seconds until it may ask again.
    case tooManyRequests(retryAfter: Int)
    /// This server is for reading.
    case readOnly

    /// The codes of the seed's 422 arrays, in its spelling, and some of ours.
    enum ValidationCode: String, Encodable {
        case messageBlank = "message_blank"
        case messageTooLong = "message_exceed_max_chars"
        case groupUUIDBlank = "message_group_uuid_blank"
        case handleBlank = "user_reciever_handle_blank"
        case ownHandle = "user_reciever_handle_own"
        /// Nobody and nothing is called by a text with U+0000.
        case groupUUIDInvalid = "message_group_uuid_invalid"
        case handleInvalid = "user_reciever_handle_invalid"
        /// Another request had this `Idempotency-Key`.
        case keyReused = "idempotency_key_reused"
    }

    var status: HTTPResponse.Status {
        switch self {
        case .unauthorized: .unauthorized
        case .unknownUser, .sharedIdentity, .notAMember: .forbidden
        case .unknownGroup, .unknownHandle: .notFound
        case .invalid: .unprocessableContent
        case .malformedBody, .malformedQuery, .malformedKey: .badRequest
        case .keyInUse: .conflict
        case .unsupportedMediaType: .unsupportedMediaType
        case .bodyTooLarge: .contentTooLarge
        case .busy: .serviceUnavailable
        case .tooManyRequests: .tooManyRequests
        case .readOnly: .forbidden
        }
    }

    /// What went wrong, in words; `nil` where the contract fixes another body.
    var explanation: String? {
        switch self {
        case .unauthorized, .invalid: nil
        case .unknownUser: "no Cruddur user belongs to this token"
        case .sharedIdentity: "two Cruddur users hold this token's identity; whoever runs this server must mend that"
        case .notAMember: "you are not a member of this message group"
        case .unknownGroup: "there is no such message group"
        case .unknownHandle: "no user has this handle"
        case .malformedBody(let reason), .malformedQuery(let reason): reason
        case .malformedKey:
            "Idempotency-Key must be one string in double quotes, of 1 to \(IdempotencyKey.longest) visible ASCII characters or spaces"
        case .keyInUse: "the first request with this Idempotency-Key is under way; try again"
        case .unsupportedMediaType: "the body must be JSON, with Content-Type: application/json"
        case .bodyTooLarge: "the body is too large"
        case .busy: "too many writers at once; try again"
        case .tooManyRequests(let seconds): "too many requests; try again in \(seconds) s"
        case .readOnly: "this server is for reading only"
        }
    }

    /// For programs, beside the explanation; `nil` where the status says all.
    var code: String? {
        switch self {
        case .malformedKey: "idempotency_key_malformed"
        case .keyInUse: "idempotency_key_in_use"
        case .sharedIdentity: "shared_identity"
        default: nil
        }
    }
}
