import Foundation
import Timestamps

/// Polls by schedule, one request of a resource at a time, and merges the answers into the history.
actor Poller {
    /// What others may want to know.
    enum Event: Sendable {
        /// How things stand with the server may be told otherwise.
        case connection
        /// The server has answered.
        case answered
        /// After this page, older ones are missing.
        case gap(ConversationID)
        /// The list shows a conversation's last message of ours, so many seconds after the server took it.
        case listed(ConversationID, after: Double)
    }

    nonisolated let events: AsyncStream<Event>
    private let telling: AsyncStream<Event>.Continuation
    private let api: CruddurAPI
    private let keeper: HistoryKeeper
    private let clock: any TimeSource
    private let log: ClientLog
    private let random: @Sendable () -> Double

    private var schedule: PollSchedule
    private var groups: GroupList?
    private var me: String?
    private var shown: Shown?
    private var polls = PollStates()
    private var alarm: Task<Void, Never>?
    /// Counts how often all that was known was wiped: what was asked before tells nothing of it.
    private var era = 0
    private var awaited = AwaitedRows()

    fileprivate struct Shown {
        let id: ConversationID
        let group: String?
        let since: Duration
        let turn: Int
    }

    /// A conversation that is looked at for so long is worth an answer that is held: who only passes by leaves none
    /// behind.
    private static let settled = Duration.seconds(3)

    init(
        _ api: CruddurAPI, _ keeper: HistoryKeeper, _ polling: ClientConfiguration.Polling, me: String?,
        clock: any TimeSource, log: ClientLog = .none, random: @escaping @Sendable () -> Double
    ) {
        self.api = api
        self.keeper = keeper
        self.me = me
        self.clock = clock
        self.log = log
        self.random = random
        schedule = PollSchedule(polling)
        (events, telling) = AsyncStream.makeStream()
    }

    /// Polls until the task is cancelled.
    func run() async {
        await keeper.open()
        await readBack()
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                for resource in schedule.due(at: clock.elapsed()) {
                    schedule.began(resource)
                    group.addTask { await self.pollUnlessGivenUp(resource) }
                }
                await waitForNext()
            }
            polls.giveUp()
        }
        telling.finish()
    }

    private func waitForNext() async {
        let now = clock.elapsed()
        let next = schedule.next ?? now + .seconds(86_400)
        guard next > now, !Task.isCancelled else { return }
        let sleeper = clock
        let alarm = Task { _ = try? await sleeper.sleep(for: next - now) }
        self.alarm = alarm
        await withTaskCancellationHandler {
            await alarm.value
        } onCancel: {
            alarm.cancel()
        }
    }

    private func wake() {
        alarm?.cancel()
    }

    /// A poll of its own, so that it alone can be given up.
    private func pollUnlessGivenUp(_ resource: PollSchedule.Resource) async {
        let poll = Task { await self.poll(resource) }
        polls[resource].inFlight = poll
        await withTaskCancellationHandler {
            await poll.value
        } onCancel: {
            poll.cancel()
        }
        if polls[resource].inFlight == poll { polls[resource].inFlight = nil }
        wake()
    }

    // MARK: One poll

    private func poll(_ resource: PollSchedule.Resource) async {
        let begin = clock.elapsed()
        let era = era
        let ticket = ticket(for: resource, at: begin)
        polls.began(resource, ticket, waits: ticket.waits && ticket.tag != nil, at: begin)
        defer { polls[resource].ended() }
        do {
            let answer: Polled
            switch resource {
            case .groups: answer = try await api.groups(ticket)
            case .messages(let group): answer = try await api.messages(in: group, ticket)
            }
            // From here on it is taken in, whoever goes away: what a tag stands for must be known.
            let taken = await Task { await self.take(answer, of: resource) }.value
            guard era == self.era, let isNews = taken else { return forget(resource) }
            let elapsed = clock.elapsed() - begin
            ended(
                resource, answer.next,
                .init(
                    isNews: isNews, wasHeld: answer.next.wasHeld ? elapsed : nil,
                    isOffered: ticket.waits && ticket.tag == nil && answer.next.tag != nil))
        } catch {
            if Task.isCancelled {
                schedule.cancelled(resource, at: clock.elapsed())
                return note(.cancelled, of: resource)
            }
            // Something on the way does not like to wait for an answer.
            if ticket.waits, clock.elapsed() - begin > .seconds(5) { polls[resource].isImpatient = true }
            await failed(resource, error as? APIError ?? .connectionLost)
        }
    }

    /// An answer is asked to be held only where somebody will be there to get it, and not after a fault: then the
    /// first answer is wanted at once, because it ends the fault.
    private func ticket(for resource: PollSchedule.Resource, at time: Duration) -> PollTicket {
        let state = polls[resource]
        var ticket = state.ticket
        let isPassing = shown.map { resource == $0.resource && time - $0.since < Self.settled } ?? false
        ticket.waits = state.fault == nil && !state.isImpatient && !isPassing && !state.isWanted
        return ticket
    }

    private func ended(_ resource: PollSchedule.Resource, _ next: PollTicket, _ answer: PollSchedule.Answer) {
        let now = clock.elapsed()
        let wasFaulty = polls[resource].fault != nil
        polls.answered(resource, next, at: now, now: clock.now())
        schedule.succeeded(resource, at: now, answer)
        note(answer.isNews ? .news : .known, of: resource)
        if wasFaulty { retryUnreachable(at: now) }
        telling.yield(.answered)
        telling.yield(.connection)
    }

    /// It could not be taken in, or all that was known was wiped meanwhile: it is asked for anew.
    private func forget(_ resource: PollSchedule.Resource) {
        polls[resource].forget()
        if resource == .groups { groups = nil }
        schedule.succeeded(resource, at: clock.elapsed())
    }

    /// The network is back: who only lacked that need not wait for its turn.
    private func retryUnreachable(at time: Duration) {
        for resource in polls.unreachable { schedule.pollNow(resource, at: time) }
    }

    private func failed(_ resource: PollSchedule.Resource, _ error: APIError) async {
        schedule.failed(resource, at: clock.elapsed(), retryAfter: error.retryAfter, random: random())
        note(.failed(LoggedFault(error)), of: resource)
        if error == .unauthorized {
            polls.signedOut(expired: await api.tokens.expires, reason: await api.tokens.refusal)
        }
        polls[resource].failed(error, at: clock.now())
        telling.yield(.connection)
    }

    private func note(_ outcome: ClientEvent.PollOutcome, of resource: PollSchedule.Resource) {
        let next = schedule.next(of: resource).map { max(0, ($0 - clock.elapsed()) / .seconds(1)) }
        log.note(.polled(group: resource.group, outcome, next: next))
    }

    // MARK: What an answer means

    /// - Returns: whether it tells anything that was not known; `nil`: it could not be taken in.
    private func take(_ answer: Polled, of resource: PollSchedule.Resource) async -> Bool? {
        guard let rows = answer.rows else {
            if resource == .groups { await takeListAgain() }
            return false
        }
        let digest = rows.rows.hashValue
        let isNew = polls[resource].lastRows != digest
        switch resource {
        case .groups:
            let listed = rows.rows.compactMap(Group.init)
            polls[resource].unreadable = rows.unreadable + rows.rows.count - listed.count
            if !isNew { await takeListAgain() } else if await !takeList(listed) { return nil }
        case .messages(let group):
            polls[resource].unreadable = rows.unreadable
            if isNew, await !takeMessages(rows.rows.map(Message.init), in: group) { return nil }
        }
        polls[resource].lastRows = digest
        return isNew
    }

    /// - Returns: whether it is in the history.
    private func takeList(_ page: [Group]) async -> Bool {
        guard var list = await knownGroups(), let known = await keeper.use({ try await $0.beginning() }) else {
            return false
        }
        let beginning = known
        if beginning == nil, !page.isEmpty {
            let start = Self.beginning(of: page)
            await keeper.use { try await $0.setBeginning(start) }
        }
        let news = list.take(page)
        groups = list
        if !news.changed.isEmpty {
            guard let behind = await keeper.use({ try await $0.save(news.changed, readUntil: beginning) }) else {
                return false
            }
            fetch(behind, hasHistory: beginning != nil)
            if beginning != nil { schedule.news(at: clock.elapsed()) }
        }
        await keep(news)
        checkAwaited(page)
        return true
    }

    /// Whatever this list does not show was not newer than that.
    private static func beginning(of page: [Group]) -> Timestamp {
        guard page.count >= GroupList.fullPage, let oldest = page.map(\.at).min() else {
            return Timestamp(microseconds: .min)
        }
        return oldest
    }

    private func takeListAgain() async {
        guard var list = groups else { return }
        let news = list.takeAgain()
        groups = list
        await keep(news)
    }

    private func keep(_ news: GroupList.News) async {
        if !news.listed.isEmpty { await keeper.use { try await $0.setListed(true, groups: news.listed) } }
        if !news.unlisted.isEmpty { await keeper.use { try await $0.setListed(false, groups: news.unlisted) } }
    }

    private func knownGroups() async -> GroupList? {
        if let groups { return groups }
        return await keeper.use { try await $0.groups() }
    }

    /// A row that tells of a message that is not here is fetched, once. Who has no history yet would fetch every
    /// conversation there is.
    private func fetch(_ behind: [Conversation], hasHistory: Bool) {
        for conversation in behind {
            guard let group = conversation.group,
                hasHistory || conversation.id == shown?.id || conversation.outbox.mayBeListed
            else { continue }
            want(group)
        }
    }

    private func want(_ group: String) {
        polls[.messages(group: group)].isWanted = true
        schedule.pollNow(.messages(group: group), at: clock.elapsed())
    }

    /// - Returns: whether they are in the history.
    private func takeMessages(_ page: [Message], in group: String) async -> Bool {
        let me = me
        let merged = await keeper.use { history -> (Conversation, MergedPage)? in
            guard let conversation = try await history.conversation(ofGroup: group) else { return nil }
            return (conversation, try await history.merge(page, in: conversation.id.row, me: me))
        }
        guard let (conversation, page) = merged.flatMap({ $0 }) else { return false }
        if page.isNews { schedule.news(at: clock.elapsed()) }
        if page.hasGap { telling.yield(.gap(conversation.id)) }
        return true
    }

    private func checkAwaited(_ page: [Group]) {
        for (id, time) in awaited.take(page, at: clock.elapsed()) {
            telling.yield(.listed(id, after: time / .seconds(1)))
        }
        if awaited.isEmpty { schedule.streamArrived() }
    }

    /// What may have arrived is looked for, and what was announced and never fetched.
    private func readBack() async {
        for conversation in await keeper.use({ try await $0.conversations() }) ?? [] {
            guard let group = conversation.group, conversation.isBehind || conversation.outbox.mayBeListed
            else { continue }
            want(group)
        }
    }
}

