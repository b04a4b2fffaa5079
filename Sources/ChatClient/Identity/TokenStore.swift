import Timestamps

/// The tokens in use. Refreshes the access token shortly before it expires, or when a
/// server refuses it; whoever asks meanwhile waits for the same refresh.
actor TokenStore {
    /// Seconds before its end at which a token counts as expired.
    private static let margin = 60.0

    private let cognito: CognitoClient
    private let now: @Sendable () -> Timestamp
    private var access: String
    private var identity: String?
    private var refreshToken: String?
    private var refreshing: Task<Void, any Error>?

    init(_ tokens: ClientConfiguration.Tokens, cognito: CognitoClient, now: @escaping @Sendable () -> Timestamp) {
        self.cognito = cognito
        self.now = now
        access = tokens.access
        identity = tokens.identity
        refreshToken = tokens.refresh
    }

    /// A token to send. Where it cannot be refreshed, the one there is: the server decides.
    func accessToken() async -> String {
        if let expires = TokenClaims(unverified: access)?.expires,
            expires.seconds(since: now()) < Self.margin
        {
            try? await refresh()
        }
        return access
    }

    /// A token other than `refused`.
    ///
    /// - Throws: `APIError.unauthorized` when there is none to be had.
    func replacement(for refused: String) async throws -> String {
        if access == refused { try await refresh() }
        guard access != refused else { throw APIError.unauthorized }
        return access
    }

    /// When the access token ends, as it says itself.
    var expires: Timestamp? { TokenClaims(unverified: access)?.expires }

    /// The handle of the token's user, from the id token or from Cognito.
    func handle() async -> String? {
        if let handle = identity.flatMap(TokenClaims.init(unverified:))?.handle { return handle }
        return try? await cognito.handle(accessToken: accessToken())
    }

    private func refresh() async throws {
        if let refreshing { return try await refreshing.value }
        guard let refreshToken else { throw APIError.unauthorized }
        let task = Task { adopt(try await cognito.refresh(refreshToken)) }
        refreshing = task
        defer { refreshing = nil }
        try await task.value
    }

    private func adopt(_ tokens: CognitoClient.Refreshed) {
        access = tokens.access
        identity = tokens.identity ?? identity
        refreshToken = tokens.refresh ?? refreshToken
    }
}
