extension KeySection {
    /// As readline has them, and the keys that this program adds.
    static let readline = [writing, conversations, reading, message, unsent, editing, front, calls, list, program]

    private static let writing = KeySection(
        title: "Writing",
        rows: [
            KeyRow([Key(.enter): .compose(.send)], "send the message", in: [.chat]),
            KeyRow(
                [
                    Key(.enter, .alt): .compose(.newline), Key(.enter, .shift): .compose(.newline),
                    .control("j"): .compose(.newline),
                ], "a new line in the message", in: [.chat]),
            KeyRow(
                [Key.control("e").after(Key.control("x").stroke): .compose(.editor)], "write in $VISUAL or $EDITOR",
                in: [.chat]),
            KeyRow([.alt("$"): .compose(.spell)], "what may be meant by a word marked as wrong", in: [.chat]),
            KeyRow(
                [Key(.tab): .conversations(.next)], "behind @ and :, complete a handle, an emoji's name: :smi", in: []),
            KeyRow(
                [Key(.up): .compose(.up), Key(.down): .compose(.down)],
                "in an empty line: what you sent before; in several lines: move; else scroll", in: [.chat]),
            KeyRow(
                [Key(.home): .compose(.home), Key(.end): .compose(.end)],
                "start, end of the line; of the conversation when nothing is written", in: [.chat]),
        ])

    private static let conversations = KeySection(
        title: "Conversations",
        rows: [
            KeyRow(
                [Key(.tab): .conversations(.next), Key(.tab, .shift): .conversations(.previous)],
                "next, previous conversation", in: [.chat, .list]),
            KeyRow(
                [.control("n"): .conversations(.new)], "new conversation: write to a handle", in: [.chat, .list]),
            KeyRow(
                [.control("f"): .conversations(.find)], "find a conversation by name or handle", in: [.chat, .list]),
            KeyRow(
                [.control("s"): .conversations(.search)],
                "search all messages as you type; Enter goes to the one that is marked", in: [.chat, .list]),
            KeyRow(
                [.alt("a"): .conversations(.unread)], "next conversation with unread messages", in: [.chat, .list]),
            KeyRow(
                [
                    .alt("p"): .conversations(.pin), .alt("z"): .conversations(.archive),
                    .alt("m"): .conversations(.mute),
                ], "at the top of the list, away until somebody writes, told of no more; and back", in: [.chat, .list]),
        ])

    private static let reading = KeySection(
        title: "Reading",
        rows: [
            KeyRow(
                [Key(.pageUp): .reading(.pageUp), Key(.pageDown): .reading(.pageDown)],
                "scroll the conversation by pages", in: [.chat]),
            KeyRow(
                [Key(.up, .shift): .reading(.lineUp), Key(.down, .shift): .reading(.lineDown)], "scroll by lines",
                in: [.chat]),
            KeyRow(
                [Key(.home, .control): .reading(.oldest), Key(.end, .control): .reading(.newest)],
                "oldest, newest message", in: [.chat]),
            KeyRow(
                [.alt("u"): .reading(.markUnread)], "unread again, from the selected message on, else the last",
                in: [.chat]),
            KeyRow([.alt("g"): .reading(.day)], "go to a day, as /day 2026-11-24", in: [.chat]),
        ])

    private static let message = KeySection(
        title: "A message",
        rows: [
            KeyRow(
                [Key(.up, .alt): .message(.above), Key(.down, .alt): .message(.below)],
                "select the message above, below; Esc lets go", in: [.chat]),
            KeyRow(
                [.alt("c"): .message(.copy)], "copy its text to the clipboard; among its links: the link",
                in: [.chat, .links]),
            KeyRow([.alt("v"): .message(.part)], "copy a part of it: Space begins, Enter copies", in: [.chat]),
            KeyRow(
                [.alt("o"): .message(.open)], "open a link of it: the whole address is shown before", in: [.chat]),
            KeyRow([.alt("q"): .message(.quote)], "quote it in the compose line", in: [.chat]),
            KeyRow([.alt("i"): .message(.details)], "its exact time, its uuid, its text as code points", in: [.chat]),
        ])

    private static let unsent = KeySection(
        title: "Messages that were not sent",
        rows: [
            KeyRow(
                [.alt("r"): .unsent(.resend), .alt("e"): .unsent(.edit), .alt("x"): .unsent(.discard)],
                "send again, edit, discard the selected one, else the one that waits for it", in: [.chat, .list])
        ])

