import ChatClient
import Foundation

/// A shell command that prints a password: its first line is it.
struct PasswordCommand {
    let text: String

    /// - Throws: `SecretSource.Fault`.
    func run() throws(SecretSource.Fault) -> String {
        let answer: ChildProgram.Answer
        do throws(ChildProgram.Fault) {
            answer = try ChildProgram.shell(text, ProcessVariables.all, mayAsk: true).run()
        } catch {
            throw .commandFailed(error.description)
        }
        guard answer.isSuccess else { throw .commandFailed(answer.outcome) }
        guard let line = String(validating: answer.output.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self) else {
            throw .commandFailed("printed what is not UTF-8 text")
        }
        return line
    }
}
