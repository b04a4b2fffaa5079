import ChatClient
import TerminalText
import Timestamps

/// All that decides what is on screen.
struct AppState: Sendable {
    var size: Size
    var snapshot: ChatSnapshot { didSet { revision += 1 } }
    /// Counts the snapshots: cheaper to compare than they are.
    private(set) var revision = 0
    var now: Timestamp
    let localTime: LocalTime

    /// In a narrow terminal only one pane is shown.
    var pane = Pane.groups
    var overlay: Overlay?
    /// What the person should know until they press the next key.
    var notice: Notice?
    var drafts: [ConversationID: TextBuffer] = [:]
    /// What was sent, until it is known to be in the outbox.
    var departing: [ConversationID: [String]] = [:]
    /// What was sent before, while one goes through it with Up and Down.
    var recall: Recall?
    /// What was typed before any conversation was open.
    var looseDraft = TextBuffer()
    var killed = ""
    var reading = Reading()
    /// The terminal says that it has the person's attention; most never say anything.
    var isFocused = true

    struct Size: Equatable, Sendable {
        var width: Int
        var height: Int
    }

    /// When the session was last told that somebody is here.
    var activityNoted: Timestamp?
    /// This terminal had joined a demo, and that is over.
    var hasDemoEnded = false

    enum Pane: Sendable { case groups, conversation }

    /// Where in the transcript the reader is.
    struct Reading: Equatable, Sendable {
        var position = Position.newest
        /// What had been seen when the conversation was opened: the unread line stands there.
        var unreadAfter: Timestamp?
        /// The newest entry when the reader left the bottom.
        var leftAt: Timestamp?
        /// What a search has found: to be brought into view, and shown.
        var wanted: TranscriptEntry.ID?
        var marked: TranscriptEntry.ID?

        enum Position: Equatable, Sendable {
            /// The newest message stays in view.
            case newest
            /// The oldest message that is known stays in view, while older ones are fetched.
            case oldest
            /// This entry's row is at the top, whatever arrives.
            case top(TranscriptEntry.ID, row: Int)
        }
    }

    enum Overlay: Equatable, Sendable {
        case help(scroll: Int)
        case newConversation(Prompt)
        case findGroup(Finder)
        case search(Search)
        case quit
    }

    /// A question of one line.
    struct Prompt: Equatable, Sendable {
        var input = TextBuffer()
        var isBusy = false
        var problem: String?
    }

    struct Finder: Equatable, Sendable {
        var input = TextBuffer()
        var selected = 0
    }

    struct Search: Equatable, Sendable {
        var input = TextBuffer()
        var selected = 0
        var hits: [SearchHit] = []
        /// What `hits` are the answer to; `nil` before the first.
        var answered: String?
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

    init(size: Size, snapshot: ChatSnapshot, now: Timestamp, localTime: LocalTime) {
        self.size = size
        self.snapshot = snapshot
        self.now = now
        self.localTime = localTime
    }

    // MARK: What follows from the above

    var layout: Layout { Layout(self) }

    var openID: ConversationID? { snapshot.open?.id }

    /// The compose line of the open conversation.
    var draft: TextBuffer {
        get { openID.map { drafts[$0] ?? TextBuffer() } ?? looseDraft }
        set {
            guard let openID else { return looseDraft = newValue }
            drafts[openID] = newValue.isEmpty && newValue.text.isEmpty ? nil : newValue
        }
    }

    /// All that is written and not in the outbox, by conversation.
    var unsentTexts: [ConversationID: String] {
        var texts = drafts.mapValues(\.text)
        for (id, departing) in departing {
            texts[id] = (departing + [texts[id]].compactMap { $0 }).joined(separator: "\n")
        }
        return texts
    }

    /// Code points that may still be typed; negative when there are too many.
    var remainingScalars: Int { Message.maximumScalars - draft.text.unicodeScalars.count }

    var isConnecting: Bool { snapshot.connection.state == .connecting }

    /// The conversations whose name or handle contains what is looked for.
    func found(_ finder: Finder) -> [ConversationSummary] {
        let wanted = finder.input.text.lowercased().drop { $0 == "@" }
        guard !wanted.isEmpty else { return snapshot.conversations }
        return snapshot.conversations.filter {
            $0.title.displayName.lowercased().contains(wanted) || $0.title.handle.lowercased().contains(wanted)
        }
    }

    /// Texts that would be gone after quitting.
    var unsaved: Int {
        let isKept = snapshot.keeping == .onDisk
        let written = (isKept ? [] : Array(unsentTexts.values)) + [looseDraft.text]
        return (isKept ? 0 : snapshot.unsent) + written.count { !$0.allSatisfy(\.isWhitespace) }
    }
}
