import ChatClient
import TerminalText
import Timestamps

/// All that decides what is on screen.
struct AppState: Sendable {
    var size: CellSize
    var snapshot: ChatSnapshot { didSet { revision += 1 } }
    /// Counts the snapshots: cheaper to compare than they are.
    private(set) var revision = 0
    var now: Timestamp
    let localTime: LocalTime

    /// With whom the person is: what they type is for this one. No snapshot changes it.
    var selection: Selection?
    /// Conversations further down, by keys pressed before any list was there.
    var earlySteps = 0
    /// In a narrow terminal only one pane is shown.
    var pane = Pane.groups
    var overlay: Overlay?
    /// Columns of the list, as the mouse has set them.
    var listWidth: Int?
    /// The conversation at the top of the list, as the wheel has set it; `nil`: the selected one is in view.
    var listTop: Int?
    /// The line between the panes follows the mouse.
    var movesDivider = false
    /// In front of everything: whether to quit though something would be lost.
    var asksToQuit = false
    var typeAhead = TypeAhead()
    /// What the person should know until they press the next key.
    var notice: Notice?
    var drafts = Drafts()
    /// What was sent before, while one goes through it with Up and Down.
    var recall: Recall?
    var killed = ""
    private var readings: [ConversationID: Reading] = [:]
    private let memo = ComposeMemo()
    /// The terminal says that it has the person's attention; most never say anything.
    var isFocused = true
    /// When the session was last told that somebody is here.
    var activityNoted: Timestamp?
    /// The calls are shown in place of the list.
    var showsCalls = false
    var calls = CallLog()
    /// This terminal had joined a demo, and that is over.
    var hasDemoEnded = false

    enum Pane: Sendable { case groups, conversation }

    struct Selection: Equatable, Sendable {
        let id: ConversationID
        /// For as long as neither list nor transcript tell it.
        var title: UserShort?
        /// A list had it; if one has it no more, it was forgotten.
        var wasListed = false
    }

    struct Recall: Equatable, Sendable {
        /// Newest first.
        let texts: [String]
        var position = 0

        var text: String { texts[position] }
    }

    struct Notice: Equatable, Sendable {
        let text: String
        var isProblem = false
    }

    init(size: CellSize, snapshot: ChatSnapshot, now: Timestamp, localTime: LocalTime) {
        self.size = size
        self.snapshot = snapshot
        self.now = now
        self.localTime = localTime
    }

    // MARK: The selected conversation

    var selected: ConversationID? { selection?.id }

    var summary: ConversationSummary? { snapshot.conversations.first { $0.id == selected } }

    /// What was said there; `nil` while the session has not brought it.
    var transcript: Transcript? { snapshot.transcript.flatMap { $0.id == selected ? $0 : nil } }

    var title: UserShort? { transcript?.title ?? summary?.title ?? selection?.title }

    /// It was forgotten elsewhere, while the person is still in it.
    var isForgotten: Bool { selection?.wasListed == true && snapshot.isRestored && summary == nil }

    var reading: Reading {
        get { selected.flatMap { readings[$0] } ?? Reading() }
        set { if let selected { readings[selected] = newValue } }
    }

    /// The compose line.
    var draft: TextBuffer {
        get { drafts[selected] }
        set { drafts[selected] = newValue }
    }

    // MARK: What follows from the above

    var layout: Layout { Layout(self) }

    var rows: TranscriptRows {
        TranscriptRows(
            transcript?.entries ?? [], width: layout.conversation.count, unreadLine: reading.unreadLine,
            marked: reading.marked, now: now, localTime: localTime)
    }

    /// What is in view of the transcript.
    var view: TranscriptView {
        TranscriptView(rows, position: reading.position, height: layout.transcript.count)
    }

    /// The compose line wrapped.
    func composeText(width: Int) -> ComposeText {
        let draft = draft
        return ComposeText(draft, width: width, wrapped: memo.rows(of: draft.text, width: width))
    }

    /// How often a draft has been wrapped.
    var composeWraps: Int { memo.wraps }

    /// Code points that may still be typed; negative when there are too many.
    var remainingScalars: Int { Message.maximumScalars - draft.text.unicodeScalars.count }

    var isConnecting: Bool { snapshot.connection.state == .connecting }

    /// The conversations whose name or handle contains what is looked for.
    func found(_ finder: Overlay.Finder) -> [ConversationSummary] {
        let wanted = finder.input.text.lowercased().drop { $0 == "@" }
        let ranks = Dictionary(zip(finder.order, finder.order.indices)) { first, _ in first }
        let listed = snapshot.conversations.enumerated().sorted {
            (ranks[$0.element.id] ?? .max, $0.offset) < (ranks[$1.element.id] ?? .max, $1.offset)
        }.map(\.element)
        guard !wanted.isEmpty else { return listed }
        return listed.filter {
            $0.title.displayName.lowercased().contains(wanted) || $0.title.handle.lowercased().contains(wanted)
        }
    }

    /// What is to be on disk as the draft of a conversation; `nil`: nothing.
    func keptDraft(of id: ConversationID) -> String? {
        let ahead = id == selected ? typeAhead.text : ""
        let texts = [drafts[id].text, ahead].filter { !$0.isEmpty }
        return texts.isEmpty ? nil : texts.joined(separator: "\n")
    }

    /// Texts that would be gone after quitting.
    var unsaved: Int {
        let ahead = typeAhead.text.isEmpty ? 0 : 1
        guard snapshot.keeping != .onDisk else { return drafts.looseTexts.count + (selected == nil ? ahead : 0) }
        return snapshot.unsent + drafts.texts.count + drafts.looseTexts.count + ahead
    }
}
