import Foundation
import NIOHTTP1

/// The Cognito calls of a client that is signed in. Source: Amazon Cognito Identity
/// Provider API, application/x-amz-json-1.1.
struct CognitoClient: Sendable {
    let http: HTTPConnector
    let endpoint: String
    let clientID: String?

    init(http: HTTPConnector, configuration: ClientConfiguration.Cognito) {
        self.http = http
        endpoint = configuration.endpoint?.description
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
    /// - Throws: `APIError`; `.unauthorized` when the refresh token is no longer good.
    func refresh(_ token: String) async throws -> Refreshed {
        struct Request: Encodable {
            let AuthFlow = "REFRESH_TOKEN_AUTH"
            let ClientId: String
            let AuthParameters: [String: String]
        }
        struct Answer: Decodable {
            struct Result: Decodable {
                let AccessToken: String
                let IdToken: String?
                let RefreshToken: String?
            }
            let AuthenticationResult: Result
        }
        guard let clientID else { throw APIError.unauthorized }
        let answer: Answer = try await call(
            "InitiateAuth", Request(ClientId: clientID, AuthParameters: ["REFRESH_TOKEN": token]))
        let result = answer.AuthenticationResult
        return Refreshed(access: result.AccessToken, identity: result.IdToken, refresh: result.RefreshToken)
    }

    /// The `preferred_username` of the token's user; `nil` if the user has none.
    ///
    /// - Throws: `APIError`.
    func handle(accessToken: String) async throws -> String? {
        struct Answer: Decodable {
            struct Attribute: Decodable {
                let Name: String
                let Value: String?
            }
            let UserAttributes: [Attribute]
        }
        let answer: Answer = try await call("GetUser", ["AccessToken": accessToken])
        return answer.UserAttributes.first { $0.Name == "preferred_username" }?.Value
    }

    private func call<Answer: Decodable>(_ action: String, _ body: some Encodable) async throws -> Answer {
        let answer = try await http.send(
            HTTPCall(
                method: .POST, url: endpoint + "/",
                headers: [
                    "Content-Type": "application/x-amz-json-1.1",
                    "X-Amz-Target": "AWSCognitoIdentityProviderService.\(action)",
                ], body: try JSONEncoder().encode(body)))
        if answer.status == 400 {
            let type = (try? JSONDecoder().decode(Fault.self, from: answer.body))?.__type ?? ""
            throw type.hasSuffix("TooManyRequestsException")
                ? APIError.rateLimited(retryAfter: nil) : APIError.unauthorized
        }
        return try answer.decode()
    }
}

/// The body of Cognito's errors.
private struct Fault: Decodable {
    let __type: String?
}
