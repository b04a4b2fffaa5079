import ChatClient
import TerminalText

/// A sign-in's questions, put to whoever sits there.
struct SignInDialogue {
    private static let tries = 3

    let signIn: SignIn
    let interview: Interview
    let secrets: SecretSource

    func walk(from begun: SignInStep) async throws -> ClientConfiguration.Tokens {
        var step = begun
        while true {
            switch step {
            case .signedIn(let tokens): return tokens
            case .code(let method, let destination):
                step = try await answered {
                    try interview.ask("\(String(method.question(destination).dropLast()))", complaint: { _ in nil })
                }
            case .authenticator(let secret, let uri):
                interview.say("Give this secret to your authenticator: \(secret)")
                interview.say("  or as a link: \(uri)")
                step = try await answered { try interview.ask("The code that it shows", complaint: { _ in nil }) }
            case .choice(let methods): step = try await signIn.answer(chosen(from: methods).rawValue)
            case .newPassword(let attributes): step = try await newPassword(attributes)
            }
        }
    }

    private func chosen(from methods: [SignInMethod]) throws -> SignInMethod {
        let names = methods.map(\.name)
        let answer = try interview.ask("How do you prove that it is you? \(names.joined(separator: ", "))") {
            names.contains($0) ? nil : "is none of them"
        }
        return methods[names.firstIndex(of: answer) ?? 0]
    }

    private func newPassword(_ attributes: [String]) async throws -> SignInStep {
        interview.say("A new password is needed in place of the one that was set for you.")
        var values: [String: String] = [:]
        for name in attributes { values[name] = try interview.ask("Your \(name)", complaint: { _ in nil }) }
        return try await answered(attributes: values) { try secrets.newPassword() }
    }

    private func answered(
        attributes: [String: String] = [:], _ ask: () throws -> String
    ) async throws -> SignInStep {
        for _ in 1..<Self.tries {
            do {
                return try await signIn.answer(ask(), attributes: attributes)
            } catch let error as SignInError where error.isWrongAnswer {
                interview.say("  \(error.description).")
            }
        }
        return try await signIn.answer(ask(), attributes: attributes)
    }
}
