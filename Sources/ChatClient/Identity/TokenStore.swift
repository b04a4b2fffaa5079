import ExactText
import Timestamps

/// The tokens in use. Refreshes the access token shortly before it ends, or when a server refuses it; whoever asks
/// meanwhile waits for the same refresh. Programs that share a sign-in refresh once, for all; and what one of them gets,
/// or `cruddur login` keeps, the others take up.
actor TokenStore {
    /// What others may want to know.
    enum Event: Sendable, Equatable {
        /// There are new tokens of the same user.
        case renewed
        /// Those of the configuration are kept there from now on.
        case imported(path: String)
        /// What is kept now is somebody else's, and is not taken up: whose, where that is known.
        case anothers(String?)
    }

    /// Seconds before its end at which a token counts as ended; a quarter of its life, if that is less.
    private static let margin = 60.0
    /// Seconds after a refresh that failed before one is tried without need.
    private static let pause = 60.0
    /// While another program refreshes: between two looks, and for how long.
    private static let look = Duration.milliseconds(50)
    private static let longestLook = Duration.seconds(20)

    nonisolated let events: AsyncStream<Event>
    private let telling: AsyncStream<Event>.Continuation
    private let kept: KeptSignIn
    private let command: TokenCommand?
    /// Somebody may come to keep tokens here.
    private let isShared: Bool
    private let configured: ClientConfiguration.Tokens?
    private let cognito: CognitoClient
    private let time: any TimeSource
    private let log: ClientLog
    private let user: TokenUser
    private var tokens: ClientConfiguration.Tokens
    private var end: End?
    /// Access tokens that were in use: none comes back from the file.
    private var used: Set<String> = []
    private var server: ServerTime?
    private var lastFailure: Duration?
    /// Why there is none any more, where Cognito or we know it; it may be Cognito's text.
    private(set) var refusal: String?
    /// The refresh token that Cognito takes no more: it is not asked again.
    private var spent: String?
    private var refreshing: Task<Void, Never>?
    private var waiting: [AsyncThrowingStream<Never, any Error>.Continuation] = []

    /// When a token ends: by its issuer's clock, or, where we know when we got it, by our steady one.
    private enum End {
        case at(Timestamp)
        case after(Duration)
    }

    /// What a server's clock showed, and when that was.
    private struct ServerTime {
        let shown: Timestamp
        let at: Duration
    }

    init(
        _ configuration: ClientConfiguration, http: HTTPConnector, time: any TimeSource, log: ClientLog = .none
    ) {
        (events, telling) = AsyncStream.makeStream()
        kept = configuration.signIn
        command = configuration.tokenCommand
        isShared = configuration.sharesSignIn
        configured = configuration.configuredTokens
        cognito = CognitoClient(http: http, configuration: configuration.cognito)
        self.time = time
        self.log = log
        user = TokenUser(configuration)
        tokens = configuration.tokens
        end = TokenClaims(unverified: configuration.tokens.access)?.expires.map { .at($0) }
    }

    /// Takes up what others keep, until the task is cancelled.
    func run() async {
        takeUp()
        guard isShared else { return }
        for await _ in kept.changes() { takeUp() }
    }

    // MARK: Tokens

    /// A token to send. Where it cannot be refreshed, the one there is: the server decides.
    func accessToken() async -> String {
        if isEnding, canRenew, lastFailure.map({ (time.elapsed() - $0) / .seconds(1) > Self.pause }) ?? true {
            try? await refresh(tokens.access)
        }
        return tokens.access
    }

    /// A token other than `refused`.
    ///
    /// - Throws: `APIError.unauthorized` when there is none to be had; `APIError.signIn` when Cognito
    ///   cannot be asked; `CancellationError`.
    func replacement(for refused: String) async throws -> String {
        if tokens.access == refused { try await refresh(refused) }
        guard tokens.access != refused else { throw APIError.unauthorized }
        return tokens.access
    }

    /// When the access token ends, as it says itself.
    var expires: Timestamp? { TokenClaims(unverified: tokens.access)?.expires }

    /// The handle of the token's user, from the id token or from Cognito; `nil` if neither tells.
    ///
    /// - Throws: `APIError` when Cognito cannot be asked at present.
    func handle() async throws -> String? {
        if let handle = tokens.identity.flatMap(TokenClaims.init(unverified:))?.handle { return handle }
        do {
            return try await cognito.handle(accessToken: accessToken())
        } catch let error as APIError where error.isPassing {
            throw error
        } catch {
            return nil
        }
    }

    // MARK: Time

    /// A server's clock, as an answer's `Date` shows it: ours may be wrong, and tokens end by theirs.
    func note(date: String?) {
        guard let shown = date.flatMap({ Timestamp(httpDate: $0, now: time.now()) }) else { return }
        server = ServerTime(shown: shown, at: time.elapsed())
    }

    private var isEnding: Bool { secondsLeft.map { $0 < margin } ?? false }

    private var secondsLeft: Double? {
        switch end {
        case nil: nil
        case .after(let moment): (moment - time.elapsed()) / .seconds(1)
        case .at(let end): end.seconds(since: serverTime)
        }
    }

    private var serverTime: Timestamp {
        server.map { $0.shown.advanced(bySeconds: (time.elapsed() - $0.at) / .seconds(1)) } ?? time.now()
    }

    private var margin: Double {
        min(Self.margin, (TokenClaims(unverified: tokens.access)?.lifetime ?? .infinity) / 4)
    }

    // MARK: One refresh at a time

    private var canRenew: Bool { tokens.refresh != nil || command != nil }

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
        telling.finish()
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
            (fault, lastFailure, refusal) = (nil, nil, nil)
        } catch {
            (fault, lastFailure) = (error, time.elapsed())
            log.note(.tokens(.notRefreshed(LoggedFault(error))))
        }
        for continuation in waiting { continuation.finish(throwing: fault) }
        waiting = []
    }

    private func renew(_ refused: String) async throws {
        if let command {
            let printed: ClientConfiguration.Tokens
            do { printed = try await Self.printed(by: command) } catch {
                refusal = "\(error)"
                throw APIError.unauthorized
            }
            return try adopt(printed: printed, refused)
        }
        let lock = await lock()
        defer { lock?.release() }
        // Another program may have been faster, and its refresh token may have replaced ours.
        if takeUp() { return }
        guard let refresh = tokens.refresh, refresh != spent else { throw APIError.unauthorized }
        let fresh: CognitoClient.Refreshed
        do {
            fresh = try await cognito.refresh(refresh, with: tokens)
        } catch let ended as SignInEnded {
            // Somebody who did not wait for the lock may have spent it.
            if takeUp() { return }
            (refusal, spent) = (ended.words, refresh)
            // What was kept is no longer good; what the person wrote may be.
            guard let written = configured, let other = written.refresh, other != refresh else {
                throw APIError.unauthorized
            }
            do { fresh = try await cognito.refresh(other, with: written) } catch is SignInEnded {
                throw APIError.unauthorized
            }
        }
        note(date: fresh.date)
        let isFirst = !kept.exists
        let renewed = ClientConfiguration.Tokens(
            access: fresh.access, identity: fresh.identity ?? tokens.identity, refresh: fresh.refresh ?? refresh,
            device: tokens.device)
        // On disk before it is used: the former one may be spent. What cannot be kept is good until the end of this
        // program.
        if lock != nil, (try? kept.writeAlone(kept(renewed))) != nil, isFirst {
            telling.yield(.imported(path: kept.path))
        }
        adopt(renewed)
        log.note(.tokens(.refreshed))
    }

    /// `nil` where there is no file, or the one who has the lock does not let go of it.
    private func lock() async -> FileLock? {
        let begin = time.elapsed()
        while time.elapsed() - begin < Self.longestLook {
            switch kept.lock() {
            case .held(let lock): return lock
            case .impossible: return nil
            case .busy:
                do { try await time.sleep(for: Self.look) } catch { return nil }
            }
        }
        return nil
    }

    /// A program may take its time: no other task shall wait for it.
    private static func printed(by command: TokenCommand) async throws -> ClientConfiguration.Tokens {
        try await Task.detached { try command.run(mayAsk: false) }.value
    }

    private func adopt(printed: ClientConfiguration.Tokens, _ refused: String) throws {
        guard printed.access != refused else {
            refusal = "tokens.command prints the token that was refused"
            throw APIError.unauthorized
        }
        guard user.isSame(printed, nil) else {
            refusal = "tokens.command prints somebody else's token"
            throw APIError.unauthorized
        }
        adopt(printed)
        log.note(.tokens(.refreshed))
    }

    private func adopt(_ fresh: ClientConfiguration.Tokens) {
        used.insert(tokens.access)
        tokens = .init(
            access: fresh.access, identity: fresh.identity ?? tokens.identity, refresh: fresh.refresh ?? tokens.refresh,
            device: fresh.device ?? tokens.device)
        (lastFailure, refusal) = (nil, nil)
        end = end(of: tokens.access)
        telling.yield(.renewed)
    }

    /// Its issuer's clock may not be ours: it ends when its life is over from now on, or sooner, if clocks say so
    /// and do not say that it has ended.
    private func end(of access: String) -> End? {
        guard let claims = TokenClaims(unverified: access), let lifetime = claims.lifetime else { return nil }
        let left = claims.expires?.seconds(since: serverTime) ?? lifetime
        return .after(time.elapsed() + .seconds(left > 0 ? min(left, lifetime) : lifetime))
    }

    /// With what else is known of whom they are.
    private func kept(_ tokens: ClientConfiguration.Tokens) -> KeptSignIn.Kept {
        let known = kept.read()
        return .init(tokens: tokens, handle: known?.handle ?? user.handle, username: known?.username)
    }

    /// Those of a sign-in, which are kept.
    ///
    /// - Returns: whether they are the same user's.
    func accept(_ fresh: KeptSignIn.Kept) async -> Bool {
        guard user.isSame(fresh.tokens, fresh.handle) else { return false }
        // What cannot be kept is good until the end of this program.
        if command == nil {
            let lock = await lock()
            defer { lock?.release() }
            try? kept.writeAlone(fresh)
        }
        adopt(fresh.tokens)
        return true
    }

    // MARK: What others keep

    /// - Returns: whether there are tokens that were not known.
    @discardableResult
    private func takeUp() -> Bool {
        guard command == nil, let found = kept.read(), found.tokens.access != tokens.access,
            !used.contains(found.tokens.access)
        else { return false }
        guard user.isSame(found.tokens, found.handle) else {
            telling.yield(.anothers(found.handle))
            return false
        }
        adopt(found.tokens)
        log.note(.tokens(.taken))
        return true
    }
}

/// Whose tokens a program works with, from its start to its end: what is on its way is theirs.
struct TokenUser: Sendable {
    let handle: String?
    private let subject: String?

    init(_ configuration: ClientConfiguration) {
        subject = TokenClaims(unverified: configuration.tokens.access)?.subject
        handle = configuration.ownHandle
    }

    /// - Parameter handle: whose they are said to be.
    func isSame(_ tokens: ClientConfiguration.Tokens, _ handle: String?) -> Bool {
        let claims = TokenClaims(unverified: tokens.access)
        if let subject, let other = claims?.subject { return subject == other }
        if let mine = self.handle, let handle { return mine.isExactly(handle) }
        return true
    }
}
