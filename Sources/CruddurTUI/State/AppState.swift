import ChatClient
import CruddurDemo
import ExactText
import TerminalText
import Timestamps
import Traces

/// All that decides what is on screen.
struct AppState: Sendable {
    /// All of it, of which the chat may have a part.
    var terminal: CellSize
    var snapshot: ChatSnapshot {
        didSet {
            revision += 1
            unread = Self.toldUnread(snapshot)
        }
    }
    /// Counts the snapshots: cheaper to compare than they are.
    private(set) var revision = 0
    /// What the title tells, counted once for each snapshot.
    private(set) var unread: Int
    var now: Timestamp
    let localTime: LocalTime

    /// With whom the person is: what they type is for this one. No snapshot changes it.
    var selection: Selection?
    /// The order of the list, as it is shown.
    var listOrder = ListOrder()
    /// Conversations further down, by keys pressed before any list was there.
    var earlySteps = 0
    /// In a narrow terminal only one pane is shown.
    var pane = Pane.groups
    var overlay: Overlay?
    /// Columns of the list, as the mouse has set them; and of what stands in its place.
    var listWidth: Int?
    var watchWidth: Int?
    var listPlace = ListPlace.side
    /// Rows of the list where it is above, and of what stands in its place.
    var listHeight: Int?
    var watchHeight: Int?
    /// The conversation at the top of the list, as the wheel has set it; `nil`: the selected one is in view.
    var listTop: Int?
    /// The line between the panes follows the mouse.
    var movesDivider = false
    /// In front of everything: whether to quit though something would be lost.
    var asksToQuit = false
    var typeAhead = TypeAhead()
    /// What the person should know until they press the next key.
    var notice: Notice?
    /// Until then, keys that write leave the notice where it is.
    var noticeStays: Timestamp?
    var drafts = Drafts()
    /// What was sent before, while one goes through it with Up and Down.
    var recall: Recall?
    var killed = KillRing()
    var spelling = Spelling()
    /// What stands out in messages.
    var keywords: [String] = []
    var hasWordsForEmoji = false
    /// What keys are for.
    var keys = Keymap.readline
    /// Letters are commands, where the keys have that.
    var isNormal = false
    /// The first of two keys has been pressed.
    var begun: Begun?
    /// The line that looks like a command, about which the person was asked.
    var askedAbout: String?
    var discarded: Discarded?
    /// How things stood when the person asked for news.
    var refreshing: Refreshing?
    var density = Density.airy
    /// For who sits further away; `nil`: as usual.
    var presentation: Presentation?
    private var readings: [ConversationID: Reading] = [:]
    private let memo = ComposeMemo()
    /// The terminal says that it has the person's attention; most never say anything.
    var isFocused = true
    var telling = Telling()
    /// When the session was last told that somebody is here.
    var activityNoted: Timestamp?
    var inspector = Inspector()
    /// What its units cost: where the table is, as far as that is known.
    var prices = CapacityPrice.standard
    var table = TableView()
    /// What the demo's backend does as the seed does it; `nil` where there is no such backend here.
    var stage: Set<SeedFault>?
    /// Where one is in the tour.
    var tour: Tour?
    /// This terminal had joined a demo, and that is over.
    var hasDemoEnded = false

    enum Pane: Sendable { case groups, conversation }

    struct Begun: Equatable, Sendable {
        let first: Key.Stroke
        /// Where and with whom: elsewhere the second key is a first one.
        let context: KeyContext
        let selected: ConversationID?
    }

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

    /// A message that was taken out of the line, until something is written.
    struct Discarded: Equatable, Sendable {
        let text: String
        let conversation: ConversationID
        /// What stood in the compose line then.
        let draft: String
    }

    struct Refreshing: Equatable, Sendable {
        let connection: Connection

        /// What became of it; `nil` as long as nothing has.
        func outcome(_ now: Connection) -> String? {
            if now.lastRefresh != connection.lastRefresh { return tr("Refreshed.") }
            switch (connection.state, now.state) {
            case (_, .offline(let reason, _, let next)):
                if case .offline(_, _, next) = connection.state { return nil }
                return tr("Could not refresh: \(tr(reason: reason)).")
            case (_, .signedOut): return tr("Could not refresh: the server does not accept your access token.")
            case (_, .connecting), (_, .online): return nil
            }
        }
    }

    struct Notice: Equatable, Sendable {
        let text: String
        var isProblem = false
    }

    init(size: CellSize, snapshot: ChatSnapshot, now: Timestamp, localTime: LocalTime) {
        terminal = size
        self.snapshot = snapshot
        unread = Self.toldUnread(snapshot)
        self.now = now
        self.localTime = localTime
    }

    /// Of the chat.
    var size: CellSize { presentation == nil ? terminal : Presentation.room(terminal).size }

    // MARK: The selected conversation

    var selected: ConversationID? { selection?.id }

    /// The list, in the order in which it is shown.
    var listed: [ConversationSummary] { listOrder.rows(snapshot.conversations, now: now) }

    var summary: ConversationSummary? { snapshot.conversations.first { $0.id == selected } }

    /// What was said there; `nil` while the session has not brought it.
    var transcript: Transcript? { snapshot.transcript.flatMap { $0.id == selected ? $0 : nil } }

    var title: UserShort? { transcript?.title ?? summary?.title ?? selection?.title }

    /// It was forgotten elsewhere, while the person is still in it.
    var isForgotten: Bool { selection?.wasListed == true && snapshot.isRestored && summary == nil }