    private static let editing = KeySection(
        title: "Editing a line",
        rows: [
            KeyRow(
                [Key(.left): .edit(.left), Key(.right): .edit(.right)], "a character back, forward",
                in: KeyContext.texts),
            // Readline's Ctrl-F finds here.
            KeyRow([.control("b"): .edit(.left)], "", in: KeyContext.texts),
            KeyRow(
                [
                    Key(.left, .control): .edit(.wordLeft), Key(.right, .control): .edit(.wordRight),
                    Key(.left, .alt): .edit(.wordLeft), Key(.right, .alt): .edit(.wordRight),
                    .alt("b"): .edit(.wordLeft), .alt("f"): .edit(.wordRight),
                ], "a word back, forward", in: KeyContext.texts),
            KeyRow(
                [.control("a"): .edit(.lineStart), .control("e"): .edit(.lineEnd)], "start, end of the line",
                in: KeyContext.texts),
            KeyRow(
                [Key(.home): .edit(.lineStart), Key(.end): .edit(.lineEnd)], "",
                in: KeyContext.questions.union([.form, .part])
            ),
            KeyRow(
                [.alt("<"): .edit(.textStart), .alt(">"): .edit(.textEnd)], "start, end of all that is written",
                in: KeyContext.texts),
            KeyRow(
                [Key(.backspace): .edit(.deleteBackward), .control("h"): .edit(.deleteBackward)],
                "delete the character before the cursor", in: KeyContext.lines),
            // Terminals with a keyboard protocol tell of a Shift that was not meant.
            KeyRow(
                [Key(.backspace, .shift): .edit(.deleteBackward), Key(.delete, .shift): .edit(.deleteForward)], "",
                in: KeyContext.lines),
            KeyRow(
                [Key(.delete): .edit(.deleteForward), .control("d"): .edit(.deleteForward)],
                "delete the character at the cursor", in: KeyContext.lines),
            KeyRow(
                [.control("u"): .edit(.killToLineStart), .control("k"): .edit(.killToLineEnd)],
                "delete to the start, end of the line", in: KeyContext.lines),
            KeyRow(
                [
                    .control("w"): .edit(.killWordBackward), Key(.backspace, .alt): .edit(.killLettersBackward),
                    .alt("d"): .edit(.killWordForward),
                ], "delete back to a space, back by letters, the word ahead", in: KeyContext.lines),
            KeyRow(
                [
                    Key(.backspace, .control): .edit(.killLettersBackward),
                    Key(.delete, .control): .edit(.killWordForward),
                ], "delete back by letters, the word ahead", in: KeyContext.lines),
            // What Alt-Backspace and Alt-Delete are on some terminals.
            KeyRow(
                [
                    Key(.character("h"), [.control, .alt]): .edit(.killLettersBackward),
                    Key(.delete, .alt): .edit(.killWordForward),
                ], "", in: KeyContext.lines),
            KeyRow(
                [.control("y"): .edit(.yank), .alt("y"): .edit(.yankEarlier)],
                "put back what was deleted; then what was deleted before it", in: KeyContext.lines),
            KeyRow(
                [.control("_"): .edit(.undo), Key.control("r").after(Key.control("x").stroke): .edit(.redo)],
                "undo; take that back", in: KeyContext.lines),
            KeyRow([.control("t"): .edit(.transpose)], "swap two letters", in: KeyContext.lines),
        ])

    private static let front = KeySection(
        title: "In front of the chat",
        rows: [
            KeyRow(
                [
                    Key(.up): .choice(.up), Key(.down): .choice(.down), Key(.tab): .choice(.down),
                    Key(.tab, .shift): .choice(.up),
                ], "choose among what was found",
                in: [.prompt, .finder, .search, .links, .completion, .calls, .row, .stage]),
            KeyRow(
                [Key(.pageUp): .choice(.pageUp), Key(.pageDown): .choice(.pageDown)], "by pages",
                in: [.finder, .search, .links, .completion, .details, .part, .calls, .row, .stage, .help]),
            KeyRow(
                [Key(.up): .choice(.up), Key(.down): .choice(.down), Key(.character(" ")): .choice(.pageDown)],
                "scroll what is shown", in: [.help, .details]),
            KeyRow(
                [
                    Key(.up): .choice(.up), Key(.down): .choice(.down), Key(.tab): .choice(.down),
                    Key(.tab, .shift): .choice(.up),
                ], "", in: [.form]),
            KeyRow([Key(.enter): .choice(.take)], "go there", in: KeyContext.questions.union([.links])),
            KeyRow([Key(.enter): .choice(.take)], "", in: [.completion]),
            KeyRow(
                [
                    Key(.up): .choice(.up), Key(.down): .choice(.down), Key(.character(" ")): .part(.begin),
                    Key(.enter): .choice(.take),
                ], "", in: [.part]),
            KeyRow([Key(.enter): .choice(.take)], "", in: [.form]),
            KeyRow(
                [Key(.escape): .choice(.close), .control("c"): .choice(.close), .control("g"): .choice(.close)],
                "close what is in front", in: KeyContext.inFront),
            KeyRow([Key(.enter): .choice(.close)], "", in: [.help, .details, .quit]),
            KeyRow([Key(.function(1)): .choice(.close)], "", in: [.help]),
        ])

