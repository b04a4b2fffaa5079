/// What a sign-in asks for next. What stands in it from the pool is the pool's text, to be shown through the door for
/// remote text.
public enum SignInStep: Sendable, Equatable {
    /// It is over.
    case signedIn(ClientConfiguration.Tokens)
    /// The code that an authenticator shows, or that was sent.
    case code(SignInMethod, destination: String?)
    /// A new password, in place of the one that somebody else has set; and what the pool wants to know besides:
    /// `name`, `phone_number`.
    case newPassword(attributes: [String])
    /// One of these ways to prove oneself a second time.
    case choice([SignInMethod])
    /// The secret to be given to an authenticator, and the same as an `otpauth` URI; then the code that it shows.
    case authenticator(secret: String, uri: String)
}

/// A second proof of who one is, by Cognito's name.
public enum SignInMethod: String, Sendable, CaseIterable {
    case authenticator = "SOFTWARE_TOKEN_MFA"
    case sms = "SMS_MFA"
    case email = "EMAIL_OTP"

    /// Under which name the answer to a challenge has the code.
    var response: String { self == .authenticator ? "SOFTWARE_TOKEN_MFA_CODE" : rawValue + "_CODE" }
}

/// How the password is proved.
public enum SignInFlow: String, Sendable, CaseIterable {
    /// It stays here: `USER_SRP_AUTH`, what pools of the web page allow.
    case srp
    /// It is sent: `USER_PASSWORD_AUTH`.
    case password
}

/// Why a sign-in does not go on.
public enum SignInError: Error, Equatable, Sendable {
    /// A setting is needed: its name.
    case missing(setting: String)
    /// Cognito's answer: its name for the fault, and its words.
    case refused(type: String, message: String)
    /// A challenge that this program does not know, by Cognito's name.
    case unknownChallenge(String)
    /// The pool's challenge is none that may be answered: why.
    case badChallenge(String)
    case notAnswered(APIError)
    /// Somebody else has signed in than whose chat it is: whose handle it is, where that is known.
    case anothers(String?)
    /// `tokens.command` says where tokens come from.
    case notOurs
    /// An answer was given that nobody has asked for.
    case outOfTurn

    /// The password was not looked at: the user is to be confirmed first.
    public var isUnconfirmed: Bool { type == "UserNotConfirmedException" }

    /// The password is to be set anew first.
    public var needsNewPassword: Bool { type == "PasswordResetRequiredException" }

    private var type: String? {
        guard case .refused(let type, _) = self else { return nil }
        return type
    }

    /// Whether the same question may be answered once more.
    public var isWrongAnswer: Bool {
        guard let type else { return false }
        return ["CodeMismatchException", "EnableSoftwareTokenMFAException", "InvalidPasswordException"].contains(type)
    }
}

extension SignInError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let setting): "to sign in, \(setting) must be set; cruddur init finds it"
        case .refused(let type, let message): Self.sentence(type, message)
        case .unknownChallenge(let name):
            "the pool asks for \(name), which cruddur does not know; sign in on the web page and put its tokens into the "
                + "configuration"
        case .badChallenge(let reason): "the pool's challenge may not be answered: \(reason)"
        case .notAnswered(let error): "\(APIError.signIn(error))"
        case .anothers(let handle):
            "that is \(handle.map { "@\($0)" } ?? "somebody else"), and this chat is another's: quit, then cruddur login"
        case .notOurs: "tokens come from tokens.command: take it out of the configuration to sign in here"
        case .outOfTurn: "nobody has asked for that"
        }
    }

    /// It is the app client that is refused, and no user.
    static func isOfClient(_ message: String) -> Bool {
        message.lowercased().contains("client") && message.contains("secret")
            || message.contains("verify secret hash")
    }

    private static func sentence(_ type: String, _ message: String) -> String {
        switch type {
        case "NotAuthorizedException" where message.contains("attempts exceeded"):
            "too many wrong passwords; Cognito wants a pause before the next one"
        case "NotAuthorizedException" where message.contains("verify secret hash"):
            "cognito.client_secret is not the secret of this app client"
        case "NotAuthorizedException" where isOfClient(message):
            "this app client has a secret: set cognito.client_secret"
        case "NotAuthorizedException" where message.contains("Invalid session"), "ExpiredCodeException":
            "that took too long, and the code has ended: begin again"
        case "NotAuthorizedException" where message.contains("disabled"): "this user is disabled"
        case "NotAuthorizedException", "UserNotFoundException": "no user of that name has that password"
        case "UserNotConfirmedException":
            "this user is not confirmed yet; with the code that was sent: cruddur confirm"
        case "PasswordResetRequiredException": "the password must be set anew first: cruddur recover"
        case "CodeMismatchException", "EnableSoftwareTokenMFAException": "that is not the code"
        case "InvalidPasswordException": "the pool does not take that password: \(message)"
        case "ResourceNotFoundException": "the pool has no such app client: check cognito.client_id and cognito.region"
        case "InvalidParameterException" where message.contains("not enabled"):
            "the app client does not allow that way in; try the other: --flow srp or --flow password"
        case "TooManyRequestsException", "LimitExceededException", "TooManyFailedAttemptsException":
            "Cognito asks to slow down; wait a while"
        case "": "Cognito refused it, and said nothing"
        default: "Cognito refused it: \(type)\(message.isEmpty ? "" : ": \(message)")"
        }
    }
}
