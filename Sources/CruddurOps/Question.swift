import Foundation
import TerminalText

/// Asks the person at the terminal, or whoever answers in their place through a pipe.
enum Question {
    /// What is asked about has been printed before.
    ///
    /// - Parameter outcome: what is said where nobody answers.
    /// - Throws: `OpsError.refused` where nobody answers.
    static func line(_ question: PrintableText, otherwise outcome: String) throws -> String {
        Output.complain(question, terminator: "")
        guard let answer = readLine() else {
            Output.complain("")
            throw OpsError.refused("\(outcome): nobody answered")
        }
        return answer.trimmingCharacters(in: .whitespaces)
    }

    static func ask(_ question: PrintableText, otherwise outcome: String) throws -> Bool {
        ["yes", "y"].contains(try line(question, otherwise: outcome).lowercased())
    }
}