    private static let calls = KeySection(
        title: "Among the calls, the table's items, or what goes wrong",
        rows: [
            KeyRow([Key(.enter): .choice(.take)], "the chosen one whole; again: all of them", in: [.calls, .row]),
            KeyRow(
                [Key(.character("y")): .call(.copyAWS), Key(.character("Y")): .call(.copyCurl)],
                "copy its reads as aws dynamodb commands, the call as curl", in: [.calls]),
            KeyRow(
                [
                    Key(.character("a")): .call(.only("A")), Key(.character("b")): .call(.only("B")),
                    Key(.character("c")): .call(.only("C")), Key(.character("d")): .call(.only("D")),
                    Key(.character("e")): .call(.only("E")), Key(.character("*")): .call(.only(nil)),
                ], "only calls of this pattern; all", in: [.calls]),
            KeyRow(
                [Key(.character("p")): .call(.hold), Key(.character("m")): .call(.mark)],
                "they stand still, or go on; units and price count from now on", in: [.calls]),
            KeyRow([Key(.enter): .choice(.take)], "switch it on or off", in: [.stage]),
        ])

    private static let list = KeySection(
        title: "In the list of a narrow terminal",
        rows: [
            KeyRow([Key(.up): .choice(.up), Key(.down): .choice(.down)], "choose a conversation", in: [.list]),
            KeyRow([Key(.enter): .choice(.take), Key(.right): .choice(.take)], "go to its messages", in: [.list]),
        ])

    private static let program = KeySection(
        title: "The program",
        rows: [
            KeyRow(
                [.control("r"): .program(.refresh)], "refresh now; try again when offline", in: [.chat, .list]),
            KeyRow([.control("o"): .program(.signIn)], "sign in, where you are signed out", in: [.chat, .list]),
            KeyRow(
                [Key(.escape): .program(.back)],
                "let go of the selected message; in a narrow terminal: to the conversations",
                in: [.chat, .list]),
            KeyRow(
                [.control("l"): .program(.redraw), .control("z"): .program(.suspend)],
                "draw the screen anew, suspend", in: KeyContext.anywhere),
            KeyRow(
                [
                    Key(.character("+")).after(Key.control("x").stroke): .program(.wider),
                    Key(.character("-")).after(Key.control("x").stroke): .program(.narrower),
                ], "the list wider, narrower", in: [.chat]),
            KeyRow([.control("c"): .program(.interrupt)], "say how to quit", in: [.chat, .list]),
            KeyRow(
                [Key(.function(1)): .program(.help)], "this help", in: [.chat, .list]),
            KeyRow(
                [Key(.function(2)): .program(.calls)],
                "the calls as they happen, in place of the list; again: the list",
                in: [.chat, .list]),
            KeyRow(
                [Key(.function(3)): .program(.table)], "the table's items as they change, in the demo; again: the list",
                in: [.chat, .list]),
            KeyRow(
                [Key(.function(4)): .program(.choose)], "choose one of the calls, or of the table's items",
                in: [.chat, .list]),
            KeyRow([Key(.function(4)): .choice(.close)], "", in: [.calls, .row]),
            KeyRow(
                [Key(.function(5)): .tour(.forward), Key(.function(6)): .tour(.back)],
                "the demo's tour: do what the step is about, and go on; back", in: [.chat, .list]),
            KeyRow(
                [Key(.function(7)): .program(.stream)], "the demo's stream stands still, or goes on",
                in: [.chat, .list]),
            KeyRow(
                [Key(.function(8)): .program(.stage)],
                "what goes wrong with the seed's code, to be switched on in the demo", in: [.chat, .list]),
            KeyRow([Key(.function(8)): .choice(.close)], "", in: [.stage]),
            KeyRow(
                [Key(.function(9)): .program(.presentation)],
                "for who sits further away: a margin, and the keys are shown; again: as usual", in: [.chat, .list]),
            KeyRow([.control("q"): .program(.quit)], "quit", in: KeyContext.anywhere),
        ])
}
