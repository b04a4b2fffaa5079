import Foundation
import HTTPExchange
import Timestamps

/// What somebody does who cannot sign in yet: makes an account, confirms it, sets a forgotten password.
///
///     let account = Account(configuration)
///     let sent = try await account.signUp("ada@cruddur.example", password: password, attributes: ["name": "Ada"])
///     try await account.confirm("ada@cruddur.example", code: code)
///     await account.close()
///
/// Source: Amazon Cognito Identity Provider API, SignUp, ConfirmSignUp, ResendConfirmationCode, ForgotPassword and
/// ConfirmForgotPassword.
public struct Account: Sendable {
    private let http: HTTPConnector
    private let cognito: CognitoClient

    public init(_ configuration: ClientConfiguration, time: any TimeSource = SystemTime()) {
        http = HTTPConnector(network: configuration.network, time: time)
        cognito = CognitoClient(http: http, configuration: configuration.cognito)
    }

    /// To be called once, at the end.
    public func close() async { await http.shutdown() }

    /// What became of a sign-up.
    public enum SignedUp: Sendable, Equatable {
        /// The user may sign in.
        case confirmed
        /// A code has been sent, or somebody else confirms.
        case unconfirmed(CodeDelivery?)
    }

    /// - Parameters:
    ///   - name: what the pool shall know the user by; in most pools the e-mail address.
    ///   - attributes: `email`, `name`, `preferred_username`.
    /// - Throws: `AccountError`; `CancellationError`.
    public func signUp(_ name: String, password: String, attributes: [String: String]) async throws -> SignedUp {
        struct Answer: Decodable {
            let userConfirmed: Bool?
            let codeDeliveryDetails: CodeDelivery?
        }
        var request = try request(name)
        request.password = password
        request.userAttributes = attributes.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: $0.value) }
        let answer: Answer = try await ask("SignUp", request)
        return answer.userConfirmed == true ? .confirmed : .unconfirmed(answer.codeDeliveryDetails)
    }

    /// - Throws: as `signUp`.
    public func confirm(_ name: String, code: String) async throws {
        var request = try request(name)
        request.confirmationCode = code
        let _: Empty = try await ask("ConfirmSignUp", request)
    }

    /// Has another code sent to somebody who is not confirmed yet.
    ///
    /// - Throws: as `signUp`.
    public func resendCode(to name: String) async throws -> CodeDelivery? {
        let answer: Sent = try await ask("ResendConfirmationCode", try request(name))
        return answer.codeDeliveryDetails
    }

    /// Has a code sent with which a forgotten password can be set anew.
    ///
    /// - Throws: as `signUp`.
    public func forgotPassword(of name: String) async throws -> CodeDelivery? {
        let answer: Sent = try await ask("ForgotPassword", try request(name))
        return answer.codeDeliveryDetails
    }

    /// - Throws: as `signUp`.
    public func setPassword(_ password: String, of name: String, code: String) async throws {
        var request = try request(name)
        (request.password, request.confirmationCode) = (password, code)
        let _: Empty = try await ask("ConfirmForgotPassword", request)
    }

    // MARK: Calls

    private struct Request: Encodable, Sendable {
        struct Attribute: Encodable, Sendable {
            let name: String
            let value: String
        }
        let clientId: String
        let secretHash: String?
        let username: String
        var password: String?
        var confirmationCode: String?
        var userAttributes: [Attribute]?
    }

    private struct Sent: Decodable { let codeDeliveryDetails: CodeDelivery? }
    private struct Empty: Decodable {}

    private func request(_ name: String) throws(AccountError) -> Request {
        do {
            return Request(
                clientId: try cognito.requiredClientID(), secretHash: cognito.hash(of: name), username: name)
        } catch {
            throw AccountError(reason: error)
        }
    }

    private func ask<Answer: Decodable>(_ action: String, _ request: Request) async throws -> Answer {
        do {
            return try await cognito.ask(action, request).value
        } catch let error as SignInError {
            throw AccountError(reason: error)
        }
    }
}

/// Where a code has been sent. Both are the pool's texts, to be shown through the door for remote text.
public struct CodeDelivery: Decodable, Sendable, Equatable {
    /// `EMAIL` or `SMS`.
    public let deliveryMedium: String?
    /// With most of it left out: `a***@e***`.
    public let destination: String?
}

/// Why nothing came of it.
public struct AccountError: Error, Equatable, Sendable {
    public let reason: SignInError

    private var refusal: (type: String, message: String)? {
        guard case .refused(let type, let message) = reason else { return nil }
        return (type, message)
    }

    public var isWrongCode: Bool { refusal?.type == "CodeMismatchException" }

    /// The code was good once; or there never was one for this name: Cognito does not tell which.
    public var isEndedCode: Bool { refusal?.type == "ExpiredCodeException" }

    /// Somebody else has that name or address already, or the pool's own check wants other ones.
    public var isUnfitName: Bool {
        ["UsernameExistsException", "AliasExistsException", "UserLambdaValidationException"].contains(refusal?.type)
    }

    /// Another password may be taken.
    public var isUnfitPassword: Bool {
        guard let refusal else { return false }
        return refusal.type == "InvalidPasswordException" || refusal.type == "PasswordHistoryPolicyViolationException"
            // What the pool's own check of the field says, before the policy is looked at.
            || refusal.type == "InvalidParameterException" && refusal.message.contains("'password'")
    }

    /// What was to be confirmed is confirmed.
    public var isConfirmedAlready: Bool {
        guard let refusal else { return false }
        return ["NotAuthorizedException", "InvalidParameterException"].contains(refusal.type)
            && (refusal.message.contains("Current status is CONFIRMED")
                || refusal.message.contains("already confirmed"))
    }
}

extension AccountError: CustomStringConvertible {
    public var description: String {
        guard let (type, message) = refusal else { return reason.description }
        if isConfirmedAlready { return "this user is confirmed already; sign in: cruddur login" }
        if isUnfitPassword { return "the pool does not take that password: \(message)" }
        return switch type {
        case "UsernameExistsException":
            "there is a user of that name already; sign in with cruddur login, or set the password anew with cruddur "
                + "recover"
        case "AliasExistsException": "another user has that address already, and is confirmed"
        case "ExpiredCodeException":
            "that code has ended, or was never sent; cruddur confirm --resend and cruddur recover send another"
        case "NotAuthorizedException" where message.contains("SignUp is not permitted"):
            "this pool takes no sign-ups: whoever runs it makes its users"
        case "UserNotFoundException": "the pool has no such user"
        case "InvalidParameterException" where message.contains("no registered/verified"):
            "the pool has no confirmed address of this user to send a code to"
        case "InvalidParameterException" where message.contains("Username cannot be of email format"):
            "this pool knows users by another name than the e-mail address: give one with --username"
        case "CodeDeliveryFailureException": "the pool could not send the code: \(message)"
        case "UserLambdaValidationException": "the pool's own check refused it: \(message)"
        case "NotAuthorizedException" where SignInError.isOfClient(message): reason.description
        case "NotAuthorizedException" where !message.isEmpty, "InvalidParameterException" where !message.isEmpty:
            "Cognito refused it: \(message)"
        default: reason.description
        }
    }
}
