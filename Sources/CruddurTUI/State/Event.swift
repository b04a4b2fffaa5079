import ChatClient
import CruddurDemo
import Timestamps

/// Everything that can happen to the interface. An answer names the conversation and the message it is about.
enum Event: Sendable {
    case key(Key)
    /// Text between the marks of a bracketed paste.
    case paste(String)
    /// The mouse, and what stands under it.
    case mouse(Mouse, on: Canvas.Target?)
    case resize(CellSize)
    case focus(Bool)
    case snapshot(ChatSnapshot)
    /// The answer to `Effect.lookUp`.
    case person(handle: String, Result<FoundConversation?, APIError>)
    /// The answer to `AskingEffect.suggest`: those whose handle or name begins so.
    case suggested(String, [UserShort])
    /// The answer to `Effect.search`.
    case found(typed: String, [SearchHit])
    /// What was written and not sent the last time.
    case drafts([ConversationID: String])
    /// It is in the outbox now.
    case accepted(Submission.ID, in: ConversationID)
    /// There was nowhere to keep it, or no such conversation any more.
    case notAccepted(Submission.ID, in: ConversationID)
    /// The text of a message that was taken back for editing.
    case takenBack(String, of: Outgoing.ID, in: ConversationID)
    /// The answer to `Effect.signing`.
    case signing(Result<SignInStep, SignInError>)
    /// The answer to `Effect.discard`: its text; `nil`: it was on its way.
    case discarded(String?, in: ConversationID)
    /// The answer to `Effect.open`: why it could not be opened; `nil`: it was.
    case opened(String, String?)
    /// Why this machine's clipboard has not what was copied.
    case notCopied(String)
    /// The answer to `TerminalEffect.theme`: which it is, or why there is none.
    case themed(Result<String, ThemeFault>)
    /// The answer to `TerminalEffect.edit`.
    case edited(Result<String, Editor.Fault>, in: ConversationID?)
    /// The answer to `AskingEffect.spell`.
    case spelled(Result<[String: SpellVerdict], SpellFault>)
    /// Why nothing can be told by a program.
    case notTold(String)
    /// The program was started to talk to this one.
    case open(String)
    /// The program was started to give the tour from this step on.
    case tour(String)
    /// The calls so far, while they are watched.
    case calls(CallLog)
    /// The table's rows as they are now, while it is watched.
    case table([TableRow])
    /// The process whose demo this one had joined is gone.
    case demoEnded
}

/// What the interface wants done by others.
enum Effect: Equatable, Sendable {
    case writing(WritingEffect)
    case showing(ShowingEffect)
    case asking(AskingEffect)
    case signing(SigningEffect)
    case terminal(TerminalEffect)
}

/// What changes what is kept. One after the other: a draft must not overtake a message.
enum WritingEffect: Equatable, Sendable {
    case send(Submission, to: ConversationID)
    case keepDraft(String?, of: ConversationID)
    case retry(Outgoing.ID, in: ConversationID)
    case discard(Outgoing.ID, in: ConversationID)
    case dropTaken(Outgoing.ID, in: ConversationID)
    case takeBack(Outgoing.ID, in: ConversationID)
    case markRead(ConversationID, told: Int64)
    case markUnread(ConversationID, from: Timestamp)
    case keep(ConversationKeeping, Bool, of: ConversationID)
    /// This word is into the person's own dictionary.
    case learn(String)
    /// Where one was, for the next time.
    case keepPlace(Timestamp?, of: ConversationID)
}

/// What changes what is shown. One after the other, and never behind a slow disk's writing.
enum ShowingEffect: Equatable, Sendable {
    case show(ConversationID, at: TranscriptPlace)
    case loadNewer(ConversationID)
    case refresh
    case noteActivity
    case focus(Bool)
    /// Watch the calls, or no more.
    case watchCalls(Bool)
    /// Watch the table, or no more.
    case watchTable(Bool)
    /// What is to become of the demo's backend.
    case stage(StageWish)
}

/// What the person wants of the demo's backend.
enum StageWish: Equatable, Sendable {
    case set(SeedFault, Bool)
    /// Somebody who is at no terminal writes to the person.
    case write(String, from: String, to: String)
}

