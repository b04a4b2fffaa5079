import LocalPool
import Logging
import Synchronization
import TerminalText

/// What an inbox or an authenticator would show: said while nothing is on screen, in the demo's log afterwards.
final class DemoCodes: Sendable {
    private let log: Logger
    private let isSilent = Mutex(false)

    init(log: Logger) { self.log = log }

    /// From now on the screen is the chat's.
    func beSilent() { isSilent.withLock { $0 = true } }

    func tell(_ code: LocalPool.SentCode) {
        let what: PrintableText =
            switch code.purpose {
            case .newAccount: "mail to \(code.email): \(code.digits) confirms your account"
            case .forgottenPassword: "mail to \(code.email): \(code.digits) sets a new password"
            case .authenticator: "your authenticator shows \(code.digits)"
            }
        guard isSilent.withLock({ $0 }) else { return Output.complain("  [\(what)]") }
        log.info("\(code.purpose): \(code.digits)")
    }
}
