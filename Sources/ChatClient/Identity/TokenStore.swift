import Timestamps

/// The tokens in use. Refreshes the access token shortly before it expires, or when a server refuses it;
/// whoever asks meanwhile waits for the same refresh. Two programs on one file refresh once, for both.
actor TokenStore {
    /// Seconds before its end at which a token counts as expired.
    private static let margin = 60.0
    /// Seconds after a refresh that failed before one is tried without need.
    private static let pause = 60.0
    /// While another program refreshes: between two looks, and for how long.
    private static let look = Duration.milliseconds(50)
    private static let longestLook = Duration.seconds(20)

    private let configured: ClientConfiguration.Tokens
    private let cognito: CognitoClient
    private let time: any TimeSource
    private let file: TokenFile?
    private let log: ClientLog
    private var access: String
    private var identity: String?
    private var refreshToken: String?
    /// When the access token ends, by our clock.
    private var end: Timestamp?
    /// Access tokens that were in use: none comes back from the file.
    private var used: Set<String> = []
    private var hasRead = false
    private var lastFailure: Timestamp?
    private var refreshing: Task<Void, Never>?
    private var waiting: [AsyncThrowingStream<Never, any Error>.Continuation] = []

    /// - Parameter file: where new tokens are kept; `nil`: nowhere.
    init(
        _ tokens: ClientConfiguration.Tokens, cognito: CognitoClient, file: TokenFile? = nil, time: any TimeSource,
        log: ClientLog = .none
    ) {
        configured = tokens
        self.cognito = cognito
        self.file = file
        self.time = time
        self.log = log
        access = tokens.access
        identity = tokens.identity
        refreshToken = tokens.refresh
        end = TokenClaims(unverified: tokens.access)?.expires
    }

    /// Those of a configuration, and what was got for them since.
    ///
    /// - Parameter path: the file in which that is kept; `nil`: nowhere.
    init(
        _ configuration: ClientConfiguration, keptAt path: String?, http: HTTPConnector, time: any TimeSource,
        log: ClientLog = .none
    ) {
        let file = path.flatMap { path in
            configuration.tokens.refresh.map { TokenFile(path: path, successorsOf: $0) }
        }
        self.init(
            configuration.tokens, cognito: CognitoClient(http: http, configuration: configuration.cognito), file: file,
            time: time, log: log)
    }

    /// A token to send. Where it cannot be refreshed, the one there is: the server decides.
    func accessToken() async -> String {
        readKept()
        if isEnding, refreshToken != nil, lastFailure.map({ abs(time.now().seconds(since: $0)) > Self.pause }) ?? true {
            try? await refresh(access)
        }
        return access
    }

    /// A token other than `refused`.
    ///
    /// - Throws: `APIError.unauthorized` when there is none to be had; `APIError.signIn` when Cognito
    ///   cannot be asked; `CancellationError`.
    func replacement(for refused: String) async throws -> String {
        if access == refused { try await refresh(refused) }
        guard access != refused else { throw APIError.unauthorized }
        return access
    }

    /// When the access token ends, as it says itself.
    var expires: Timestamp? { TokenClaims(unverified: access)?.expires }

    /// The handle of the token's user, from the id token or from Cognito.
    func handle() async -> String? {
        readKept()
        if let handle = identity.flatMap(TokenClaims.init(unverified:))?.handle { return handle }
        return try? await cognito.handle(accessToken: accessToken())
    }

    private var isEnding: Bool { end.map { $0.seconds(since: time.now()) < Self.margin } ?? false }

    // MARK: One refresh at a time

    /// Waits for the refresh that is under way, or begins one. Whoever is cancelled waits no longer; the
    /// refresh goes on, because its answer may be the only token there is.
    private func refresh(_ refused: String) async throws {
        if waiting.isEmpty { refreshing = Task { await end(of: refused) } }
        try await endOfRefresh()
        try Task.checkCancellation()
    }

    private func endOfRefresh() async throws {
        let (ending, continuation) = AsyncThrowingStream.makeStream(of: Never.self)
        waiting.append(continuation)
        for try await _ in ending {}
    }

    /// Waits for a refresh that is under way, because its answer may be the only token there is; but no longer than
    /// `limit`. Then it is given up, and nothing of it is alive.
    func finish(within limit: Duration) async {
        guard !waiting.isEmpty else { return }
        let time = time
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await self.endOfRefresh() }
            group.addTask { try? await time.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
        refreshing?.cancel()
        await refreshing?.value
    }

    private func end(of refused: String) async {
        let fault: (any Error)?
        do {
            try await renew(refused)
            (fault, lastFailure) = (nil, nil)
        } catch {
            (fault, lastFailure) = (error, time.now())
            log.note(.tokens(.notRefreshed(LoggedFault(error))))
        }
        for continuation in waiting { continuation.finish(throwing: fault) }
        waiting = []
    }

    private func renew(_ refused: String) async throws {
        guard let refreshToken else { throw APIError.unauthorized }
        let lock = await lock()
        defer { lock?.release() }
        // Another program may have been faster, and its refresh token may have replaced ours.
        if let kept = file?.read(), kept.access != refused, !used.contains(kept.access) {
            log.note(.tokens(.taken))
            return adopt(kept)
        }
        let fresh: CognitoClient.Refreshed
        do {
            fresh = try await cognito.refresh(refreshToken, with: access)
        } catch APIError.unauthorized where configured.refresh != refreshToken {
            // What was kept is no longer good; what the person wrote may be.
            fresh = try await cognito.refresh(configured.refresh ?? "", with: configured.access)
        }
        adopt(
            .init(
                access: fresh.access, identity: fresh.identity ?? identity,
                refresh: fresh.refresh ?? self.refreshToken))
        log.note(.tokens(.refreshed))
        if lock != nil {
            // What cannot be kept is good until the end of this program.
            try? file?.write(.init(access: access, identity: identity, refresh: self.refreshToken))
        }
    }

    /// `nil` where there is no file, or the one who has the lock does not let go of it.
    private func lock() async -> FileLock? {
        guard let file else { return nil }
        let begin = time.elapsed()
        while time.elapsed() - begin < Self.longestLook {
            switch file.lock() {
            case .held(let lock): return lock
            case .impossible: return nil
            case .busy:
                do { try await time.sleep(for: Self.look) } catch { return nil }
            }
        }
        return nil
    }

    private func adopt(_ tokens: TokenFile.Tokens) {
        used.insert(access)
        access = tokens.access
        identity = tokens.identity ?? identity
        refreshToken = tokens.refresh ?? refreshToken
        // Its issuer's clock is not ours: what counts is how long it is good for, from now on.
        let lifetime = TokenClaims(unverified: access)?.lifetime
        end = lifetime.map { time.now().advanced(bySeconds: max($0, 2 * Self.margin)) }
    }

    // MARK: What was kept

    /// Once, when a token is first asked for: the first screen does not wait for it.
    private func readKept() {
        guard !hasRead else { return }
        hasRead = true
        guard let kept = file?.read() else { return }
        refreshToken = kept.refresh ?? refreshToken
        identity = kept.identity ?? identity
        let (ours, theirs) = (end, TokenClaims(unverified: kept.access)?.expires)
        // The person may have put a newer access token into the configuration.
        if let ours, let theirs, ours > theirs { return }
        used.insert(access)
        (access, end) = (kept.access, theirs)
    }
}