/// What may take as long as a server likes.
enum AskingEffect: Equatable, Sendable {
    case lookUp(handle: String)
    /// Who has the handle cannot be found out; the answer is the same.
    case begin(handle: String)
    case search(String)
    /// Who there is whose handle or name begins so.
    case suggest(String)
    /// Reads older messages of all conversations, for a search; or no more.
    case readBack(Bool)
    /// Opens a link in the person's browser.
    case open(String)
    /// What a dictionary says of these words.
    case spell([String])
    /// Puts a text into this machine's clipboard, beside what the terminal does.
    case clip(String)
    case loadOlder(ConversationID)
    /// Tells it by a program on this machine.
    case tell(Told)
}

/// What is said to the user pool. One after the other.
enum SigningEffect: Equatable, Sendable {
    case begin(String, password: String)
    case answer(String, attributes: [String: String])
    /// The form is closed.
    case giveUp
}

/// What the terminal itself is to do.
enum TerminalEffect: Equatable, Sendable {
    case redraw, suspend, quit
    /// To the clipboard.
    case copy(String)
    /// In other colours, by name; empty: say which there are.
    case theme(String)
    /// In an editor, until it ends.
    case edit(String, in: ConversationID?)
    case bell
    case tell(Told)
}

/// Effects are made by these names: whose work they are shows where they are done.
extension Effect {
    static func send(_ submission: Submission, to id: ConversationID) -> Effect {
        .writing(.send(submission, to: id))
    }
    static func keepDraft(_ text: String?, of id: ConversationID) -> Effect { .writing(.keepDraft(text, of: id)) }
    static func retry(_ message: Outgoing.ID, in id: ConversationID) -> Effect { .writing(.retry(message, in: id)) }
    static func discard(_ message: Outgoing.ID, in id: ConversationID) -> Effect { .writing(.discard(message, in: id)) }
    static func dropTaken(_ message: Outgoing.ID, in id: ConversationID) -> Effect {
        .writing(.dropTaken(message, in: id))
    }
    static func takeBack(_ message: Outgoing.ID, in id: ConversationID) -> Effect {
        .writing(.takeBack(message, in: id))
    }
    static func markRead(_ id: ConversationID, told: Int64) -> Effect { .writing(.markRead(id, told: told)) }

    static func markUnread(_ id: ConversationID, from time: Timestamp) -> Effect {
        .writing(.markUnread(id, from: time))
    }

    static func keep(_ keeping: ConversationKeeping, _ isOn: Bool, of id: ConversationID) -> Effect {
        .writing(.keep(keeping, isOn, of: id))
    }

    static func show(_ id: ConversationID, at place: TranscriptPlace) -> Effect { .showing(.show(id, at: place)) }
    static func loadNewer(_ id: ConversationID) -> Effect { .showing(.loadNewer(id)) }
    static func focus(_ isFocused: Bool) -> Effect { .showing(.focus(isFocused)) }
    static func watchCalls(_ isOn: Bool) -> Effect { .showing(.watchCalls(isOn)) }
    static func watchTable(_ isOn: Bool) -> Effect { .showing(.watchTable(isOn)) }
    static func stage(_ wish: StageWish) -> Effect { .showing(.stage(wish)) }
    static let refresh = Effect.showing(.refresh)
    static let noteActivity = Effect.showing(.noteActivity)

    static func lookUp(handle: String) -> Effect { .asking(.lookUp(handle: handle)) }
    static func begin(handle: String) -> Effect { .asking(.begin(handle: handle)) }
    static func search(_ typed: String) -> Effect { .asking(.search(typed)) }
    static func readBack(_ isWanted: Bool) -> Effect { .asking(.readBack(isWanted)) }
    static func open(_ link: String) -> Effect { .asking(.open(link)) }
    static func copy(_ text: String) -> Effect { .terminal(.copy(text)) }
    static func loadOlder(_ id: ConversationID) -> Effect { .asking(.loadOlder(id)) }

    static let redraw = Effect.terminal(.redraw)
    static let suspend = Effect.terminal(.suspend)
    static let quit = Effect.terminal(.quit)
}
