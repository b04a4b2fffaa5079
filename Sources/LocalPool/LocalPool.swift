import Crypto
import Foundation
import SecureRemotePassword
import Timestamps

/// A user pool of our own, which speaks Cognito's calls and verifies what it is told: proofs, codes and devices. For demos
/// and tests, on one machine.
///
///     let pool = LocalPool(PoolSettings(poolName: "demo", clientID: "client"), mint: issuer, now: now) { print($0.digits) }
///     let (status, json) = await pool.answer("SignUp", body)
public actor LocalPool {
    /// A code that is to reach somebody, and by whatever way.
    public struct SentCode: Sendable {
        public let digits: String
        /// Whose address it is.
        public let email: String
        public let purpose: Purpose

        public enum Purpose: Sendable {
            case newAccount, forgottenPassword
            /// It is not sent: an authenticator shows it.
            case authenticator
        }
    }

    /// A question that waits for its answer.
    struct Session {
        let subject: String
        let ends: Timestamp
        var challenge: Challenge
        /// The machine's key, where it said one.
        var device: String?
        /// Each wrong answer takes one.
        var triesLeft = 3
    }

    enum Challenge {
        case password(SRPServerExchange, block: String)
        case device
        case devicePassword(SRPServerExchange, block: String, key: String)
        case newPassword
        case authenticator
        /// To be set up: with this secret, once one was asked for.
        case setUp([UInt8]?, isVerified: Bool)
    }

    struct RefreshToken {
        let subject: String
        let device: String?
        let ends: Timestamp
        /// Since it was replaced it is good until then.
        var graceEnds: Timestamp?
        var isRevoked = false
    }

    let settings: PoolSettings
    let mint: any TokenMint
    let now: @Sendable () -> Timestamp
    private let deliver: @Sendable (SentCode) -> Void
    private let admit: @Sendable ([String: String]) async throws -> Void
    private let welcome: @Sendable (PoolUser) async throws -> Void
    /// By subject.
    var users: [String: PoolUser] = [:]
    /// By the hash of its name: nobody reads one out of it.
    var sessions: [String: Session] = [:]
    var refreshTokens: [String: RefreshToken] = [:]
    /// Hashes of refresh tokens whose successors are known, to revoke a whole family.
    var families: [String: String] = [:]

    private static let mostSessions = 1000

    /// - Parameters:
    ///   - deliver: brings a code to whom it is for.
    ///   - admit: refuses attributes by throwing.
    ///   - welcome: is told of everybody who has confirmed an account, before they can sign in.
    public init(
        _ settings: PoolSettings, mint: any TokenMint, now: @escaping @Sendable () -> Timestamp,
        deliver: @escaping @Sendable (SentCode) -> Void = { _ in },
        admit: @escaping @Sendable ([String: String]) async throws -> Void = { _ in },
        welcome: @escaping @Sendable (PoolUser) async throws -> Void = { _ in }
    ) {
        self.settings = settings
        self.mint = mint
        self.now = now
        self.deliver = deliver
        self.admit = admit
        self.welcome = welcome
    }

    // MARK: Its door

    /// - Parameter action: what follows the dot in `X-Amz-Target`.
    /// - Returns: the status and JSON.
    public func answer(_ action: String, _ body: Data) async -> (status: Int, json: Data) {
        do {
            guard let call = try? JSONDecoder().decode(PoolCall.self, from: body) else {
                throw PoolFault(type: "SerializationException", message: "The body is not as it should be.")
            }
            return (200, try JSONEncoder().encode(try await answer(action, call)))
        } catch {
            let fault =
                error as? PoolFault ?? PoolFault(type: "InternalErrorException", message: "Something went wrong.")
            let json = try? JSONEncoder().encode(["__type": fault.type, "message": fault.message])
            return (fault.type == "InternalErrorException" ? 500 : 400, json ?? Data())
        }
    }

    private func answer(_ action: String, _ call: PoolCall) async throws -> PoolAnswer {
        switch action {
        case "SignUp": try await signUp(call)
        case "ConfirmSignUp": try await confirmSignUp(call)
        case "ResendConfirmationCode": try resendCode(call)
        case "ForgotPassword": try forgotPassword(call)
        case "ConfirmForgotPassword": try confirmForgotPassword(call)
        case "InitiateAuth": try await initiate(call)
        case "RespondToAuthChallenge": try await respond(call)
        case "AssociateSoftwareToken": try associate(call)
        case "VerifySoftwareToken": try verify(call)
        case "ConfirmDevice": try await confirmDevice(call)
        case "GetUser": try await user(call)
        case "RevokeToken": try revoke(call)
        case "GlobalSignOut": try await signOutEverywhere(call)
        default: throw PoolFault(type: "UnknownOperationException", message: "This pool has no such call.")
        }
    }

    // MARK: People

    /// Somebody whom this pool's owner puts there.
    ///
    /// - Parameters:
    ///   - subject: what the pool calls them.
    ///   - password: `nil`: none lets them in.
    ///   - mustChange: they must set another password when they first sign in.
    public func add(
        _ name: String, subject: String, password: String?, attributes: [String: String], mustChange: Bool = false
    ) {
        let verifier = password.map {
            SRPVerifier(poolName: settings.poolName, userIDForSRP: subject, password: $0)
        }
        users[subject] = PoolUser(
            subject: subject, name: name, attributes: attributes, verifier: verifier,
            status: mustChange ? .mustChangePassword : .confirmed)
    }

    /// Everybody who has an account, and is confirmed.
    public var confirmedUsers: [PoolUser] { users.values.filter { $0.status != .unconfirmed } }

    func user(named name: String) -> PoolUser? {
        users[name] ?? users.values.first { $0.name == name } ?? users.values.first { $0.attributes["email"] == name }
    }

    /// - Throws: `PoolFault`, where whoever is asked refuses.
    func examine(_ attributes: [String: String]) async throws {
        do {
            try await admit(attributes)
        } catch {
            throw PoolFault(type: "UserLambdaValidationException", message: "PreSignUp failed with error \(error).")
        }
    }

    /// - Throws: `PoolFault`, where whoever is told refuses.
    func greet(_ user: PoolUser) async throws {
        do {
            try await welcome(user)
        } catch {
            throw PoolFault(
                type: "UserLambdaValidationException", message: "PostConfirmation failed with error \(error).")
        }
    }

    /// What the authenticator of somebody who has just been given its secret shows now, for demos without one.
    func show(_ secret: [UInt8], to user: PoolUser) {
        let digits = OneTimeCode(secret: secret).digits(at: now().seconds)
        deliver(SentCode(digits: digits, email: user.attributes["email"] ?? user.name, purpose: .authenticator))
    }

    func send(_ digits: String, to user: PoolUser, for purpose: SentCode.Purpose) -> PoolAnswer.Delivery {
        let email = user.attributes["email"] ?? user.name
        deliver(SentCode(digits: digits, email: email, purpose: purpose))
        let parts = email.split(separator: "@").map { $0.prefix(1) + "***" }
        return .init(destination: parts.joined(separator: "@"))
    }

    // MARK: Clients and sessions

    func check(client id: String?, secretHash given: String?, of username: String?) throws {
        guard id == settings.clientID else { throw PoolFault.badClient }
        guard let secret = settings.clientSecret else { return }
        guard let given else {
            throw PoolFault(
                type: "NotAuthorizedException",
                message: "Client \(settings.clientID) is configured with secret but SECRET_HASH was not received")
        }
        let right = secretHash(username: username ?? "", clientID: settings.clientID, clientSecret: secret)
        guard Self.hash(right) == Self.hash(given) else {
            throw PoolFault(
                type: "NotAuthorizedException",
                message: "Unable to verify secret hash for client \(settings.clientID)")
        }
    }

    /// - Returns: its name, which only whoever is asked knows.
    func begin(_ session: Session) -> String {
        let name = Self.random(32)
        begin(session, as: name)
        return name
    }

    func begin(_ session: Session, as name: String) {
        let time = now()
        if sessions.count >= Self.mostSessions { sessions = sessions.filter { $0.value.ends > time } }
        if sessions.count >= Self.mostSessions { sessions.removeAll() }
        sessions[Self.hash(name)] = session
    }

    /// - Throws: `PoolFault` where there is no such session any more.
    func session(_ name: String?) throws -> (key: String, session: Session) {
        let key = Self.hash(name ?? "")
        guard let session = sessions[key], session.ends > now() else {
            sessions[key] = nil
            throw PoolFault.badSession
        }
        return (key, session)
    }

    static func random(_ bytes: Int) -> String {
        SymmetricKey(size: .init(bitCount: bytes * 8)).withUnsafeBytes { Data($0).base64EncodedString() }
    }

    static func digits() -> String {
        let number = Int.random(in: 0..<1_000_000)
        return String(repeating: "0", count: 6 - String(number).count) + String(number)
    }

    /// What is secret is looked up, and compared, by its hash.
    static func hash(_ text: String) -> String { Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString() }
}
