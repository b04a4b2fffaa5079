/// What a key is for.
enum Command: Hashable, Sendable {
    case program(ProgramCommand)
    case conversations(ConversationsCommand)
    case reading(ReadingCommand)
    case unsent(UnsentCommand)
    case compose(ComposeCommand)
    case edit(EditCommand)
    case choice(ChoiceCommand)
}

enum ProgramCommand: Hashable, Sendable {
    case quit, help, refresh, redraw, suspend
    /// Where one is signed out.
    case signIn
    /// Whoever is used to Ctrl-C must neither lose a draft nor be stuck.
    case interrupt
    /// In a narrow terminal: to the list.
    case back
}

enum ConversationsCommand: Hashable, Sendable {
    case next, previous
    case new, find, search
}

enum ReadingCommand: Hashable, Sendable {
    case pageUp, pageDown, lineUp, lineDown
    case oldest, newest
}

/// What becomes of a message that was not sent.
enum UnsentCommand: Hashable, Sendable {
    case resend, edit, discard
}

enum ComposeCommand: Hashable, Sendable {
    case send, newline
    /// Within the text, through what was sent before, or through the transcript: as there is something.
    case up, down
    /// Of the line; of the conversation while nothing is written.
    case home, end
}

/// What readline does, on any line of text.
enum EditCommand: Hashable, Sendable {
    case insert(Character)
    case left, right, wordLeft, wordRight, lineStart, lineEnd, textStart, textEnd
    case deleteBackward, deleteForward
    case killToLineStart, killToLineEnd, killWordBackward, killLettersBackward, killWordForward
    case yank, transpose, undo
}

/// Among what stands in front of the chat, or in a list.
enum ChoiceCommand: Hashable, Sendable {
    case up, down, pageUp, pageDown
    case take, close
}
