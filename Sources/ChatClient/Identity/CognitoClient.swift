import Foundation
import HTTPExchange
import SecureRemotePassword

/// The Cognito calls of a client that is signed in. Source: Amazon Cognito Identity
/// Provider API, application/x-amz-json-1.1.
struct CognitoClient: Sendable {
    let http: HTTPConnector
    let endpoint: String
    let clientID: String?
    let clientSecret: String?
    /// What follows the `_` in the pool's id.
    let poolName: String?

    init(http: HTTPConnector, configuration: ClientConfiguration.Cognito) {
        self.http = http
        endpoint =
            configuration.endpoint?.description
            ?? "https://cognito-idp.\(configuration.region).amazonaws.com"
        clientID = configuration.clientID
        clientSecret = configuration.clientSecret
        poolName = configuration.userPoolID.flatMap { $0.split(separator: "_", maxSplits: 1).last.map(String.init) }
    }

    struct Refreshed: Sendable {
        let access: String
        let identity: String?
        /// Only where the pool rotates refresh tokens.
        let refresh: String?
        /// The answer's `Date`.
        let date: String?
    }

    /// What a client with a secret proves itself with; `nil`: it has none.
    func hash(of username: String) -> String? {
        guard let clientID, let clientSecret else { return nil }
        return secretHash(username: username, clientID: clientID, clientSecret: clientSecret)
    }

    /// New tokens for a refresh token.
    ///
    /// - Parameter tokens: those that came with it.
    /// - Throws: `SignInEnded` when the refresh token is no longer good; `APIError.signIn` when
    ///   Cognito cannot be asked; `CancellationError`.
    func refresh(_ token: String, with tokens: ClientConfiguration.Tokens) async throws -> Refreshed {
        struct Request: Encodable {
            let authFlow = "REFRESH_TOKEN_AUTH"
            let clientId: String
            let authParameters: [String: String]
        }
        struct Answer: Decodable {
            struct Result: Decodable {
                let accessToken: String
                let idToken: String?
                let refreshToken: String?
            }
            let authenticationResult: Result
        }
        guard let clientID else {
            throw SignInEnded(fault: CognitoFault(type: "", message: "\(Settings.clientID.name) is not set"))
        }
        var parameters = ["REFRESH_TOKEN": token]
        // Of a refresh, Cognito takes the hash for the user's sub.
        if let user = TokenClaims(unverified: tokens.access)?.subject { parameters["SECRET_HASH"] = hash(of: user) }
        parameters["DEVICE_KEY"] = tokens.device?.key
        let (answer, date): (Answer, String?) = try await call(
            "InitiateAuth", Request(clientId: clientID, authParameters: parameters))
        let result = answer.authenticationResult
        guard Token.trimmed(result.accessToken) == result.accessToken else {
            throw APIError.signIn(.unexpectedAnswer("AccessToken"))
        }
        return Refreshed(access: result.accessToken, identity: result.idToken, refresh: result.refreshToken, date: date)
    }

    /// The `preferred_username` of the token's user; `nil` if the user has none.
    ///
    /// - Throws: as `refresh`.
    func handle(accessToken: String) async throws -> String? {
        struct Answer: Decodable {
            struct Attribute: Decodable {
                let name: String
                let value: String?
            }
            let userAttributes: [Attribute]
        }
        struct GetUserRequest: Encodable { let accessToken: String }
        let (answer, _): (Answer, String?) = try await call("GetUser", GetUserRequest(accessToken: accessToken))
        return answer.userAttributes.first { $0.name == "preferred_username" }?.value
    }

    /// One call, whatever the answer is.
    ///
    /// - Throws: `APIError`; `CancellationError`.
    func exchange(_ action: String, _ body: some Encodable) async throws -> HTTPAnswer {
        try await http.send(
            HTTPCall(
                .post, endpoint + "/",
                headers: [
                    "Content-Type": "application/x-amz-json-1.1",
                    "X-Amz-Target": "AWSCognitoIdentityProviderService.\(action)",
                ], body: try CognitoJSON.encoder.encode(body)))
    }

