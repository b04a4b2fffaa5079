/// Why the terminal could not be taken over.
enum TerminalError: Error, Equatable, CustomStringConvertible {
    case notATerminal
    case unknownTerminal(String)
    case outOfMemory
    /// It has shown one letter as two.
    case notUTF8

    var description: String {
        switch self {
        case .notATerminal:
            "cruddur needs a terminal to run in. For scripts there are cruddur groups, messages and send."
        case .unknownTerminal(let name):
            "the terminal type \"\(name)\" is not known here, or too simple. Try: TERM=xterm cruddur"
        case .outOfMemory:
            "there is no memory to draw in."
        case .notUTF8:
            "this terminal does not show UTF-8, in which all messages are written. Set it to UTF-8, or use another one."
        }
    }
}