// MARK: - What others ask

extension Poller {
    /// This conversation is on screen: it alone is polled on its own.
    ///
    /// - Parameter turn: counts what was shown; what is told late of an earlier one changes nothing.
    func show(_ id: ConversationID, _ group: String?, turn: Int) {
        let now = clock.elapsed()
        if let shown, shown.turn > turn || shown.id == id && shown.group == group { return }
        if let left = shown, left.id != id, let resource = left.resource, polls[resource].isWaiting {
            // Nobody looks at the other one any more.
            polls[resource].inFlight?.cancel()
        }
        shown = Shown(id: id, group: group, since: shown?.id == id ? shown?.since ?? now : now, turn: turn)
        schedule.open(group, at: now)
        telling.yield(.connection)
        wake()
    }

    /// Polls now, also while waiting after a fault.
    func refresh() {
        let now = clock.elapsed()
        for resource in onScreen {
            // A held answer is no answer now.
            polls[resource].ticket = PollTicket()
            polls[resource].inFlight?.cancel()
            schedule.pollNow(resource, at: now)
        }
        wake()
    }

    /// Who is connected need not ask.
    func refreshIfFaulty() {
        if polls.hasFault { refresh() }
    }

    func noteActivity() {
        schedule.present(at: clock.elapsed())
        wake()
    }

