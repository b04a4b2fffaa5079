import Crypto
import JWTKit

/// What a Cognito access token says. Source: Amazon Cognito, "Understanding the access token".
struct AccessTokenClaims: JWTPayload {
    let subject: String
    let issuer: String
    let expiration: ExpirationClaim
    let tokenUse: String
    let clientID: String
    /// Cognito's have none; whoever signs with the pool's key may.
    var notBefore: NotBeforeClaim?

    enum CodingKeys: String, CodingKey {
        case subject = "sub"
        case issuer = "iss"
        case expiration = "exp"
        case tokenUse = "token_use"
        case clientID = "client_id"
        case notBefore = "nbf"
    }

    /// Called with the signature already checked; the rest needs the verifier's pool.
    func verify(using algorithm: some JWTAlgorithm) async throws { try verifyTimes() }

    /// - Throws: `JWTError` before and after its time.
    func verifyTimes() throws {
        try expiration.verifyNotExpired()
        try notBefore?.verifyNotBefore()
    }
}

/// Verifies access tokens of one user pool: RS256 by the pool's JWKS, `exp`, `iss`,
/// `token_use` and `client_id`.
public struct TokenVerifier: Sendable {
    enum Refusal: Error, Equatable {
        case algorithm
        /// Its header names extensions that must be understood (RFC 7515, 4.1.11), and none is here.
        case extensions
        case issuer
        case tokenUse
        case client
    }

    private let keys: PoolKeys
    private let issuer: String
    private let clientIDs: Set<String>
    private let verified = VerifiedTokens()

    /// - Parameters:
    ///   - issuer: the `iss` that tokens must have.
    ///   - clientIDs: the app clients that tokens may be for.
    public init(keys: PoolKeys, issuer: String, clientIDs: Set<String>) {
        self.keys = keys
        self.issuer = issuer
        self.clientIDs = clientIDs
    }

    /// - Throws: `Refusal`, `JWTError`; `PoolKeys.Unavailable` when nothing can be verified.
    func verify(_ token: String) async throws -> AccessTokenClaims {
        let bytes = Array(token.utf8)
        let digest = SHA256.hash(data: bytes)
        if let claims = try await verified.claims(of: digest, { try await keys.keys(with: $0) }) { return claims }
        let header = try DefaultJWTParser().parse(bytes, as: AccessTokenClaims.self).header
        // Before any key is chosen: neither "none" nor a key's own idea of an algorithm.
        guard header.alg == "RS256", let kid = header.kid else { throw Refusal.algorithm }
        guard header.fields["crit"] == nil else { throw Refusal.extensions }
        let current = try await keys.keys(with: kid)
        let claims = try await current.verify(bytes, as: AccessTokenClaims.self)
        guard claims.issuer == issuer else { throw Refusal.issuer }
        guard claims.tokenUse == "access" else { throw Refusal.tokenUse }
        guard clientIDs.contains(claims.clientID) else { throw Refusal.client }
        verified.remember(digest, claims, kid: kid, current)
        return claims
    }
}
