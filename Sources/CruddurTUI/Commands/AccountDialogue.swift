import ChatClient
import TerminalText

/// The questions of somebody who cannot sign in yet, put to whoever sits there.
struct AccountDialogue {
    static let tries = 5

    let account: Account
    let interview: Interview
    let secrets: SecretSource

    /// Asks for a password that the pool takes, and makes the account.
    ///
    /// - Returns: the password, and what became of the account.
    /// - Throws: `AccountError`; what the questions throw.
    func signUp(_ name: String, _ attributes: [String: String]) async throws -> (String, Account.SignedUp) {
        for _ in 1..<Self.tries where !secrets.isTold {
            let password = try secrets.newPassword()
            do {
                return (password, try await account.signUp(name, password: password, attributes: attributes))
            } catch let error as AccountError where error.isUnfitPassword {
                interview.say("  \(error.description)")
            }
        }
        let password = try secrets.chosenPassword()
        return (password, try await account.signUp(name, password: password, attributes: attributes))
    }

    /// Asks for the code until it is right, and has another one sent if that is wanted.
    ///
    /// - Parameter sent: where the code went, if that is known.
    /// - Throws: as `signUp`.
    func confirm(_ name: String, sent: CodeDelivery?) async throws {
        var sent = sent
        for _ in 0..<Self.tries {
            let code = try ask(sent)
            guard !code.isEmpty else {
                sent = await resend(to: name) ?? sent
                continue
            }
            do {
                return try await account.confirm(name, code: code)
            } catch let error as AccountError where error.isConfirmedAlready {
                return interview.say("  This user is confirmed already.")
            } catch let error as AccountError where error.isWrongCode || error.isEndedCode {
                interview.say(error.isWrongCode ? "  That is not the code." : "  That code has ended.")
            }
        }
        throw Interview.Fault.tooOften
    }

    /// Sets a forgotten password anew.
    ///
    /// - Parameter code: one that has been sent already; `nil`: one is sent now.
    /// - Returns: the password.
    /// - Throws: as `signUp`.
    func recover(_ name: String, code: String?) async throws -> String {
        var (given, sent): (String?, CodeDelivery?) = (code, nil)
        if code == nil { sent = try await account.forgotPassword(of: name) }
        var chosen: String?
        for _ in 0..<Self.tries {
            let code = try given ?? ask(sent)
            guard !code.isEmpty else {
                sent = try await account.forgotPassword(of: name)
                interview.say("  Another one was sent\(sent.map(\.words) ?? "").")
                continue
            }
            let password = try chosen ?? secrets.chosenPassword()
            do {
                try await account.setPassword(password, of: name, code: code)
                return password
            } catch let error as AccountError where error.isWrongCode || error.isEndedCode {
                interview.say(error.isWrongCode ? "  That is not the code." : "  That code has ended.")
                (given, chosen) = (nil, password)
            } catch let error as AccountError where error.isUnfitPassword && !secrets.isTold {
                interview.say("  \(error.description)")
                (given, chosen) = (code, nil)
            }
        }
        throw Interview.Fault.tooOften
    }

    private func ask(_ sent: CodeDelivery?) throws -> String {
        try interview.ask(
            "The code that was sent\(sent.map(\.words) ?? "") (Enter: send another)", standard: "",
            complaint: { _ in nil })
    }

    private func resend(to name: String) async -> CodeDelivery? {
        do {
            let sent = try await account.resendCode(to: name)
            interview.say("  Another one was sent\(sent.map(\.words) ?? "").")
            return sent
        } catch {
            interview.say("  \("\(error)").")
            return nil
        }
    }
}

extension CodeDelivery {
    /// To stand behind "was sent": ` by e-mail to a***@e***`.
    var words: PrintableText {
        let way: PrintableText =
            switch deliveryMedium {
            case "EMAIL": " by e-mail"
            case "SMS": " as a text message"
            default: ""
            }
        return way + (destination.map { " to \($0)" } ?? "")
    }
}
