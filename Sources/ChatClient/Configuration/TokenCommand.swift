import Foundation

/// `tokens.command`: a line for the shell that prints tokens, as JSON (`access_token`, `id_token`, `refresh_token`, or as
/// Cognito names them), or an access token alone.
struct TokenCommand: Sendable, Equatable {
    /// While a chat is open, nobody waits for more than this.
    private static let patience = Duration.seconds(30)

    let line: String
    let environment: [String: String]

    /// - Parameter mayAsk: whether the terminal is free: a passphrase may be asked for there.
    /// - Throws: `ConfigurationError.tokenCommand`.
    func run(mayAsk: Bool) throws(ConfigurationError) -> ClientConfiguration.Tokens {
        let answer: ChildProgram.Answer
        do throws(ChildProgram.Fault) {
            answer = try ChildProgram.shell(line, environment, mayAsk: mayAsk)
                .run(within: mayAsk ? nil : Self.patience)
        } catch {
            throw .tokenCommand(error.description)
        }
        guard answer.isSuccess else { throw .tokenCommand(answer.outcome) }
        guard let tokens = Self.tokens(in: answer.output) else {
            throw .tokenCommand("printed neither a token nor JSON with an access_token")
        }
        return tokens
    }

    static func tokens(in output: Data) -> ClientConfiguration.Tokens? {
        guard let object = try? JSONSerialization.jsonObject(with: output) as? [String: Any] else {
            return Token.trimmed(String(decoding: output, as: UTF8.self)).flatMap {
                $0.isEmpty ? nil : .init(access: $0, identity: nil, refresh: nil)
            }
        }
        let values = object["AuthenticationResult"] as? [String: Any] ?? object
        func token(_ names: String...) -> String? {
            names.lazy.compactMap { values[$0] as? String }.compactMap(Token.trimmed).first { !$0.isEmpty }
        }
        guard let access = token("access_token", "AccessToken", "accessToken") else { return nil }
        return .init(
            access: access, identity: token("id_token", "IdToken", "idToken"),
            refresh: token("refresh_token", "RefreshToken", "refreshToken"))
    }
}
