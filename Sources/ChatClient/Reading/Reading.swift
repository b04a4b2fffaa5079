import Timestamps

/// The transcript on screen: a window of the history, older pages of servers that can tell them, and gaps.
actor Reading {
    /// One element for one or more changes of what is shown.
    nonisolated let changes: AsyncStream<Void>
    private let announcing: AsyncStream<Void>.Continuation
    private let gaps: AsyncStream<ConversationID>
    private let gapping: AsyncStream<ConversationID>.Continuation
    private let api: CruddurAPI
    private let keeper: HistoryKeeper

    private var me: String?
    private var shown: ConversationID?
    private var window = TranscriptWindow()
    private var content = WindowContent()
    /// Whether `content` is that of `shown`.
    private var isRead = false
    /// Counts the person's moves through the transcript.
    private var journey = 0
    private var running: Task<Void, Never>?
    private var queued: Task<Void, Never>?
    private let journeys: AsyncStream<(ConversationID, Int)>
    private let travelling: AsyncStream<(ConversationID, Int)>.Continuation
    /// Groups of which older messages are being fetched.
    private var fetching: Set<String> = []
    /// The server has shown that it cannot tell older messages.
    private var cannotReadBack = false
    /// How far a search can look.
    private(set) var reach = SearchReach()

    init(_ api: CruddurAPI, _ keeper: HistoryKeeper, me: String?) {
        self.api = api
        self.keeper = keeper
        self.me = me
        (changes, announcing) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (gaps, gapping) = AsyncStream.makeStream()
        (journeys, travelling) = AsyncStream.makeStream()
    }

    /// Fills gaps, and reads back to the first message for who wants to see it, until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { for await id in self.gaps { await self.fill(id) } }
            group.addTask { for await (id, journey) in self.journeys { await self.readToStart(id, journey) } }
        }
        announcing.finish()
    }

    // MARK: What the person asks for

    /// Shows this conversation from now on, at a place.
    func show(_ id: ConversationID, at place: TranscriptPlace) async {
        journey += 1
        let journey = journey
        if id != shown { (shown, isRead) = (id, false) }
        await move(to: place, journey)
        if place == .oldest { travelling.yield((id, journey)) }
    }

    func loadOlder(_ id: ConversationID) async {
        guard id == shown else { return }
        journey += 1
        if content.hasOlder { return await extend(older: true, journey) }
        guard !content.reachesStart, let oldest = content.messages.first?.message else { return }
        await fetch(id, before: oldest)
    }

    func loadNewer(_ id: ConversationID) async {
        guard id == shown, content.newer > 0 else { return }
        journey += 1
        await extend(older: false, journey)
    }

    func learn(_ handle: String) async {
        me = handle
        await reload()
    }

    /// After this page, older ones are missing.
    func fillGap(in id: ConversationID) {
        gapping.yield(id)
    }

    // MARK: The window

    private func move(to place: TranscriptPlace, _ journey: Int) async {
        guard let id = shown else { return }
        guard let window = await keeper.use(in: id, { try await $0.window(place, in: $1) }), journey == self.journey
        else { return }
        self.window = window
        await reload()
    }

    private func extend(older: Bool, _ journey: Int) async {
        guard let id = shown else { return }
        let (now, times) = (window, content.messages.map(\.message.at))
        let wider = await keeper.use(in: id) { try await $0.extended(now, times, older: older, in: $1) }
        guard let wider, journey == self.journey else { return }
        window = wider
        await reload()
    }

    /// Reads what is shown anew. One at a time; when this returns, a read has ended that began after it was called.
    func reload() async {
        if let queued { return await queued.value }
        let running = running
        let task = Task {
            await running?.value
            queued = nil
            await read()
        }
        (queued, self.running) = (task, task)
        await task.value
    }

    private func read() async {
        guard let id = shown else { return }
        let (window, me) = (window, me)
        let read = await keeper.use(in: id) { try await $0.content(window, of: $1, me: me) }
        // Whoever has moved on meanwhile reads that.
        guard let read, id == shown, window == self.window else { return }
        content = read
        isRead = true
        // From now on the far end stays where it is, whatever arrives.
        if window.from == nil { self.window.from = Self.farEnd(of: read) }
        announcing.yield()
    }

    /// Where all is shown there is no far end: what comes may be dated before all that is there.
    private static func farEnd(of content: WindowContent) -> Timestamp? {
        content.hasOlder ? content.messages.first?.message.at : Timestamp(microseconds: .min)
    }

    /// - Parameters:
    ///   - isFresh: whether a server has told this conversation since the start.
    /// - Returns: `nil` while it has not been read yet.
    func transcript(isFresh: Bool) -> Transcript? {
        guard let shown, isRead, let title = content.title else { return nil }
        let listed = content.messages.map {
            TranscriptEntry($0.message, me: me, other: title.handle, isUnread: $0.isUnread, isBeforeGap: $0.isBeforeGap)
        }
        return Transcript(
            id: shown, title: title, isGroup: content.group != nil,
            entries: listed + content.outgoing.map { TranscriptEntry($0, me: me) }, told: content.told,
            isLoaded: isFresh || !listed.isEmpty || content.group == nil, isFresh: isFresh, newer: content.newer)
    }

    // MARK: From the server

    /// Fetches page after page until the first message of all is known, or the person goes elsewhere.
    private func readToStart(_ id: ConversationID, _ journey: Int) async {
        for _ in 0..<Self.longestJourney {
            guard journey == self.journey, !content.reachesStart,
                let oldest = await keeper.use(in: id, { try await $0.oldest(in: $1) }).flatMap({ $0 }),
                await fetch(id, before: oldest), journey == self.journey
            else { return }
            await move(to: .oldest, journey)
        }
    }

    /// Fetches older pages of all conversations, a page of each in turn, until all is here or the task is cancelled.
    func readBack() async {
        var open = await known().filter { $0.group != nil && !$0.reachesStart }
        for _ in 0..<Self.longestJourney where !open.isEmpty {
            for conversation in open {
                await tellReach(isReading: true)
                guard !Task.isCancelled else { return await tellReach(isReading: false) }
                let id = conversation.id
                let oldest = await keeper.use(in: id) { try await $0.oldest(in: $1) }.flatMap { $0 }
                let isMore = if let oldest { await fetch(id, before: oldest) } else { await fetchNewest(id) }
                if !isMore { open.removeAll { $0.id == id } }
            }
        }
        await tellReach(isReading: false)
    }

    /// Of a conversation that was never on screen.
    private func fetchNewest(_ id: ConversationID) async -> Bool {
        let group = await keeper.use(in: id) { try await $0.conversation($1)?.group }.flatMap { $0 }
        guard let group, let rows = try? await api.messages(in: group, PollTicket()).rows?.rows.map(Message.init),
            !rows.isEmpty
        else { return false }
        let me = me
        await keeper.use(in: id) { try await $0.merge(rows, in: $1, me: me) }
        return !cannotReadBack
    }

    private func known() async -> [Conversation] { await keeper.use { try await $0.conversations() } ?? [] }

    private func tellReach(isReading: Bool) async {
        let groups = await known().filter { $0.group != nil }
        let reach = SearchReach(
            whole: groups.count { $0.reachesStart }, all: groups.count, isReading: isReading, isRefused: cannotReadBack)
        guard reach != self.reach else { return }
        self.reach = reach
        announcing.yield()
    }

    /// Pages; who wants to see more asks again.
    private static let longestJourney = 100

    /// Fetches what was missed, from its newer end, until it meets what was known.
    private func fill(_ id: ConversationID) async {
        for _ in 0..<Self.longestFill {
            let after = await keeper.use(in: id) { try await $0.messageAfterLastGap(in: $1) }.flatMap { $0 }
            guard let after, await fetch(id, before: after) else { return }
        }
    }

    /// Pages; who was away for longer sees the gap.
    private static let longestFill = 20

    /// - Returns: whether this brought anything.
    @discardableResult
    private func fetch(_ id: ConversationID, before message: Message) async -> Bool {
        let group = await keeper.use(in: id) { try await $0.conversation($1)?.group }.flatMap { $0 }
        guard let group, !cannotReadBack, fetching.insert(group).inserted else { return false }
        let answer = try? await api.messages(in: group, before: message.at)
        fetching.remove(group)
        // A fault is told by the polls; whoever scrolls up again asks again.
        guard let rows = answer?.rows.map(Message.init) else { return false }
        guard rows.allSatisfy({ $0.at < message.at }) else {
            // It has ignored the question.
            cannotReadBack = true
            return false
        }
        let me = me
        if rows.isEmpty {
            await keeper.use(in: id) { try await $0.setReachesStart($1) }
        } else {
            await keeper.use(in: id) { try await $0.merge(rows, in: $1, .before(message), me: me) }
            if id == shown, let from = window.from, message.at <= from { window.from = rows.map(\.at).min() }
        }
        if id == shown { await reload() }
        return !rows.isEmpty
    }
}