    /// Where one has been since the start.
    func hasRead(_ id: ConversationID) -> Bool { readings[id] != nil }

    mutating func forgetReading() {
        if let selected { readings[selected] = nil }
    }

    /// Where to be the next time, if that is another place than is kept. As long as one is on the way to a place, none is
    /// new.
    var newPlace: (at: Timestamp?, of: ConversationID)? {
        guard let id = selected, let known = findable.first(where: { $0.id == id }), let transcript,
            reading.wantedAt == nil
        else { return nil }
        let place: Timestamp? =
            switch reading.position {
            case .newest: nil
            case .oldest: transcript.entries.first?.at
            case .top: reading.topAt
            }
        return place == known.place ? nil : (place, id)
    }

    var reading: Reading {
        get { selected.flatMap { readings[$0] } ?? Reading() }
        _modify {
            var nowhere = Reading()
            if let selected {
                yield &readings[selected, default: Reading()]
            } else {
                yield &nowhere
            }
        }
    }

    /// The compose line.
    var draft: TextBuffer {
        get { drafts[selected] }
        _modify { yield &drafts[selected] }
    }

    /// How a command is given in the chat, as it is just now.
    func way(to command: Command) -> String { keys.way(to: command, in: isNormal ? .normal : .chat) }

    // MARK: What follows from the above

    var layout: Layout { Layout(self) }

    var rows: TranscriptRows {
        TranscriptRows(
            transcript?.entries ?? [], width: layout.conversation.count, unreadLine: reading.unreadLine,
            marked: reading.marked, chosen: reading.chosen, density: density, lags: lagsHere, now: now,
            localTime: localTime, keys: keys,
            concerns: .init(me: snapshot.me, words: keywords, hasWordsForEmoji: hasWordsForEmoji))
    }

    /// Of the messages of the selected conversation, while the calls are watched.
    private var lagsHere: [Timestamp: String] {
        guard !showsList || tour != nil, let group = summary?.group else { return [:] }
        let here = inspector.lags.filter { $0.partition.isExactly("MSG#\(group)") }
        return Dictionary(here.map { ($0.at, StreamLag.words($0.seconds)) }) { $1 }
    }

    /// What is in view of the transcript.
    var view: TranscriptView {
        TranscriptView(rows, position: reading.position, height: layout.transcript.count)
    }

    /// The day of the first row in view, where no row says it.
    func day(in view: TranscriptView) -> String? {
        guard case .top(let id, _) = view.top, let entry = transcript?.entries.last(where: { $0.id == id }) else {
            return nil
        }
        if case .day = view.rows.first?.kind { return nil }
        return localTime.dayName(entry.at, now: now)
    }

    /// Since when the server has not answered though it should have; `nil`: all is well, or worse is known.
    var silentSince: Timestamp? {
        guard snapshot.connection.state == .online, let due = snapshot.connection.answerDue, due < now else {
            return nil
        }
        return snapshot.connection.lastRefresh
    }

    /// The compose line wrapped.
    func composeText(width: Int) -> ComposeText {
        let draft = draft
        return ComposeText(draft, width: width, wrapped: memo.rows(of: draft.text, width: width))
    }

    /// How many rows that has.
    func composeRows(width: Int) -> Int {
        ComposeText.count(draft, width: width, wrapped: memo.rows(of: draft.text, width: width))
    }

    /// How often a draft has been wrapped.
    var composeWraps: Int { memo.wraps }

    /// Code points that may still be typed; negative when there are too many.
    var remainingScalars: Int { Message.maximumScalars - draft.text.unicodeScalars.count }

    var isConnecting: Bool { snapshot.connection.state == .connecting }

    /// Also those that were put away.
    var findable: [ConversationSummary] { snapshot.conversations + snapshot.archived }

    /// The conversations that are meant by what is typed, the best matches first, and of these the recent ones.
    func found(_ finder: Overlay.Finder) -> [ConversationSummary] {
        let ranks = Dictionary(zip(finder.order, finder.order.indices)) { first, _ in first }
        let listed = findable.enumerated().sorted {
            (ranks[$0.element.id] ?? .max, $0.offset) < (ranks[$1.element.id] ?? .max, $1.offset)
        }.map(\.element)
        guard !finder.input.text.allSatisfy({ $0 == "@" || $0.isWhitespace }) else { return listed }
        let matches = listed.enumerated().compactMap { place, group in
            FuzzyMatch(finder.input.text, group.title).map { (match: $0, place: place, group: group) }
        }.sorted { ($0.match, $0.place) < ($1.match, $1.place) }
        return matches.prefix { $0.match < .scattered || matches[0].match == .scattered }.map(\.group)
    }

    /// What is to be on disk as the draft of a conversation; `nil`: nothing.
    func keptDraft(of id: ConversationID) -> String? {
        let (text, ahead) = (drafts[id].text, id == selected ? typeAhead.text : "")
        guard !ahead.isEmpty else { return text.isEmpty ? nil : text }
        return text.isEmpty ? ahead : "\(text)\n\(ahead)"
    }

    /// Texts that would be gone after quitting.
    var unsaved: Int {
        let ahead = typeAhead.text.isEmpty ? 0 : 1
        guard snapshot.keeping != .onDisk else { return drafts.looseTexts.count + (selected == nil ? ahead : 0) }
        return snapshot.unsent + drafts.texts.count + drafts.looseTexts.count + ahead
    }
}
