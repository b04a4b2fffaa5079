import Crypto
import JWTKit

/// Tokens that were verified, by their digest, so that each signature is checked once. What may change is looked at each
/// time: the token's times, and whether the keys are still the ones it was verified with.
struct VerifiedTokens: Sendable {
    private struct Verified {
        let claims: AccessTokenClaims
        let kid: String
        let keys: JWTKeyCollection
    }

    /// Tokens, of about half a kilobyte each.
    private let memory = Memory<SHA256Digest, Verified>(limit: 20_000)

    /// - Throws: what `keys` throws, and `JWTError` for a token that has ended since.
    func claims(
        of digest: SHA256Digest, _ keys: (_ kid: String) async throws -> JWTKeyCollection
    ) async throws -> AccessTokenClaims? {
        guard let known = memory[digest], try await keys(known.kid) === known.keys else { return nil }
        try known.claims.verifyTimes()
        return known.claims
    }

    func remember(_ digest: SHA256Digest, _ claims: AccessTokenClaims, kid: String, _ keys: JWTKeyCollection) {
        memory.remember(Verified(claims: claims, kid: kid, keys: keys), for: digest)
    }
}
