import ChatClient

/// Why a headless command did not do it.
enum HeadlessError: Error, CustomStringConvertible {
    case offline(String)
    /// Why, where that is known, as a pool may have put it.
    case signedOut(String?)
    case unknownConversation(String)
    case unknownPerson(String)
    case cannotLookUp(String)
    case nobodyNamed
    case own(String)
    case notSent(String)
    case unsure(String, isKept: Bool)
    case inTheWay([OutboxEntry])
    case notInOutbox(String)
    case blank
    case readOnly
    case tooLong(Int)
    case nothingFound
    /// `--no-input` was given.
    case cannotAsk(String)

    var description: String {
        switch self {
        case .offline(let reason): "\(reason)"
        case .signedOut(nil): "the server does not accept your access token; sign in: cruddur login"
        case .signedOut(let reason?): "your sign-in has ended: \(reason); sign in: cruddur login"
        case .unknownConversation(let name):
            "you have no conversation with \(name). cruddur groups lists those you have."
        case .unknownPerson(let handle): "nobody has the handle @\(handle)"
        case .cannotLookUp(let handle):
            "this backend cannot look people up, so nobody can say whether there is a @\(handle). "
                + "To write there all the same: cruddur send --unchecked @\(handle)"
        case .nobodyNamed: "to whom? A handle or a group's uuid is needed."
        case .own(let handle): "@\(handle) is you. Write to somebody else."
        case .notSent(let reason): "not sent: \(reason)"
        case .unsure(let reason, let isKept):
            "the message may or may not have arrived: \(reason). Look with cruddur messages before you send it again."
                + (isKept
                    ? " It is kept in cruddur outbox, and nothing goes to this person before you retry or discard it there."
                    : "")
        case .inTheWay(let entries): Self.explain(entries)
        case .notInOutbox(let id): "the outbox has no message \(id). cruddur outbox lists what it has."
        case .readOnly: "read_only is true in the configuration: nothing is sent"
        case .blank: "the message is blank"
        case .nothingFound: "nothing that is kept here holds these words"
        case .cannotAsk(let question): "\(question) --no-input was given, so nobody is asked: add --yes to go ahead."
        case .tooLong(let excess): "the message is too long by \(excess) of 1024 characters"
        }
    }

    private static func explain(_ entries: [OutboxEntry]) -> String {
        let first = entries.first.map { "\"\($0.outgoing.text.prefix(60))\" (\($0.outgoing.state.words))" } ?? ""
        let more = entries.count > 1 ? " and \(entries.count - 1) more" : ""
        return "not sent: in this conversation \(first)\(more) is in the way. Look with cruddur outbox, then retry or "
            + "discard it there."
    }
}

extension Outgoing.State {
    /// One word, for scripts.
    var word: String {
        switch self {
        case .queued: "queued"
        case .sending, .repeating: "sending"
        case .sent: "sent"
        case .failed: "failed"
        case .unsure: "unsure"
        }
    }

    /// For people.
    var words: String {
        switch self {
        case .queued: "not sent yet"
        case .sending: "being sent"
        case .repeating(let reason): "being sent again: \(reason)"
        case .sent: "sent, not listed by the server yet"
        case .failed(let reason): "not sent: \(reason)"
        case .unsure(let reason): "may not have arrived: \(reason)"
        }
    }

    var reason: String? {
        switch self {
        case .failed(let reason), .unsure(let reason), .repeating(let reason): reason
        case .queued, .sending, .sent: nil
        }
    }
}
