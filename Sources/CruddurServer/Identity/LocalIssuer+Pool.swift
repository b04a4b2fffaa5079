import LocalPool
import Users

/// The local issuer signs what a pool of our own gives.
extension LocalIssuer: TokenMint {
    public func mint(for user: PoolUser) async throws -> MintedTokens {
        let known = User(
            uuid: user.subject, displayName: user.attributes["name"] ?? user.name,
            email: user.attributes["email"] ?? "", handle: user.attributes["preferred_username"] ?? "",
            cognitoUserID: user.subject)
        let tokens = try await tokens(for: known)
        return MintedTokens(access: tokens.access, identity: tokens.identity, lifetime: Int(Self.tokenLifetime))
    }

    public func owner(ofAccess token: String) async -> (subject: String, issued: Double)? {
        try? await claims(of: token, use: "access")
    }
}
