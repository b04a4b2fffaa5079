import ExactText
import Foundation
import Timestamps
import Traces

/// The front door of the client: what an interface shows, asks and listens to.
///
///     let session = ChatSession(configuration: configuration, dataFolder: folder)
///     Task { await session.run() }
///     for await snapshot in session.updates { draw(snapshot) }
///
/// It wires the rooms behind it (polling, sending, reading, drafts, the history) and publishes a snapshot whenever
/// something has changed; little else.
public actor ChatSession {
    /// What a session is for.
    public enum Purpose: Sendable {
        /// A person looks; what programs which are gone have left in line is sent as well.
        case chat
        /// A command: it sends what it was given and nothing else.
        case command
    }

    /// Snapshots; a slow reader gets the newest only.
    public nonisolated let updates: AsyncStream<ChatSnapshot>
    private let publisher: AsyncStream<ChatSnapshot>.Continuation

    nonisolated let configuration: ClientConfiguration
    private let http: HTTPConnector
    let api: CruddurAPI
    /// The newest calls; `nil`: nobody will look.
    private let ring: TraceRing?
    let clock: any TimeSource
    private let wakes: AsyncStream<Wake>
    let keeper: HistoryKeeper
    let polling: Poller
    let sending: Sending
    let reading: Reading
    let drafts: Drafts

    private(set) var snapshot: ChatSnapshot
    private var list = ConversationList()
    private var archive = ConversationList()
    private var conversations: [ConversationID: Conversation] = [:]
    private var listedAfter: [ConversationID: Double] = [:]
    private var mark = HistoryMark()
    private var shown: ConversationID?
    /// Under which name it is in the history now.
    private var shownNow: ConversationID?
    /// Counts what was shown.
    private var turn = 0
    /// Messages of all conversations that are not known to be stored anywhere but here.
    private var unsent = 0
    /// The server tells who there is; most do not.
    var tellsPeople = true
    private var handleNotice: String?
    private var tokenNotice: String?
    private var isPublishing = false
    private var mustPublish = false

    /// - Parameters:
    ///   - dataFolder: where histories are kept; `nil`: in memory only.
    ///   - wakes: when to look at once, whatever the schedule says; `nil`: when the system says so.
    ///   - exchangeLimit: for one exchange with a server, beside what it may take on purpose; `nil`: the usual one.
    ///   - lockPatience: seconds that a write waits for another program that keeps the history locked.
    ///   - log: where it is written what is asked, answered and sent.
    ///   - random: uniform in 0...1; the jitter of the backoff.
    public init(
        configuration: ClientConfiguration, dataFolder: String? = nil, for purpose: Purpose = .chat,
        clock: any TimeSource = SystemTime(), wakes: AsyncStream<Wake>? = nil,
        exchangeLimit: Duration? = nil, lockPatience: Double = 5, log: ClientLog = .none,
        random: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) {
        self.configuration = configuration
        let me = configuration.ownHandle
        http = HTTPConnector(limit: exchangeLimit ?? HTTPConnector.usualLimit, network: configuration.network, log: log)
        let folder = configuration.keepsHistory ? dataFolder : nil
        let file = folder.map { HistoryFile(configuration, in: $0, patience: lockPatience) }
        let tokens = TokenStore(configuration, http: http, time: clock, log: log)
        let tracer = purpose == .chat ? RingTracer(ring: TraceRing(size: 512), time: clock) : nil
        ring = tracer?.ring
        api = CruddurAPI(
            http: http, tokens: tokens, backend: configuration.backend, paths: configuration.paths,
            calls: tracer.map(TracedCalls.init))
        self.clock = clock
        self.wakes = wakes ?? Wake.ofSystem()
        keeper = HistoryKeeper(
            file, ownerPrefix: purpose == .command ? HistoryOwner.commandPrefix : "", me: me, clock: clock)
        polling = Poller(api, keeper, configuration.polling, me: me, clock: clock, log: log, random: random)
        sending = Sending(
            api, keeper, polling, scope: purpose == .chat ? .everybodys : .own, me: me, clock: clock, log: log,
            random: random)
        reading = Reading(api, keeper, me: me)
        drafts = Drafts(keeper, clock: clock)
        snapshot = ChatSnapshot(
            me: me, backend: configuration.backend.host, profile: configuration.profile,
            isProduction: configuration.isProduction, isReadOnly: configuration.isReadOnly)
        snapshot.signInName = configuration.signInName
        snapshot.canSignIn = configuration.canSignIn
        (updates, publisher) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// How long a refresh of the tokens may hold up the end.
    private static let patience = Duration.seconds(3)

    /// Works until the task is cancelled; when it returns, nothing of it is alive.
    public func run() async {
        await publish()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.keeper.run() }
            group.addTask { await self.polling.run() }
            group.addTask { await self.sending.run() }
            group.addTask { await self.reading.run() }
            group.addTask { await self.drafts.run() }
            group.addTask { for await _ in self.keeper.changes { await self.publish() } }
            group.addTask { for await _ in self.reading.changes { await self.publish() } }
            group.addTask { for await event in self.polling.events { await self.take(event) } }
            group.addTask { for await event in self.sending.events { await self.take(event) } }
            group.addTask { for await wake in self.wakes { await self.take(wake) } }
            group.addTask { await self.api.tokens.run() }
            group.addTask { for await event in self.api.tokens.events { await self.take(event) } }
            group.addTask { await self.learnHandle() }
        }
        await Task { await api.tokens.finish(within: Self.patience) }.value
        await keeper.close()
        publisher.finish()
        await http.shutdown()
    }

    /// Hands on the steps of this session's calls as they come, the newest few hundred before the rest, until the
    /// task is cancelled; and those of the server, if it tells them.
    public nonisolated func watchCalls(_ take: @escaping @Sendable ([TraceSpan]) -> Void) async {
        guard let ring else { return }
        await CallWatch(api: api, ring: ring, clock: clock).follow(take)
    }

    /// How a person is told of what comes.
    public nonisolated var notifications: NotificationSettings { configuration.notifications }
    public nonisolated var copyCommand: String? { configuration.copyCommand }
    public nonisolated var openCommand: String? { configuration.openCommand }
    public nonisolated var spelling: SpellingSettings { configuration.spelling }

    // MARK: What the rooms tell

    private func take(_ event: Poller.Event) async {
        switch event {
        case .connection: await publish()
        case .answered:
            await keeper.returnToDisk()
            await sending.workOn()
        case .gap(let id): await reading.fillGap(in: id)
        case .listed(let id, let seconds):
            listedAfter[id] = seconds
            put(id)
            await publish()
        }
    }

    private func take(_ event: Sending.Event) async {
        switch event {
        case .sent(let id, let group, let time): await polling.sent(in: id, group: group, at: time)
        case .unsure(let group): await polling.lookFor(group: group)
        case .handle(let handle): await learn(handle)
        }
    }

    private func take(_ wake: Wake) async {
        switch wake {
        case .machine: await refresh()
        case .network: await polling.refreshIfFaulty()
        }
    }

    private func take(_ event: TokenStore.Event) async {
        switch event {
        case .renewed: return await polling.refreshIfFaulty()
        case .imported(let path):
            tokenNotice = "your tokens are kept in \(path) now; those of the configuration are needed no more"
        case .anothers(let handle):
            tokenNotice = "\(handle.map { "@\($0)" } ?? "somebody else") has signed in here; restart to be them"
        }
        await publish()
    }

    /// - Returns: whether they are the same user's.
    func take(_ fresh: KeptSignIn.Kept) async -> Bool {
        guard await api.tokens.accept(fresh) else { return false }
        snapshot.signInName = fresh.username ?? snapshot.signInName
        await refresh()
        return true
    }

    /// Asks until somebody tells: a network that is not there yet says nothing about whose the messages are.
    private func learnHandle() async {
        var pause = Duration.seconds(2)
        while snapshot.me == nil, !Task.isCancelled {
            do {
                guard let handle = try await api.tokens.handle() else { return await missHandle() }
                return await learn(handle)
            } catch {
                // Where nobody answers, that is what there is to say.
                if snapshot.connection.state == .online { await missHandle() }
                try? await clock.sleep(for: pause)
                pause = min(pause * 2, .seconds(300))
            }
        }
    }

    private func missHandle() async {
        guard !Task.isCancelled, snapshot.me == nil, handleNotice == nil else { return }
        handleNotice =
            "your own handle is not known: set handle in the configuration, or your messages may look like others'"
        await publish()
    }

    /// What the server calls the sender of our message counts, whatever the configuration says.
    private func learn(_ handle: String) async {
        guard !handle.isEmpty, !handle.isExactly(snapshot.me) else { return }
        handleNotice = snapshot.me.map { "the server knows you as @\(handle); your configuration says @\($0)" }
        snapshot.me = handle
        await keeper.learn(handle)
        await polling.learn(handle)
        await sending.learn(handle)
        await reading.learn(handle)
        // Whose the last messages are shows in the list.
        for id in conversations.keys { put(id) }
        await publish()
    }

    // MARK: What is shown

    /// Brings this conversation's transcript into the snapshots, from now on; it is polled.
    public func show(_ id: ConversationID, at place: TranscriptPlace = .newest) async {
        turn += 1
        let left = shownNow
        (shown, shownNow) = (id, nil)
        if let left { put(left) }
        await followShown()
        await reading.show(id, at: place)
        await publish()
    }

    // MARK: Snapshots

    /// Takes in what has changed in the history, whoever has changed it: what is published is what is there.
    private func takeChanges() async {
        let since = mark
        guard let news = await keeper.use({ try await $0.conversations(changedSince: since) }) else { return }
        guard news.mark != since else { return }
        mark = news.mark
        if news.isWhole {
            if since.changes >= 0 { await polling.startAnew() }
            (conversations, list, archive, unsent) = ([:], ConversationList(), ConversationList(), 0)
        }
        for conversation in news.conversations {
            unsent += conversation.outbox.unsent - (conversations[conversation.id]?.outbox.unsent ?? 0)
            conversations[conversation.id] = conversation
            put(conversation.id)
        }
        snapshot.isRestored = true
        guard let now = shownNow, news.isWhole || news.conversations.contains(where: { $0.id == now }) else { return }
        await reading.reload()
    }

    /// What is on screen keeps its name, and is polled under its group, whatever became of it.
    private func followShown() async {
        guard let shown else { return }
        let turn = turn
        let now = await keeper.current(shown)
        guard turn == self.turn else { return }
        if now != shownNow {
            list.remove(shown)
            archive.remove(shown)
            shownNow = now
            put(now)
        }
        await polling.show(shown, conversations[now]?.group, turn: turn)
    }

    /// Looking a person up is no reason to keep a row for them.
    private func put(_ id: ConversationID) {
        list.remove(id)
        archive.remove(id)
        guard let conversation = conversations[id] else { return }
        let isShown = id == shownNow
        guard conversation.group != nil || isShown || !conversation.outbox.isEmpty || conversation.hasDraft
        else { return }
        // Under the name by which the interface knows it.
        let name = isShown ? shown ?? id : id
        let summary = conversation.summary(as: name, listedAfter: listedAfter[id], me: snapshot.me)
        // Who looks at it has it in the list.
        if conversation.isArchived, !isShown { archive.put(summary) } else { list.put(summary) }
    }

    /// One at a time, so that none overtakes a newer one.
    private func publish() async {
        mustPublish = true
        guard !isPublishing else { return }
        isPublishing = true
        while mustPublish {
            mustPublish = false
            await compose()
            publisher.yield(snapshot)
        }
        isPublishing = false
    }

    private func compose() async {
        // First what was answered, then what that has brought: never the other way round.
        let standing = await polling.standing
        await takeChanges()
        await followShown()
        let (keeping, notice) = await keeper.state
        let group = shownNow.flatMap { conversations[$0]?.group }
        let isFresh = group.map { standing.answered.contains(.messages(group: $0)) } ?? true
        snapshot.transcript = await reading.transcript(isFresh: isFresh)
        snapshot.connection = standing.connection
        snapshot.reach = await reading.reach
        snapshot.hasGroups = standing.answered.contains(.groups)
        snapshot.unreadableRows = standing.unreadableRows
        snapshot.conversations = list.rows
        snapshot.archived = archive.rows
        snapshot.unsent = unsent
        snapshot.keeping = keeping
        snapshot.notice = notice ?? tokenNotice ?? handleNotice
    }
}

// MARK: - The person

extension ChatSession {
    /// The person is here: polls keep their pace.
    public func noteActivity() async { await polling.noteActivity() }

    /// Nobody looks: polls slow down; or somebody does again.
    public func setFocus(_ isFocused: Bool) async { await polling.setFocus(isFocused) }

    /// Polls now, also while waiting after a fault; tries again what waits to be sent.
    public func refresh() async {
        await keeper.returnToDisk(force: true)
        await polling.refresh()
        await sending.tryNow()
    }
}
