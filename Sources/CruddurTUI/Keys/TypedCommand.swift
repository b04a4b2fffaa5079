/// A command that is written in the compose line instead of a key: `/find mei`.
struct TypedCommand: Sendable {
    /// Without the `/`.
    let name: String
    let command: Command
    /// What may stand behind it, in a word; `nil`: nothing.
    let argument: String?
    let does: String

    init(_ name: String, _ command: Command, argument: String? = nil, _ does: String) {
        self.name = name
        self.command = command
        self.argument = argument
        self.does = does
    }

    static let all = [
        TypedCommand("help", .program(.help), "the keys, and these commands"),
        TypedCommand("new", .conversations(.new), argument: "handle", "new conversation"),
        TypedCommand("find", .conversations(.find), argument: "name", "find a conversation"),
        TypedCommand("search", .conversations(.search), argument: "words", "search all messages"),
        TypedCommand("next", .conversations(.next), "next conversation"),
        TypedCommand("previous", .conversations(.previous), "previous conversation"),
        TypedCommand("unread", .conversations(.unread), "next conversation with unread messages"),
        TypedCommand("allread", .conversations(.allRead), "all conversations are read"),
        TypedCommand("pin", .conversations(.pin), "the conversation at the top of the list; again: in its order"),
        TypedCommand(
            "archive", .conversations(.archive), "the conversation away until somebody writes; /find finds it"),
        TypedCommand("mute", .conversations(.mute), "nothing is told of the conversation; again: it is"),
        TypedCommand("unread-again", .reading(.markUnread), "unread again, from the selected message on"),
        TypedCommand("day", .reading(.day), argument: "yyyy-mm-dd", "go to a day"),
        TypedCommand("oldest", .reading(.oldest), "the oldest message"),
        TypedCommand("newest", .reading(.newest), "the newest message"),
        TypedCommand("editor", .compose(.editor), "write in $VISUAL or $EDITOR"),
        TypedCommand("spell", .compose(.spell), "what may be meant by a word that is marked as wrong"),
        TypedCommand("copy", .message(.copy), "copy the selected message"),
        TypedCommand("part", .message(.part), "copy a part of the selected message"),
        TypedCommand("open", .message(.open), "open a link of the selected message"),
        TypedCommand("quote", .message(.quote), "quote the selected message"),
        TypedCommand("details", .message(.details), "all that is known of the selected message"),
        TypedCommand("resend", .unsent(.resend), "send again what was not sent"),
        TypedCommand("edit", .unsent(.edit), "edit what was not sent"),
        TypedCommand("discard", .unsent(.discard), "discard what was not sent"),
        TypedCommand(
            "calls", .program(.calls), argument: "what",
            "the calls: a to e, all, pause, mark (counts anew), aws or curl (copies the newest read), open (choose one)"
        ),
        TypedCommand("table", .program(.table), "the table's items as they change, in the demo"),
        TypedCommand("choose", .program(.choose), "choose one of the calls, or of the table's items"),
        TypedCommand(
            "tour", .tour(.forward), argument: "step", "the access patterns one by one, in the demo; again: it ends"),
        TypedCommand("stream", .program(.stream), "the demo's stream stands still, or goes on"),
        TypedCommand("stage", .program(.stage), "what goes wrong with the seed's code, to be switched on in the demo"),
        TypedCommand("compact", .program(.density), "more messages on a screen, or more room between them"),
        TypedCommand("present", .program(.presentation), "for who sits further away: a margin, and the keys are shown"),
        TypedCommand(
            "theme", .program(.theme), argument: "name",
            "other colours: terminal, cruddur, light, contrast, or a file's"),
        TypedCommand("wider", .program(.wider), "the list, or what stands in its place, wider"),
        TypedCommand("narrower", .program(.narrower), "and narrower"),
        TypedCommand("top", .program(.listPlace), "the list above the conversation; again: at its side"),
        TypedCommand("refresh", .program(.refresh), "ask the server now"),
        TypedCommand("redraw", .program(.redraw), "draw the screen anew"),
        TypedCommand("suspend", .program(.suspend), "suspend cruddur; fg goes on"),
        TypedCommand("quit", .program(.quit), "quit"),
    ]

    /// `/find NAME`
    var usage: String { "/\(name)" + (argument.map { " \($0.uppercased())" } ?? "") }

    /// The longest text that `typed` certainly begins, with a space behind it once it is a whole name; `nil`: no command
    /// begins so.
    static func completion(of typed: String) -> String? {
        guard typed.hasPrefix("/"), !typed.contains(where: \.isWhitespace) else { return nil }
        let names = all.map { "/\($0.name)" }.filter { $0.hasPrefix(typed) }
        guard let first = names.first else { return nil }
        let common = names.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
        return names.count == 1 ? common + " " : common
    }
}

extension String {
    fileprivate func commonPrefix(with other: String) -> String {
        String(zip(self, other).prefix { $0 == $1 }.map(\.0))
    }
}

/// What a line in the compose line is.
enum TypedLine: Equatable, Sendable {
    /// A message, as it is to be sent.
    case message(String)
    case command(named: String, argument: String)
    /// It looks like a command, and there is none of that name.
    case unknown(String)

    /// What begins with a `/` is a command, with `//` a message that begins with one.
    init(_ text: String) {
        guard text.hasPrefix("/") else {
            self = .message(text)
            return
        }
        guard !text.hasPrefix("//") else {
            self = .message(String(text.dropFirst()))
            return
        }
        let words = text.dropFirst().split(
            maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: \.isWhitespace)
        let name = words.first.map(String.init) ?? ""
        let argument = words.count > 1 ? words[1].trimmingWhitespace : ""
        let command = TypedCommand.all.first { $0.name == name }
        let isCommand = command.map { argument.isEmpty || $0.argument != nil } ?? false
        self =
            isCommand && !argument.contains(where: \.isNewline)
            ? .command(named: name, argument: argument) : .unknown(name)
    }
}

extension Substring {
    fileprivate var trimmingWhitespace: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
