/// What a key is for.
enum Command: Hashable, Sendable {
    case program(ProgramCommand)
    case conversations(ConversationsCommand)
    case reading(ReadingCommand)
    case message(MessageCommand)
    case unsent(UnsentCommand)
    case compose(ComposeCommand)
    case edit(EditCommand)
    case choice(ChoiceCommand)
    case call(CallCommand)
    case tour(TourCommand)
    case part(PartCommand)
    case mode(ModeCommand)
}

enum ProgramCommand: Hashable, Sendable {
    case quit, help, refresh, redraw, suspend
    /// Where one is signed out.
    case signIn
    /// The calls as they happen, and the list again.
    case calls
    /// The table as it changes, and the list again.
    case table
    /// Of what stands in place of the list: one of the calls, or of the rows, whole.
    case choose
    /// The demo's stream stands still, and goes on.
    case stream
    /// What the demo's backend does as the seed does it.
    case stage
    /// Whoever is used to Ctrl-C must neither lose a draft nor be stuck.
    case interrupt
    /// From the selected message; in a narrow terminal: to the list.
    case back
    /// Between more messages on a screen and more room between them.
    case density
    /// For who sits further away.
    case presentation
    /// Other colours.
    case theme
    /// The line between the panes, to the right and to the left, or down and up.
    case wider, narrower
    /// The list above the conversation, or at its side.
    case listPlace
}

enum ConversationsCommand: Hashable, Sendable {
    case next, previous
    case unread, allRead
    case new, find, search
    /// The selected one: at the top of the list; out of it until somebody writes; told of no more. And back.
    case pin, archive, mute
}

enum ReadingCommand: Hashable, Sendable {
    case pageUp, pageDown, lineUp, lineDown
    case oldest, newest
    /// From the selected message on, or the last, it is unread again.
    case markUnread
    /// To a day.
    case day
}

/// One message, and what can be done with it.
enum MessageCommand: Hashable, Sendable {
    /// The one above, below the selected one is selected.
    case above, below
    case copy, open, quote, details
    /// A part of its text is to be marked, and copied.
    case part
}

/// What becomes of a message that was not sent.
enum UnsentCommand: Hashable, Sendable {
    case resend, edit, discard
}

enum ComposeCommand: Hashable, Sendable {
    case send, newline
    /// In an editor of one's own.
    case editor
    /// What may have been meant by a word that is wrong.
    case spell
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
    case killToLineStart, killToLineEnd, killWordBackward, killLettersBackward, killWordForward, killAll
    /// What was deleted last; then what was before it.
    case yank, yankEarlier
    case transpose, undo, redo
}

/// Among what stands in front of the chat, or in a list.
enum ChoiceCommand: Hashable, Sendable {
    case up, down, pageUp, pageDown
    case take, close
}

/// Among the calls.
enum CallCommand: Hashable, Sendable {
    /// The reads of the chosen one as commands of the AWS CLI, or as curl makes it, to the clipboard.
    case copyAWS, copyCurl
    /// Those of a pattern, A to E; `nil`: all.
    case only(String?)
    case hold, mark
}

/// Through the tour.
enum TourCommand: Hashable, Sendable {
    case forward, back
}

/// While a part of a message is marked.
enum PartCommand: Hashable, Sendable {
    /// It begins at the cursor.
    case begin
}

/// Between writing and commanding by letters, where the keymap has both.
enum ModeCommand: Hashable, Sendable {
    /// From now on letters are commands.
    case normal
    /// They are text again: at the cursor, behind it, at the line's start, at its end.
    case insert, append, insertAtStart, appendAtEnd
    /// A typed command follows: its `/` stands there.
    case typed
}

extension Command {
    /// Whether it means something there.
    func holds(in context: KeyContext) -> Bool {
        let isChat = context == .chat || context == .normal
        return switch self {
        case .program(.quit), .program(.redraw), .program(.suspend): true
        case .program, .conversations, .unsent, .tour: isChat || context == .list
        case .message(.copy): isChat || context == .links
        case .reading, .message, .compose, .mode: isChat
        case .edit(.insert): false
        case .edit(let command): isChat || KeyContext.lines.contains(context) || context == .part && command.isMove
        case .choice: !isChat
        case .call: context == .calls
        case .part: context == .part
        }
    }
}
