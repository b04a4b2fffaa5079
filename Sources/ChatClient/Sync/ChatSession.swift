import Foundation
import Timestamps

/// The front door of the client: what an interface opens, asks and listens to.
///
///     let session = ChatSession(configuration: configuration, dataFolder: folder)
///     Task { await session.run() }
///     for await snapshot in session.updates { draw(snapshot) }
///
/// It polls by schedule, merges what it is told into the history, sends what it is given, and
/// publishes a snapshot of the history whenever something has changed.
public actor ChatSession {
    /// Snapshots; a slow reader gets the newest only.
    public nonisolated let updates: AsyncStream<ChatSnapshot>

    let api: CruddurAPI
    let clock: any SessionClock
    private let http: HTTPConnector
    let tokens: TokenStore
    private let publisher: AsyncStream<ChatSnapshot>.Continuation
    let random: @Sendable () -> Double
    private let wakes: AsyncStream<Wake>

    var shelf: HistoryShelf
    /// Names this process in the outbox.
    let owner = UUID().uuidString.lowercased()
    var ownerLock: FileLock?
    var seenVersion: Int64 = 0
    private var watching: Task<Void, Never>?

    var groups = GroupList()
    var conversations: [ConversationID: Conversation] = [:]
    var openID: ConversationID?
    var formerID: ConversationID?
    var window = TranscriptWindow()
    /// Counts the person's moves through the transcript.
    var journey = 0
    var content = WindowContent()
    var schedule: PollSchedule
    var snapshot: ChatSnapshot
    /// Outgoing messages that are not to be tried earlier; since the session's start.
    var notBefore: [Int: Duration] = [:]
    /// What the groups shall show before polls slow down: group, text, when it was sent.
    var awaited: (group: String, at: Timestamp)?
    private var alarm: Task<Void, Never>?
    /// What is in flight, and what the next poll of each resource may say of the last.
    var polls: [PollSchedule.Resource: Task<Void, Never>] = [:]
    var tickets: [PollSchedule.Resource: PollTicket] = [:]
    /// The last answers, to merge only what is new.
    var lastRows: [PollSchedule.Resource: Int] = [:]
    /// Resources whose polls failed while an answer was held.
    var impatient: Set<PollSchedule.Resource> = []
    /// Resources whose last poll failed.
    var faults: [PollSchedule.Resource: PollFault] = [:]
    var tokenExpired: Timestamp?
    /// Rows of the last answers that could not be read.
    var unreadable: [PollSchedule.Resource: Int] = [:]

    var knownDrafts: [ConversationID: String] = [:]
    var changedDrafts: [ConversationID: String?] = [:]
    var savingDrafts: Task<Void, Never>?

    /// - Parameters:
    ///   - dataFolder: where histories are kept; `nil`: in memory only.
    ///   - wakes: when to look at once, whatever the schedule says; `nil`: when the system says so.
    ///   - random: uniform in 0...1; the jitter of the backoff.
    public init(
        configuration: ClientConfiguration, dataFolder: String? = nil, clock: any SessionClock = SystemClock(),
        wakes: AsyncStream<Wake>? = nil, random: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) {
        http = HTTPConnector()
        tokens = TokenStore(configuration, dataFolder: dataFolder, http: http, time: clock)
        api = CruddurAPI(http: http, tokens: tokens, backend: configuration.backend, paths: configuration.paths)
        self.clock = clock
        self.random = random
        self.wakes = wakes ?? Wake.ofSystem()
        let keeps = configuration.keepsHistory ? dataFolder : nil
        shelf = HistoryShelf(keeps.map { HistoryFile(configuration, in: $0) })
        schedule = PollSchedule(configuration.polling)
        snapshot = ChatSnapshot(
            me: configuration.handle, backend: configuration.backend.host, isReadOnly: configuration.isReadOnly)
        (updates, publisher) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Polls until the task is cancelled; then closes its connections.
    public func run() async {
        openHistory()
        if snapshot.me == nil {
            Task { await learn(handle: tokens.handle()) }
        }
        publish()
        sendWaiting()
        watching = watchHistory()
        let waking = Task { for await wake in wakes { take(wake) } }
        await withTaskCancellationHandler {
            while !Task.isCancelled {
                for resource in schedule.due(at: clock.elapsed()) {
                    schedule.began(resource)
                    polls[resource] = Task { await poll(resource) }
                }
                await waitForNext()
            }
        } onCancel: {
            Task { await self.wake() }
        }
        watching?.cancel()
        waking.cancel()
        for poll in polls.values { poll.cancel() }
        for poll in polls.values { await poll.value }
        flushDrafts()
        closeHistory()
        publisher.finish()
        await http.shutdown()
    }

    private func waitForNext() async {
        guard !Task.isCancelled else { return }
        let sleeper = clock
        let now = sleeper.elapsed()
        let next = schedule.next ?? now + .seconds(86_400)
        guard next > now else { return }
        let alarm = Task { _ = try? await sleeper.sleep(for: next - now) }
        self.alarm = alarm
        await alarm.value
    }

    func wake() {
        alarm?.cancel()
    }

    private func take(_ wake: Wake) {
        switch wake {
        case .machine: refresh()
        // Who is connected need not ask.
        case .network: if !faults.isEmpty { refresh() }
        }
    }

    func publish() {
        snapshot.connection.state = connectionState()
        snapshot.conversations = summaries()
        snapshot.open = openConversation()
        snapshot.unreadableRows =
            unreadable[.groups, default: 0]
            + (openID?.group.flatMap { unreadable[.messages(group: $0)] } ?? 0)
        snapshot.unsent = conversations.values.reduce(0) { count, conversation in
            count + conversation.outgoing.count { if case .sent = $0.state { false } else { true } }
        }
        snapshot.keeping = keeping
        snapshot.notice = shelf.notice
        publisher.yield(snapshot)
    }

    func learn(handle: String?) {
        guard let handle, snapshot.me == nil else { return }
        snapshot.me = handle
        // Whose the messages are decides what is unread, and what of ours has arrived.
        reloadAll()
        publish()
    }

    private func openConversation() -> OpenConversation? {
        guard let openID, let conversation = conversations[openID] else { return nil }
        let listed = content.messages.map {
            TranscriptEntry($0.message, me: snapshot.me, isBeforeGap: $0.isBeforeGap)
        }
        let waiting = content.newer == 0 ? conversation.waiting(me: snapshot.me) : []
        return OpenConversation(
            id: openID, formerID: formerID, title: conversation.title, entries: listed + waiting,
            readUntil: conversation.readUntil, isLoaded: conversation.live.isLoaded || !listed.isEmpty,
            isFresh: conversation.live.isLoaded, isListed: conversation.isListed, newer: content.newer)
    }
}

// MARK: - What an interface asks

extension ChatSession {
    /// Shows a conversation; it is polled from now on.
    public func open(_ id: ConversationID, at place: TranscriptPlace = .newest) {
        openHistory()
        guard conversations[id] != nil else { return }
        // Nobody looks at the other one any more.
        if id != openID, let left = openID?.group { polls[.messages(group: left)]?.cancel() }
        openID = id
        formerID = nil
        show(place)
        schedule.open(id.group, at: clock.elapsed())
        publish()
        wake()
    }

    /// Everything up to `time` in this conversation has been seen.
    public func markRead(_ id: ConversationID, until time: Timestamp) {
        guard let conversation = conversations[id], conversation.readUntil < time else { return }
        stored { try $0.markRead(conversation.row, until: time) }
        reload(id)
        publish()
    }

    /// The person is here: polls keep their pace.
    public func noteActivity() {
        schedule.present(at: clock.elapsed())
        wake()
    }

    /// Nobody looks: polls slow down; or somebody does again.
    public func setFocus(_ isFocused: Bool) {
        schedule.setFocus(isFocused, at: clock.elapsed())
        wake()
    }

    /// Polls now, also while waiting after a fault; tries again what waits to be sent.
    public func refresh() {
        let now = clock.elapsed()
        for resource in [.groups] + (openID?.group.map { [.messages(group: $0)] } ?? []) as [PollSchedule.Resource] {
            // A held answer is no answer now.
            tickets[resource] = nil
            polls[resource]?.cancel()
            schedule.pollNow(resource, at: now)
        }
        notBefore = [:]
        returnToDisk(force: true)
        wake()
    }

    /// The newest messages of all conversations that hold every word of `typed`, the last word
    /// as far as it is written.
    ///
    /// - Throws: `HistoryFault`; `CancellationError` when the task is cancelled meanwhile.
    public func search(_ typed: String, limit: Int = 50) async throws -> [SearchHit] {
        openHistory()
        return try await shelf.history?.search(typed, limit: limit) ?? []
    }

    /// Who has this handle; `nil` for nobody.
    ///
    /// - Throws: `APIError`.
    public func person(handle: String) async throws -> UserShort? {
        try await api.user(handle: handle)
    }

    /// Opens the conversation with this person: the one there is, or an empty one that
    /// becomes a group with its first message.
    public func openConversation(with person: UserShort) {
        openHistory()
        if let group = groups.group(with: person.handle) { return open(.group(group.uuid)) }
        let now = clock.now()
        let row = stored { try $0.begin(with: person, readUntil: now) }
        guard let row else { return }
        reload(row: row)
        let id = ConversationID.new(handle: person.handle)
        conversations[id]?.live.isLoaded = true
        open(id)
    }
}

// MARK: - The left pane

extension ChatSession {
    /// Looking a person up is no reason to keep a row for them.
    private func isShown(_ id: ConversationID, _ conversation: Conversation) -> Bool {
        id.group != nil || id == openID || !conversation.outgoing.isEmpty || knownDrafts[id] != nil
    }

    private func summaries() -> [ConversationSummary] {
        conversations.filter(isShown).map { id, conversation in
            // The stream often fails: the row may be older than what was said.
            var (preview, at) = (conversation.preview, conversation.movedAt ?? conversation.readUntil)
            if let newest = conversation.newest, conversation.movedAt == nil || newest.at >= at {
                (preview, at) = (newest.text, newest.at)
            }
            if let outgoing = conversation.outgoing.last {
                (preview, at) = (outgoing.text, max(at, outgoing.queuedAt))
            }
            return ConversationSummary(
                id: id, title: conversation.title, preview: preview, at: at, unread: conversation.unread,
                hasMoreUnread: conversation.unread > 0 && conversation.hasMoreUnread, isListed: conversation.isListed)
        }.sorted { ($1.at, $0.title.handle) < ($0.at, $1.title.handle) }
    }
}
