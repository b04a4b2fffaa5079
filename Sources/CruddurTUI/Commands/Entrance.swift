import ChatClient
import TerminalText

/// The way in from a command line: the questions, what the pool wants first, and what is kept at the end.
struct Entrance {
    let interview = Interview()
    let secrets: SecretSource
    /// The configuration as it is now.
    private let load: () throws -> ClientConfiguration
    private let configuration: ClientConfiguration
    private let flow: SignInFlow

    /// - Throws: `ConfigurationError`, `ValidationError`.
    init(_ settings: SettingOptions, _ proof: ProofOptions) throws {
        try self.init(proof) { try settings.load(tokens: .optional) }
    }

    /// - Throws: as `load`.
    init(_ proof: ProofOptions, load: @escaping () throws -> ClientConfiguration) throws {
        self.load = load
        configuration = try load()
        guard !configuration.hasTokenCommand else { throw SignInError.notOurs }
        flow = proof.flow
        secrets = SecretSource(interview: interview, command: proof.passwordCommand)
    }

    /// Makes an account, has it confirmed, and signs in.
    ///
    /// - Parameter ask: for whom; given who was not taken, where a name was somebody else's already.
    /// - Throws: as `enter`.
    func signUp(_ ask: (NewPerson?) throws -> NewPerson) async throws {
        var person = try ask(nil)
        var made: (password: String, signedUp: Account.SignedUp)?
        var tries = AccountDialogue.tries
        while made == nil {
            do {
                made = try await withAccount { [person] in try await $0.signUp(person.username, person.attributes) }
            } catch let error as AccountError
                where error.isUnfitName && person.isAsked && !secrets.isTold && tries > 1
            {
                interview.say("  \(error.description)")
                person = try ask(person)
                tries -= 1
            }
        }
        guard let (password, signedUp) = made else { return }
        if case .unconfirmed(let sent) = signedUp {
            do {
                interview.say("The account is made; it is confirmed with a code.")
                try await withAccount { try await $0.confirm(person.username, sent: sent) }
            } catch Interview.Fault.ended {
                return try Output.line(
                    "Signed up. With the code that was sent\(sent.map(\.words) ?? ""): "
                        + "cruddur confirm --username \(person.username)")
            }
        }
        try await enter(person.username, password: password)
    }

    /// Signs in, and keeps that. Who is not confirmed, or must set another password, is led to that first.
    ///
    /// - Throws: `SignInError`, `AccountError`, `ConfigurationError`; what the questions throw.
    func enter(_ name: String, password: String) async throws {
        let signIn = SignIn(configuration)
        do {
            let begun = try await begin(signIn, name, password)
            let dialogue = SignInDialogue(signIn: signIn, interview: interview, secrets: secrets)
            let tokens = try await dialogue.walk(from: begun)
            try await configuration.signIn.write(
                .init(tokens: tokens, handle: await signIn.handle(of: tokens), username: name))
        } catch {
            await signIn.close()
            throw error
        }
        await signIn.close()
        let now = try load()
        try Output.line(
            "Signed in\(now.ownHandle.map { " as @\($0)" } ?? ""), at \(now.backend.description). "
                + "It is kept in \(XDGFolders.current.abbreviating(now.signIn.path)).")
    }

    private func begin(_ signIn: SignIn, _ name: String, _ password: String) async throws -> SignInStep {
        do {
            return try await signIn.begin(name, password: password, by: flow)
        } catch let error as SignInError where error.isUnconfirmed {
            interview.say("This user is not confirmed yet.")
            do {
                try await withAccount { try await $0.confirm(name, sent: nil) }
            } catch Interview.Fault.ended {
                throw error
            }
            return try await signIn.begin(name, password: password, by: flow)
        } catch let error as SignInError where error.needsNewPassword {
            interview.say("The password must be set anew first.")
            let another = try await withAccount { try await $0.recover(name, code: nil) }
            return try await signIn.begin(name, password: another, by: flow)
        }
    }

    /// The questions of somebody who cannot sign in yet.
    func withAccount<Value>(_ body: (AccountDialogue) async throws -> Value) async throws -> Value {
        let account = Account(configuration)
        let dialogue = AccountDialogue(account: account, interview: interview, secrets: secrets)
        let result: Result<Value, any Error>
        do { result = .success(try await body(dialogue)) } catch { result = .failure(error) }
        await account.close()
        return try result.get()
    }
}
