/// Who signs a pool's tokens.
public protocol TokenMint: Sendable {
    /// A fresh access and id token, and how long they are good for, in seconds.
    ///
    /// - Throws: when signing fails.
    func mint(for user: PoolUser) async throws -> MintedTokens
    /// The `sub` in an access token of ours that has not ended, and when it was issued, in seconds since 1970; `nil`: it
    /// is none.
    func owner(ofAccess token: String) async -> (subject: String, issued: Double)?
}

public struct MintedTokens: Sendable {
    public let access: String
    public let identity: String
    public let lifetime: Int

    public init(access: String, identity: String, lifetime: Int) {
        (self.access, self.identity, self.lifetime) = (access, identity, lifetime)
    }
}
