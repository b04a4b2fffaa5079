/// A command by a name, for those who bind keys: what is typed has the name that it is typed by, what edits a line has
/// readline's.
struct NamedCommand: Sendable {
    let name: String
    let command: Command
    let does: String

    init(_ name: String, _ command: Command, _ does: String) {
        self.name = name
        self.command = command
        self.does = does
    }

    static let all = TypedCommand.all.map { NamedCommand($0.name, $0.command, $0.does) } + untyped

    static func named(_ name: String) -> Command? { all.first { $0.name == name }?.command }
    static func of(_ command: Command) -> NamedCommand? { all.first { $0.command == command } }

    private static let untyped = writing + reading + editing + choosing + modes

    private static let writing = [
        NamedCommand("send", .compose(.send), "send the message"),
        NamedCommand("newline", .compose(.newline), "a new line in the message"),
        NamedCommand("up", .compose(.up), "what was sent before, the line above, or scroll: as there is something"),
        NamedCommand("down", .compose(.down), "what was sent after, the line below, or scroll: as there is something"),
        NamedCommand("home", .compose(.home), "start of the line; of the conversation when nothing is written"),
        NamedCommand("end", .compose(.end), "end of the line; of the conversation when nothing is written"),
    ]

    private static let reading = [
        NamedCommand("page-up", .reading(.pageUp), "scroll the conversation back by a page"),
        NamedCommand("page-down", .reading(.pageDown), "scroll the conversation on by a page"),
        NamedCommand("line-up", .reading(.lineUp), "scroll back by a line"),
        NamedCommand("line-down", .reading(.lineDown), "scroll on by a line"),
        NamedCommand("above", .message(.above), "select the message above"),
        NamedCommand("below", .message(.below), "select the message below"),
        NamedCommand("sign-in", .program(.signIn), "sign in, where you are signed out"),
        NamedCommand("interrupt", .program(.interrupt), "say how to quit"),
        NamedCommand(
            "back", .program(.back), "let go of the selected message; in a narrow terminal: to the conversations"),
        NamedCommand("tour-back", .tour(.back), "back in the demo's tour"),
    ]

    private static let editing = [
        NamedCommand("backward-char", .edit(.left), "a character back"),
        NamedCommand("forward-char", .edit(.right), "a character forward"),
        NamedCommand("backward-word", .edit(.wordLeft), "a word back"),
        NamedCommand("forward-word", .edit(.wordRight), "a word forward"),
        NamedCommand("beginning-of-line", .edit(.lineStart), "start of the line"),
        NamedCommand("end-of-line", .edit(.lineEnd), "end of the line"),
        NamedCommand("beginning-of-text", .edit(.textStart), "start of all that is written"),
        NamedCommand("end-of-text", .edit(.textEnd), "end of all that is written"),
        NamedCommand("backward-delete-char", .edit(.deleteBackward), "delete the character before the cursor"),
        NamedCommand("delete-char", .edit(.deleteForward), "delete the character at the cursor"),
        NamedCommand("unix-line-discard", .edit(.killToLineStart), "delete to the start of the line"),
        NamedCommand("kill-line", .edit(.killToLineEnd), "delete to the end of the line"),
        NamedCommand("unix-word-rubout", .edit(.killWordBackward), "delete back to a space"),
        NamedCommand("backward-kill-word", .edit(.killLettersBackward), "delete back by letters"),
        NamedCommand("kill-word", .edit(.killWordForward), "delete the word ahead"),
        NamedCommand("kill-all", .edit(.killAll), "delete all that is written"),
        NamedCommand("yank", .edit(.yank), "put back what was deleted"),
        NamedCommand("yank-pop", .edit(.yankEarlier), "what was deleted before, in place of what was just put back"),
        NamedCommand("redo", .edit(.redo), "take the undo back"),
        NamedCommand("transpose-chars", .edit(.transpose), "swap two letters"),
        NamedCommand("undo", .edit(.undo), "undo"),
    ]

    private static let choosing = [
        NamedCommand("choice-up", .choice(.up), "the one above"),
        NamedCommand("choice-down", .choice(.down), "the one below"),
        NamedCommand("choice-page-up", .choice(.pageUp), "up by a page"),
        NamedCommand("choice-page-down", .choice(.pageDown), "down by a page"),
        NamedCommand("begin-part", .part(.begin), "a part of a message begins here"),
        NamedCommand("take", .choice(.take), "take the chosen one"),
        NamedCommand("close", .choice(.close), "close what is in front"),
        NamedCommand("copy-aws", .call(.copyAWS), "copy the reads of a call as aws dynamodb commands"),
        NamedCommand("copy-curl", .call(.copyCurl), "copy a call as curl"),
        NamedCommand("only-a", .call(.only("A")), "only calls of pattern A"),
        NamedCommand("only-b", .call(.only("B")), "only calls of pattern B"),
        NamedCommand("only-c", .call(.only("C")), "only calls of pattern C"),
        NamedCommand("only-d", .call(.only("D")), "only calls of pattern D"),
        NamedCommand("only-e", .call(.only("E")), "only calls of pattern E"),
        NamedCommand("only-all", .call(.only(nil)), "all calls"),
        NamedCommand("hold", .call(.hold), "the calls stand still, or go on"),
        NamedCommand("mark", .call(.mark), "units and price count from now on"),
    ]

    private static let modes = [
        NamedCommand("normal-mode", .mode(.normal), "letters are commands from now on"),
        NamedCommand("insert-mode", .mode(.insert), "write at the cursor"),
        NamedCommand("append", .mode(.append), "write behind the cursor"),
        NamedCommand("insert-at-start", .mode(.insertAtStart), "write at the start of the line"),
        NamedCommand("append-at-end", .mode(.appendAtEnd), "write at the end of the line"),
        NamedCommand("command-line", .mode(.typed), "type a command, as after /"),
    ]
}
