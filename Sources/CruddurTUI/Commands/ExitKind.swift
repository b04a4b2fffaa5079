import ChatClient
import Programs

/// How a command ends, for scripts. What they must tell apart has a number of its own.
enum ExitKind: Int32, CaseIterable, Sendable {
    case done = 0
    case notDone = 1
    case unreachable = 3
    case signedOut = 4
    case unknown = 5
    case mayHaveArrived = 6
    case inTheWay = 7
    case wrongCommandLine = 64
    case readerGone = 141

    /// For the help and the manual.
    var means: String {
        switch self {
        case .done: "it is done, and all that it printed was written"
        case .notDone: "it is not, and standard error says why; of search: nothing was found"
        case .unreachable: "a server cannot be reached or is in trouble: nothing was sent; the same may succeed later"
        case .signedOut: "the server does not accept your access token: cruddur login"
        case .unknown: "there is no such person or conversation"
        case .mayHaveArrived: "the message may have arrived: whoever sends it again may send it twice"
        case .inTheWay: "an earlier message of the conversation is in the way: cruddur outbox"
        case .wrongCommandLine: "the command line is wrong"
        case .readerGone: "whoever read its output has gone, as head does"
        }
    }

    static let help =
        "Exit codes:\n" + allCases.map { "  \($0.rawValue)  \($0.means)" }.joined(separator: "\n")
}

extension HeadlessError: ExitCoded {
    var exitCode: Int32 { kind.rawValue }

    private var kind: ExitKind {
        switch self {
        case .offline: .unreachable
        case .signedOut: .signedOut
        case .unknownConversation, .unknownPerson: .unknown
        case .unsure: .mayHaveArrived
        case .inTheWay: .inTheWay
        case .cannotLookUp, .nobodyNamed, .own, .notSent, .notInOutbox, .blank, .readOnly, .tooLong, .nothingFound,
            .cannotAsk:
            .notDone
        }
    }
}

extension APIError: ExitCoded {
    package var exitCode: Int32 {
        if self == .unauthorized { return ExitKind.signedOut.rawValue }
        return isPassing ? ExitKind.unreachable.rawValue : ExitKind.notDone.rawValue
    }
}

extension ArchiveError: ExitCoded {
    package var exitCode: Int32 {
        if case .unknown = self { ExitKind.unknown.rawValue } else { ExitKind.notDone.rawValue }
    }
}
