/// Why the terminal could not be taken over.
enum TerminalError: Error, CustomStringConvertible {
    case notATerminal
    case unknownTerminal(String)

    var description: String {
        switch self {
        case .notATerminal:
            "cruddur needs a terminal to run in. For scripts there are cruddur groups, messages and send."
        case .unknownTerminal(let name):
            "the terminal type \"\(name)\" is not known here, or too simple. Try: TERM=xterm cruddur"
        }
    }
}
