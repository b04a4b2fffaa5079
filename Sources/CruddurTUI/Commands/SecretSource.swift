import ChatClient
import Foundation
import TerminalText

/// Where passwords come from. None ever stands in an argument, is shown, or is handed to a child.
struct SecretSource {
    /// Why there is none.
    enum Fault: Error, CustomStringConvertible {
        case commandFailed(String)
        case empty
        case tooLong
        case notText

        init(_ fault: InputLines.Fault) {
            switch fault {
            case .ended: self = .empty
            case .tooLong: self = .tooLong
            case .notText: self = .notText
            }
        }

        var description: String {
            switch self {
            case .commandFailed(let how): "the password command \(how)"
            case .empty: "a password is needed, and none was given"
            case .tooLong: "that password is longer than 4096 bytes"
            case .notText: "that password is not UTF-8 text"
            }
        }
    }

    private static let tries = 5
    private static let variable = "CRUDDUR_PASSWORD"

    let interview: Interview
    let command: String?

    /// - Throws: `Fault`, `SecretPrompt.Fault`, `Interview.Fault`.
    func password() throws -> String { try told() ?? needed("Password: ") }

    /// Nobody is asked for it: it is the same each time.
    var isTold: Bool { command != nil || Self.ofEnvironment != nil }

    /// One for a new account: where nobody is asked, the one that is told.
    ///
    /// - Throws: as `password`.
    func chosenPassword() throws -> String { try told() ?? newPassword() }

    private func told() throws(Fault) -> String? {
        if let command { return try Self.given(PasswordCommand(text: command).run()) }
        return Self.ofEnvironment
    }

    private static var ofEnvironment: String? {
        ProcessVariables.all[variable].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A new one; where a person types it, until it is the same twice.
    ///
    /// - Throws: as `password`.
    func newPassword() throws -> String {
        guard SecretPrompt.isPossible else { return try Self.given(read()) }
        return try SecretPrompt.hidden { prompt in
            for _ in 0..<Self.tries {
                let first = try needed("New password: ", at: prompt)
                if try prompt.ask("The same once more: ") == first { return first }
                interview.say("  The two passwords are not the same.")
            }
            throw Interview.Fault.tooOften
        }
    }

    private func needed(_ question: PrintableText) throws -> String {
        guard SecretPrompt.isPossible else { return try Self.given(read()) }
        return try SecretPrompt.hidden { try needed(question, at: $0) }
    }

    /// What is typed is asked for until there is something.
    private func needed(_ question: PrintableText, at prompt: SecretPrompt) throws -> String {
        for _ in 1..<Self.tries {
            let password = try prompt.ask(question)
            if !password.isEmpty { return password }
            interview.say("  A password is needed here.")
        }
        return try Self.given(prompt.ask(question))
    }

    private func read() throws(Fault) -> String {
        do throws(InputLines.Fault) {
            return try interview.input.nextRaw()
        } catch {
            throw Fault(error)
        }
    }

    private static func given(_ password: String) throws(Fault) -> String {
        guard !password.isEmpty else { throw .empty }
        return password
    }
}
