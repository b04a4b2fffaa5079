import JWTKit

/// What a Cognito access token says. Source: Amazon Cognito, "Understanding the access token".
struct AccessTokenClaims: JWTPayload {
    let subject: String
    let issuer: String
    let expiration: ExpirationClaim
    let tokenUse: String
    let clientID: String

    enum CodingKeys: String, CodingKey {
        case subject = "sub"
        case issuer = "iss"
        case expiration = "exp"
        case tokenUse = "token_use"
        case clientID = "client_id"
    }

    /// Called with the signature already checked; the rest needs the verifier's pool.
    func verify(using algorithm: some JWTAlgorithm) async throws {
        try expiration.verifyNotExpired()
    }
}

/// Verifies access tokens of one user pool: RS256 by the pool's JWKS, `exp`, `iss`,
/// `token_use` and `client_id`.
public struct TokenVerifier: Sendable {
    enum Refusal: Error, Equatable {
        case algorithm
        case issuer
        case tokenUse
        case client
    }

    private let keys: JWTKeyCollection
    private let issuer: String
    private let clientID: String

    /// - Parameters:
    ///   - jwks: the pool's key set, JSON as the pool serves it.
    ///   - issuer: the `iss` that tokens must have.
    ///   - clientID: the app client that tokens must be for.
    /// - Throws: when the key set cannot be read.
    public init(jwks: String, issuer: String, clientID: String) async throws {
        keys = try await JWTKeyCollection().add(jwksJSON: jwks)
        self.issuer = issuer
        self.clientID = clientID
    }

    /// - Throws: `Refusal`, `JWTError`.
    func verify(_ token: String) async throws -> AccessTokenClaims {
        let bytes = Array(token.utf8)
        let header = try DefaultJWTParser().parse(bytes, as: AccessTokenClaims.self).header
        // Before any key is chosen: neither "none" nor a key's own idea of an algorithm.
        guard header.alg == "RS256", header.kid != nil else { throw Refusal.algorithm }
        let claims = try await keys.verify(bytes, as: AccessTokenClaims.self)
        guard claims.issuer == issuer else { throw Refusal.issuer }
        guard claims.tokenUse == "access" else { throw Refusal.tokenUse }
        guard claims.clientID == clientID else { throw Refusal.client }
        return claims
    }
}