    /// A call of somebody who is signing in, or has no account yet.
    ///
    /// - Returns: with the value, the answer's `Date`.
    /// - Throws: `SignInError`; `CancellationError`.
    func ask<Value: Decodable>(
        _ action: String, _ request: some Encodable & Sendable
    ) async throws -> (value: Value, date: String?) {
        do {
            let answer = try await exchange(action, request)
            if answer.status == 400 {
                let fault = CognitoFault(answer)
                throw SignInError.refused(type: fault.type, message: fault.message)
            }
            return (try answer.decode(with: CognitoJSON.decoder), answer[header: "Date"])
        } catch let error as APIError {
            throw SignInError.notAnswered(error)
        }
    }

    /// - Throws: `SignInError.missing`.
    func requiredClientID() throws(SignInError) -> String {
        guard let clientID else { throw .missing(setting: Settings.clientID.name) }
        return clientID
    }

    private func call<Answer: Decodable>(
        _ action: String, _ body: some Encodable
    ) async throws -> (value: Answer, date: String?) {
        do {
            let answer = try await exchange(action, body)
            if answer.status == 400 { throw Self.refusal(answer) }
            return (try answer.decode(with: CognitoJSON.decoder), answer[header: "Date"])
        } catch let error as APIError {
            throw APIError.signIn(error)
        }
    }

    private static func refusal(_ answer: HTTPAnswer) -> any Error {
        let fault = CognitoFault(answer)
        switch fault.type {
        case "TooManyRequestsException", "LimitExceededException":
            return APIError.rateLimited(retryAfter: answer.retryAfter)
        case "InternalErrorException": return APIError.server(status: answer.status, retryAfter: answer.retryAfter)
        // The client, or the pool, is not there: no token would help.
        case "ResourceNotFoundException", "InvalidParameterException": return APIError.rejected([fault.type])
        default: return SignInEnded(fault: fault)
        }
    }
}

/// Cognito gives no token more for what is kept: why.
struct SignInEnded: Error {
    let fault: CognitoFault

    /// To stand behind "your sign-in has ended: ".
    var words: String {
        switch fault.message {
        case let message where message.contains("revoked"): "it was revoked"
        case let message where message.contains("expired"): "it was too long ago"
        case let message where message.contains("secret"): "cognito.client_secret is missing, or another's"
        case "Invalid Refresh Token": "the refresh token is none of this app client's, or was used up"
        default: fault.message.isEmpty ? fault.type : fault.message
        }
    }
}

/// What Cognito refuses with, as it wrote it.
struct CognitoFault: Sendable {
    /// `NotAuthorizedException`; empty where the answer says none.
    let type: String
    let message: String

    init(type: String, message: String) { (self.type, self.message) = (type, message) }

    init(_ answer: HTTPAnswer) {
        struct Body: Decodable {
            let type: String?
            let message: String?
        }
        let body = try? CognitoJSON.decoder.decode(Body.self, from: answer.body)
        type = String((body?.type ?? "").split(separator: "#").last ?? "")
        message = body?.message ?? ""
    }
}

/// Cognito writes its names with a capital: `AccessToken`, and its errors' `__type`.
enum CognitoJSON {
    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        // Keys of dictionaries, such as REFRESH_TOKEN, are as they should be.
        encoder.keyEncodingStrategy = .custom { Name($0.last, \.capitalizedFirst) }
        return encoder
    }

    static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .custom { Name($0.last, \.lowercasedFirst) }
        return decoder
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ key: (any CodingKey)?, _ change: (String) -> String) {
            stringValue = change(key?.stringValue ?? "")
        }

        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }

    fileprivate var lowercasedFirst: String {
        let name = drop { $0 == "_" }
        return name.prefix(1).lowercased() + name.dropFirst()
    }
}
