import Foundation
import TerminalText

/// Asks before something is gone. Whoever cannot be asked is told how to go ahead.
///
/// - Parameter mayAsk: `false`: `--no-input` was given.
/// - Throws: `HeadlessError.cannotAsk`.
func confirm(_ question: String, mayAsk: Bool) throws -> Bool {
    guard mayAsk else { throw HeadlessError.cannotAsk(question) }
    guard isatty(STDIN_FILENO) == 1 else {
        Output.complain("\(question) To go ahead without being asked, add --yes.")
        return false
    }
    Output.complain("\(question) [y/N] ", terminator: "")
    return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
}
