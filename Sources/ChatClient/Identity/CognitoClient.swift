import Foundation
import HTTPExchange

/// The Cognito calls of a client that is signed in. Source: Amazon Cognito Identity
/// Provider API, application/x-amz-json-1.1.
struct CognitoClient: Sendable {
    let http: HTTPConnector
    let endpoint: String
    let clientID: String?

    init(http: HTTPConnector, configuration: ClientConfiguration.Cognito) {
        self.http = http
        endpoint =
            configuration.endpoint?.description
            ?? "https://cognito-idp.\(configuration.region).amazonaws.com"
        clientID = configuration.clientID
    }

    struct Refreshed: Sendable {
        let access: String
        let identity: String?
        /// Only where the pool rotates refresh tokens.
        let refresh: String?
    }

    /// New tokens for a refresh token.
    ///
    /// - Throws: `APIError.unauthorized` when the refresh token is no longer good; `APIError.signIn` when
    ///   Cognito cannot be asked; `CancellationError`.
    func refresh(_ token: String) async throws -> Refreshed {
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
        guard let clientID else { throw APIError.unauthorized }
        let answer: Answer = try await call(
            "InitiateAuth", Request(clientId: clientID, authParameters: ["REFRESH_TOKEN": token]))
        let result = answer.authenticationResult
        guard Token.trimmed(result.accessToken) == result.accessToken else {
            throw APIError.signIn(.unexpectedAnswer("AccessToken"))
        }
        return Refreshed(access: result.accessToken, identity: result.idToken, refresh: result.refreshToken)
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
        let answer: Answer = try await call("GetUser", GetUserRequest(accessToken: accessToken))
        return answer.userAttributes.first { $0.name == "preferred_username" }?.value
    }

    private func call<Answer: Decodable>(_ action: String, _ body: some Encodable) async throws -> Answer {
        do {
            let answer = try await http.send(
                HTTPCall(
                    .post, endpoint + "/",
                    headers: [
                        "Content-Type": "application/x-amz-json-1.1",
                        "X-Amz-Target": "AWSCognitoIdentityProviderService.\(action)",
                    ], body: try CognitoJSON.encoder.encode(body)))
            if answer.status == 400 { throw Self.refusal(answer) }
            return try answer.decode(with: CognitoJSON.decoder)
        } catch let error as APIError where error != .unauthorized {
            throw APIError.signIn(error)
        }
    }

    private static func refusal(_ answer: HTTPAnswer) -> APIError {
        let written = (try? CognitoJSON.decoder.decode(Fault.self, from: answer.body))?.type ?? ""
        let type = String(written.split(separator: "#").last ?? "")
        return switch type {
        case "TooManyRequestsException", "LimitExceededException": .rateLimited(retryAfter: answer.retryAfter)
        case "InternalErrorException": .server(status: answer.status, retryAfter: answer.retryAfter)
        // The client, or the pool, is not there: no token would help.
        case "ResourceNotFoundException", "InvalidParameterException": .rejected([type])
        default: .unauthorized
        }
    }
}

/// The body of Cognito's errors.
private struct Fault: Decodable {
    let type: String?
}

/// Cognito writes its names with a capital: `AccessToken`, and its errors' `__type`.
private enum CognitoJSON {
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
