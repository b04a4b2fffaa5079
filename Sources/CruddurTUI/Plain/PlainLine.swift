/// What can be asked for in the chat without a screen, in a word behind a `/`.
enum PlainCommand: String, CaseIterable, Sendable {
    case help, list, to, read, next, search, unsent, retry, discard, refresh, quit

    /// What stands behind it; `nil`: nothing.
    var argument: String? {
        switch self {
        case .to: tr("handle")
        case .read: tr("count")
        case .search: tr("words")
        default: nil
        }
    }

    var does: String {
        switch self {
        case .help: tr("these words")
        case .list: tr("your conversations")
        case .to: tr("talk to somebody, also to somebody new")
        case .read: tr("the last messages again, five or as many as you say")
        case .next: tr("the next conversation with unread messages")
        case .search: tr("messages with these words, the newest last")
        case .unsent: tr("what was not sent")
        case .retry: tr("send again what was not sent")
        case .discard: tr("forget what was not sent")
        case .refresh: tr("ask the server now")
        case .quit: tr("the end")
        }
    }

    /// `/to HANDLE`
    var usage: String { "/\(rawValue)" + (argument.map { " \($0.uppercased())" } ?? "") }
}

/// What a line means there.
enum PlainLine: Equatable, Sendable {
    case nothing
    case message(String)
    case command(PlainCommand, String)
    /// Something stands behind a command that takes nothing.
    case excess(PlainCommand)
    /// It looks like a command, and there is none of that name.
    case unknown(String)

    /// What begins with a `/` is a command, with `//` a message that begins with one.
    init(_ line: String) {
        guard !line.allSatisfy(\.isWhitespace) else {
            self = .nothing
            return
        }
        guard line.hasPrefix("/") else {
            self = .message(line)
            return
        }
        guard !line.hasPrefix("//") else {
            self = .message(String(line.dropFirst()))
            return
        }
        let words = line.dropFirst().split(maxSplits: 1, whereSeparator: \.isWhitespace).map(String.init)
        guard let name = words.first, let command = PlainCommand(rawValue: name) else {
            self = .unknown(words.first ?? "")
            return
        }
        guard words.count == 1 || command.argument != nil else {
            self = .excess(command)
            return
        }
        self = .command(command, words.count > 1 ? words[1].trimmed : "")
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
