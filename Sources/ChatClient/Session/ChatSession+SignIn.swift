import Timestamps

extension ChatSession {
    /// A sign-in at the session's own pool; whoever makes it closes it.
    public nonisolated func signIn() -> SignIn { SignIn(configuration) }

    /// One step of a sign-in. What comes of the last is the session's from then on, and is kept; all that is shown, written
    /// and waits to be sent is the same user's as before.
    public func answer(
        of signIn: SignIn, _ step: @Sendable (SignIn) async throws -> SignInStep
    ) async -> Result<SignInStep, SignInError> {
        do {
            let next = try await step(signIn)
            guard case .signedIn(let tokens) = next else { return .success(next) }
            let fresh = KeptSignIn.Kept(
                tokens: tokens, handle: await signIn.handle(of: tokens), username: await signIn.typedName)
            guard await take(fresh) else { return .failure(.anothers(fresh.handle)) }
            return .success(next)
        } catch {
            return .failure(error as? SignInError ?? .notAnswered(.connectionLost))
        }
    }
}
