import ChatClient
import Foundation
import TestSupport
import Testing

@testable import CruddurTUI

/// Keys of one's own: what a file says holds, what cannot be meant is told with its place.
struct KeyFileTests {
    private func load(_ content: String, name: String = "mine") throws -> Keymap {
        let folder = try TemporaryFolder()
        try content.write(toFile: folder.path + "/mine.json", atomically: true, encoding: .utf8)
        return try KeyFile.keymap(name, in: folder.path)
    }

    private func chat(_ keys: Keymap, _ width: Int = 100, _ height: Int = 30) -> AppState {
        var state = Fixture.state(width, height)
        state.keys = keys
        return state
    }

    private func screen(_ state: AppState) -> String { Screen.draw(state).lines.joined(separator: "\n") }

    @Test func aKeyIsBoundAnotherIsFreedAndAllElseIsAsItWas() throws {
        let keys = try load(
            #"{"chat": {"Ctrl-G": "find", "F12": "find", "Ctrl-N": null}, "everywhere": {"F10": "quit"}}"#)
        #expect(keys.command(for: .control("g"), in: .chat) == .conversations(.find))
        #expect(keys.command(for: .control("g"), in: .help) == .choice(.close))
        #expect(keys.command(for: Key(.function(12)), in: .chat) == .conversations(.find))
        #expect(keys.command(for: .control("n"), in: .chat) == nil)
        #expect(keys.command(for: .control("n"), in: .list) == .conversations(.new))
        for context in KeyContext.anywhere {
            #expect(keys.command(for: Key(.function(10)), in: context) == .program(.quit), "\(context)")
        }
        #expect(keys.command(for: Key(.enter), in: .chat) == .compose(.send))
    }

    /// What is said of keys is said of one's own.
    @Test func helpStatusAndSentencesNameOnesOwnKeys() throws {
        let keys = try load(#"{"chat": {"Ctrl-G": "new", "Ctrl-N": null, "F1": null, "F12": "help"}}"#)
        var state = chat(keys, 120, 200)
        #expect(screen(state).contains("F12 help  ^G new  ^Q quit"))
        state.press(Key(.function(12)))
        let help = screen(state)
        #expect(help.contains("Ctrl-G                new conversation"))
        #expect(help.contains("F12                   the keys, and these commands"))
        // In the list of a narrow terminal the former holds, and is said to hold nowhere else.
        #expect(help.contains("Ctrl-N                new conversation: write to a handle (in the list"))
        state.press(Key(.escape), .control("c"))
        #expect(state.notice?.text == "Ctrl-Q quits, F12 helps.")
    }

    /// A command without a key is told by what is typed.
    @Test func whatHasNoKeyAnyMoreIsTyped() throws {
        let keys = try load(#"{"chat": {"F1": null}}"#)
        var state = chat(keys)
        state.press(.control("c"))
        #expect(state.notice?.text == "Ctrl-Q quits, /help helps.")
    }

    @Test func twoKeysInARow() throws {
        let keys = try load(
            #"{"chat": {"Ctrl-X Ctrl-B": "find", "Ctrl-X b": "new", "Alt-G": null, "Alt-G Alt-D": "day"}}"#)
        var state = chat(keys)
        state.press(.control("x"))
        #expect(state.notice?.text == "Ctrl-X …")
        state.press(.control("b"))
        guard case .findGroup = state.overlay else { return #expect(Bool(false), "no finder") }
        state.press(Key(.escape), .control("x"), Key(.character("b")))
        guard case .newConversation = state.overlay else { return #expect(Bool(false), "no prompt") }
        state.press(Key(.escape), .control("x"), Key(.character("z")))
        #expect(state.notice?.text == "Ctrl-X z means nothing." && state.draft.isEmpty)
        // Readline's own is still there.
        #expect(state.press(.control("x"), .control("e")) == [.terminal(.edit("", in: Fixture.meiGroup))])
    }

    @Test(arguments: [
        (#"{"chat": {"Ctrl-G": "fnd"}}"#, "line 1: there is no command fnd. Did you mean find?"),
        ("{\n\"chat\": {\n\"Ctrl-Nn\": \"find\"}}", "line 3: Ctrl-Nn names no key"),
        (#"{"chatt": {}}"#, "line 1: there is no place chatt. Did you mean chat?"),
        (#"{"preset": "nano"}"#, "line 1: preset is one of readline, emacs, vim"),
        ("{\"preset\": \"vim\",\n\"preset\": \"emacs\"}", "line 2: preset is said on line 1 already"),
        (#"{"chat": {"Ctrl-é": "find"}}"#, "terminals have no Ctrl with it"),
        (#"{"chat": "find"}"#, "line 1: behind chat stand keys"),
        (#"{"chat": {"F12": 1}}"#, "line 1: behind F12 stands a command's name, or null for nothing"),
        (#"{"chat": {"F12": "find"}"#, "line 1, column 25: a , or } is missing"),
        ("[]", "line 1: it is no JSON object"),
        // Two of the same, however they are written.
        (
            "{\"chat\": {\n\"Ctrl-G\": \"find\",\n\"ctrl-g\": \"new\"}}",
            "line 3: Ctrl-G in chat is bound on line 2 already"
        ),
        // What begins another is never reached: both places are told.
        (
            "{\"chat\": {\n\"Ctrl-G\": \"find\",\n\"Ctrl-G g\": \"new\"}}",
            "line 2: Ctrl-G in chat is never reached, because Ctrl-G g begins with it (line 3)"
        ),
        (
            #"{"chat": {"Ctrl-N n": "new"}}"#,
            "preset readline: Ctrl-N in chat is never reached, because Ctrl-N n begins"
        ),
        (
            #"{"chat": {"Ctrl-X": "find"}}"#,
            "line 1: Ctrl-X in chat is never reached, because Ctrl-X + begins with it (preset readline)"
        ),
        // What no terminal sends.
        (#"{"chat": {"Ctrl-I": "find"}}"#, "Ctrl-I is never reached: terminals send it as Tab"),
        (#"{"chat": {"Ctrl-Shift-N": "find"}}"#, "terminals do not tell Shift from Ctrl and a letter"),
        (#"{"chat": {"Esc x": "find"}}"#, "Esc and a key are the key with Alt"),
        (#"{"chat": {"Ctrl-1": "find"}}"#, "terminals have no Ctrl with it"),
        // What could not be written any more.
        (#"{"chat": {"j": "below"}}"#, "j in chat could not be written any more"),
        (#"{"lines": {"g g": "beginning-of-text"}}"#, "g in chat could not be written any more"),
        // What means nothing there, and might do something to somebody else.
        (#"{"prompt": {"F12": "send"}}"#, "send means nothing in prompt: it is for chat, normal"),
        (#"{"chat": {"F12": "take"}}"#, "take means nothing in chat"),
        (#"{"chat": {"F12": "normal-mode"}}"#, #"that is a command of "preset": "vim""#),
        (#"{"normal": {"j": "below"}}"#, #"there is no place normal without "preset": "vim""#),
        (#"{"chat": {"Ctrl-Alt-F": "find"}}"#, "terminals send Esc, and then the key with Ctrl"),
        (#"{"chat": {"Alt-Esc": "find"}}"#, "terminals send Esc alone"),
        (#"{"chat": {"Alt-Shift-1": "find"}}"#, "with Shift it is another character"),
        // What nobody could leave.
        (#"{"everywhere": {"Ctrl-Q": null}}"#, "no key is left for quit in chat: bind one"),
        (#"{"quit": {"Ctrl-Q": "close"}}"#, "no key is left for quit in quit: bind one"),
        (
            #"{"help": {"Esc": null, "Ctrl-C": null, "Ctrl-G": null, "Enter": null, "F1": null}}"#,
            "no key is left for close in help: bind one"
        ),
        (#"{"chat": {"Enter": null}}"#, "no key is left for send in chat: bind one"),
        (#"{"preset": "vim", "normal": {"i": null}}"#, "no key is left for insert-mode in normal: bind one"),
    ])
    func whatCannotBeMeantIsToldWithItsPlace(_ content: String, _ complaint: String) {
        let fault = #expect(throws: KeyFault.self) { try load(content) }
        #expect(fault?.description.contains(complaint) == true, "\(fault?.description ?? "")")
        #expect(fault?.description.contains("/mine.json, ") == true)
    }

    @Test func whatIsSaidOfOnePlaceCountsMoreThanWhatIsSaidOfMany() throws {
        let keys = try load(
            #"{"chat": {"F12": "find"}, "everywhere": {"F12": "quit", "F11": "redraw"}, "lines": {"F11": "undo"}}"#)
        #expect(keys.command(for: Key(.function(12)), in: .chat) == .conversations(.find))
        #expect(keys.command(for: Key(.function(12)), in: .search) == .program(.quit))
        #expect(keys.command(for: Key(.function(11)), in: .search) == .edit(.undo))
        #expect(keys.command(for: Key(.function(11)), in: .help) == .program(.redraw))
    }

    @Test(arguments: [
        ("none", "there is no keymap none: there are readline, emacs, vim, and files such as"),
        ("../mine", "a path begins with /"), ("/nowhere/x.json", "there is no such file"),
    ])
    func whatIsNoKeymapIsToldAsThat(_ name: String, _ complaint: String) {
        let fault = #expect(throws: KeyFault.self) { try load("{}", name: name) }
        #expect(fault?.description.contains(complaint) == true, "\(fault?.description ?? "")")
    }

    // MARK: vi

    private func vim() throws -> AppState { chat(try load("{}", name: "vim")) }

    @Test func escLeavesWritingAndLettersAreCommands() throws {
        var state = try vim()
        state.type("see you")
        #expect(state.draft.text == "see you" && screen(state).contains("› see you"))
        state.press(Key(.escape))
        #expect(screen(state).contains("‹ see you") && screen(state).contains("NORMAL"))
        for letter in "0xDu" { state.press(Key(.character(letter))) }
        #expect(state.draft.text == "ee you")
        for letter in "ddiso" { state.press(Key(.character(letter))) }
        #expect(state.draft.text == "so" && !state.isNormal)
        state.press(Key(.escape))
        for letter in "aon" { state.press(Key(.character(letter))) }
        #expect(state.draft.text == "soon")
        let effects = state.press(Key(.enter))
        #expect(effects.contains { if case .writing(.send(let sent, _)) = $0 { sent.text == "soon" } else { false } })
    }

    /// A letter that is no command becomes nothing: neither text nor a message.
    @Test func whatIsNoCommandDoesNothing() throws {
        var state = try vim()
        state.press(Key(.escape))
        for letter in "qmsé" { #expect(state.press(Key(.character(letter))).isEmpty) }
        state.press(Key(.character("d")), Key(.character("j")))
        #expect(state.notice?.text == "d j means nothing." && state.draft.isEmpty)
        #expect(state.press(Key(.character("Z")), Key(.character("Z"))) == [.quit])
    }

    @Test func aColonBeginsATypedCommandAndWhoeverIsFoundIsWrittenTo() throws {
        var state = try vim()
        state.press(Key(.escape), Key(.character(":")))
        state.type("help")
        state.press(Key(.enter))
        guard case .help = state.overlay else { return #expect(Bool(false), "no help") }
        state.press(Key(.escape), Key(.escape), .control("n"))
        state.type("lena")
        state.press(Key(.enter))
        state.type("hi")
        let found = FoundConversation(id: ConversationID(77), title: UserShort(handle: "lena", displayName: "Lena"))
        _ = update(&state, .person(handle: "lena", .success(found)))
        #expect(state.draft.text == "hi" && !state.isNormal)
    }

    /// A draft is not lost to a command.
    @Test func aColonLeavesADraftAlone() throws {
        var state = try vim()
        state.type("half a")
        state.press(Key(.escape), Key(.character(":")))
        #expect(state.draft.text == "half a" && state.notice?.text.contains("an empty line") == true)
    }

    /// What has begun with one key is over where somebody does something else.
    @Test func aFirstKeyIsForWhereItWasPressed() throws {
        var state = try vim()
        state.drafts[Fixture.tomaszGroup] = TextBuffer("not to be lost")
        state.press(Key(.escape), Key(.character("d")), Key(.tab), Key(.character("d")))
        #expect(state.drafts[Fixture.tomaszGroup].text == "not to be lost")
        var other = chat(try load("{}", name: "emacs"))
        other.press(.control("x"))
        _ = update(&other, .paste("pasted "))
        other.type("b")
        #expect(other.draft.text == "pasted b" && other.overlay == nil)
    }

    /// A first key that comes while an answer is waited for comes behind all that was typed before it.
    @Test func whatIsTypedAheadIsNoSecondKey() throws {
        var state = chat(try load("{}", name: "emacs"))
        state.press(.control("x"), .control("f"))
        state.type("lena")
        state.press(Key(.enter))
        state.type("on my way")
        state.press(Key(.enter), .control("x"))
        let found = FoundConversation(id: ConversationID(77), title: UserShort(handle: "lena", displayName: "Lena"))
        let effects = update(&state, .person(handle: "lena", .success(found)))
        #expect(AppState.sent(effects) == ["on my way": ConversationID(77)])
    }

    /// A letter that closes what is in front does nothing to what is behind it.
    @Test func aLetterThatClosesTheHelpIsNoCommand() throws {
        var state = try vim()
        state.type("hello")
        state.press(Key(.escape), Key(.character("?")), Key(.character("D")))
        #expect(state.overlay == nil && state.draft.text == "hello")
    }

    @Test func whereNothingIsSentNothingIsWritten() throws {
        var state = try vim()
        var snapshot = ChatSnapshot(me: "nia", backend: "b", isReadOnly: true)
        snapshot.conversations = state.snapshot.conversations
        _ = update(&state, .snapshot(snapshot))
        state.press(Key(.escape), Key(.character(":")))
        #expect(state.draft.isEmpty)
    }

    @Test func emacsMovesLooksAndLeaves() throws {
        var state = chat(try load("{}", name: "emacs"))
        state.type("ab")
        state.press(.control("a"), .control("f"))
        state.type("-")
        #expect(state.draft.text == "a-b")
        #expect(state.press(.control("x"), .control("c")) == [] && state.asksToQuit || state.unsaved == 0)
        state.press(Key(.escape), .control("x"), Key(.character("b")))
        guard case .findGroup = state.overlay else { return #expect(Bool(false), "no finder") }
    }
}
