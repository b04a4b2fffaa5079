import Foundation
import HTTPTypes
import Hummingbird
import LocalPool
import Users

/// Cognito's API, answered by a pool of our own; without one, the part of it that a signed-in client calls, answered by
/// the local issuer: `GetUser`, `InitiateAuth` with `REFRESH_TOKEN_AUTH`, and the pool's JWKS.
struct CognitoRoutes {
    private static let target = HTTPField.Name("X-Amz-Target")!
    private static let prefix = "AWSCognitoIdentityProviderService."

    let issuer: LocalIssuer
    let pool: LocalPool?
    let users: any UserDirectory

    func add(to router: Router<CruddurRequestContext>) {
        router.post("/", use: call)
        router.get("/\(issuer.userPoolID)/.well-known/jwks.json") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(string: try issuer.jwks())))
        }
    }

    private func call(_ request: Request, _ context: CruddurRequestContext) async throws -> Response {
        let body = try await request.body.collect(upTo: context.maxUploadSize)
        if let pool {
            let action = request.headers[Self.target].map { $0.replacingOccurrences(of: Self.prefix, with: "") } ?? ""
            let (status, json) = await pool.answer(action, Data(body.readableBytesView))
            return Response(
                status: .init(code: status), headers: [.contentType: "application/x-amz-json-1.1"],
                body: .init(byteBuffer: ByteBuffer(bytes: json)))
        }
        let parameters = try? JSONDecoder().decode(CognitoRequest.self, from: Data(body.readableBytesView))
        switch request.headers[Self.target] {
        case Self.prefix + "InitiateAuth":
            return try await refresh(parameters)
        case Self.prefix + "GetUser":
            return try await user(parameters)
        default:
            return try fault("UnknownOperationException", "this local pool only refreshes tokens and tells who you are")
        }
    }

    private func refresh(_ parameters: CognitoRequest?) async throws -> Response {
        guard let parameters, parameters.authFlow == "REFRESH_TOKEN_AUTH" || parameters.authFlow == "REFRESH_TOKEN"
        else { return try fault("InvalidParameterException", "only REFRESH_TOKEN_AUTH is offered") }
        guard parameters.clientID == issuer.clientID else {
            return try fault("ResourceNotFoundException", "there is no such app client")
        }
        guard let user = try await owner(of: parameters.authParameters?["REFRESH_TOKEN"], use: "refresh") else {
            return try fault("NotAuthorizedException", "Invalid Refresh Token")
        }
        let tokens = try await issuer.tokens(for: user)
        return try JSONAnswer.make(
            AuthenticationAnswer(
                authenticationResult: .init(
                    accessToken: tokens.access, idToken: tokens.identity, expiresIn: Int(LocalIssuer.tokenLifetime)
                )))
    }

    private func user(_ parameters: CognitoRequest?) async throws -> Response {
        guard let user = try await owner(of: parameters?.accessToken, use: "access") else {
            return try fault("NotAuthorizedException", "Invalid Access Token")
        }
        return try JSONAnswer.make(
            UserAnswer(
                username: user.cognitoUserID,
                userAttributes: [
                    .init(name: "sub", value: user.cognitoUserID), .init(name: "email", value: user.email),
                    .init(name: "preferred_username", value: user.handle),
                    .init(name: "name", value: user.displayName),
                ]))
    }

    private func owner(of token: String?, use: String) async throws -> User? {
        guard let token, let subject = try? await issuer.subject(of: token, use: use) else { return nil }
        return try await users.user(cognitoUserID: subject)
    }

    private func fault(_ type: String, _ message: String) throws -> Response {
        try JSONAnswer.make(["__type": type, "message": message], status: .badRequest)
    }
}

private struct CognitoRequest: Decodable {
    let authFlow: String?
    let clientID: String?
    let authParameters: [String: String]?
    let accessToken: String?

    enum CodingKeys: String, CodingKey {
        case authFlow = "AuthFlow"
        case clientID = "ClientId"
        case authParameters = "AuthParameters"
        case accessToken = "AccessToken"
    }
}

private struct AuthenticationAnswer: Encodable {
    struct Result: Encodable {
        let accessToken: String
        let idToken: String
        let expiresIn: Int
        var tokenType = "Bearer"

        enum CodingKeys: String, CodingKey {
            case accessToken = "AccessToken"
            case idToken = "IdToken"
            case expiresIn = "ExpiresIn"
            case tokenType = "TokenType"
        }
    }

    let authenticationResult: Result

    enum CodingKeys: String, CodingKey {
        case authenticationResult = "AuthenticationResult"
    }
}

private struct UserAnswer: Encodable {
    struct Attribute: Encodable {
        let name: String
        let value: String

        enum CodingKeys: String, CodingKey {
            case name = "Name"
            case value = "Value"
        }
    }

    let username: String
    let userAttributes: [Attribute]

    enum CodingKeys: String, CodingKey {
        case username = "Username"
        case userAttributes = "UserAttributes"
    }
}
