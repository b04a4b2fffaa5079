import SecureRemotePassword
import Timestamps

/// Somebody who has an account.
public struct PoolUser: Equatable, Sendable {
    enum Status: String, Sendable {
        case unconfirmed = "UNCONFIRMED"
        case confirmed = "CONFIRMED"
        case mustChangePassword = "FORCE_CHANGE_PASSWORD"
        case mustResetPassword = "RESET_REQUIRED"
    }

    /// A code that was sent.
    struct Code: Equatable, Sendable {
        let digits: String
        let ends: Timestamp
        var triesLeft = 5
    }

    /// A machine that is remembered.
    struct Device: Equatable, Sendable {
        let groupKey: String
        /// `nil` until it is confirmed.
        var verifier: SRPVerifier?
    }

    /// What the pool calls them, for good: their `sub`, and `USER_ID_FOR_SRP`.
    public let subject: String
    /// What they sign in with.
    public let name: String
    /// `email`, `name`, `preferred_username`.
    public internal(set) var attributes: [String: String]
    /// `nil`: no password lets them in.
    var verifier: SRPVerifier?
    var status: Status
    var confirmation: Code?
    var recovery: Code?
    /// Of their authenticator, once they have shown a code of it.
    var secret: [UInt8]?
    /// The last time step of which a code was taken: each is good once.
    var lastStep: Int64?
    var devices: [String: Device] = [:]
    /// Wrong answers in a row, and until when none is looked at.
    var wrong = 0
    var lockedUntil: Timestamp?
    /// Tokens that were issued before are good no more.
    var signedOutAt: Timestamp?
}