    func setFocus(_ isFocused: Bool) {
        schedule.setFocus(isFocused, at: clock.elapsed())
        // The next answer is due at another time.
        telling.yield(.connection)
        wake()
    }

    func learn(_ handle: String) {
        me = handle
    }

    /// What is known was wiped: all is to be told anew.
    func startAnew() {
        era += 1
        groups = nil
        polls.forget()
        refresh()
    }

    /// The server has taken a message of ours, at its own time `at`: until the list shows it, it is polled quickly.
    func sent(in id: ConversationID, group: String, at time: Timestamp?) {
        let now = clock.elapsed()
        if let time { awaited.expect(id, of: group, at: time, taken: now) }
        schedule.awaitStream(at: now)
        want(group)
        wake()
    }

    /// Somebody writes.
    func noteWriting() {
        schedule.news(at: clock.elapsed())
    }

    /// Reads back whether something has arrived.
    func lookFor(group: String?) {
        let now = clock.elapsed()
        schedule.pollNow(.groups, at: now)
        if let group { want(group) }
        wake()
    }

    /// Whether what the server lists of this group is known as it is now: the last poll was answered just now, or a
    /// server holds the next answer until there is news.
    func isCurrent(group: String) -> Bool {
        let resource = PollSchedule.Resource.messages(group: group)
        let state = polls[resource]
        guard shown?.group == group, state.fault == nil, let last = state.answered else { return false }
        return state.isHeld || clock.elapsed() - last < Self.currentFor
    }

    private static var currentFor: Duration { .seconds(5) }

    var standing: PollStates.Standing {
        polls.standing(of: onScreen, schedule, at: clock.elapsed(), now: clock.now())
    }

    /// The groups' fault matters more than that of the conversation on screen; others are not on screen.
    private var onScreen: [PollSchedule.Resource] { [.groups] + [shown?.resource].compactMap { $0 } }
}

extension PollSchedule.Resource {
    fileprivate var group: String? {
        if case .messages(let group) = self { group } else { nil }
    }
}

extension Poller.Shown {
    fileprivate var resource: PollSchedule.Resource? { group.map { .messages(group: $0) } }
}
