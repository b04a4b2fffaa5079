import Foundation
import Timestamps

/// The front door of the client: what an interface opens, asks and listens to.
///
///     let session = ChatSession(configuration: configuration)
///     Task { await session.run() }
///     for await snapshot in session.updates { draw(snapshot) }
///
/// It polls by schedule, merges what it is told, sends what it is given, and publishes
/// a snapshot whenever something has changed.
public actor ChatSession {
    /// Snapshots; a slow reader gets the newest only.
    public nonisolated let updates: AsyncStream<ChatSnapshot>

    let api: CruddurAPI
    let clock: any SessionClock
    private let http: HTTPConnector
    private let tokens: TokenStore
    private let publisher: AsyncStream<ChatSnapshot>.Continuation
    private let random: @Sendable () -> Double

    var groups = GroupList()
    var conversations: [ConversationID: Conversation] = [:]
    var openID: ConversationID?
    private var formerID: ConversationID?
    var schedule: PollSchedule
    var snapshot: ChatSnapshot
    /// The newest row of the first list, by the server's clock: what is newer is unread.
    private var start = Timestamp(microseconds: .min)
    var nextOutgoing = 1
    /// What the groups shall show before polls slow down: group, text, when it was sent.
    var awaited: (group: String, at: Timestamp)?
    private var alarm: Task<Void, Never>?
    /// What is in flight, and what the next poll of each resource may say of the last.
    private var polls: [PollSchedule.Resource: Task<Void, Never>] = [:]
    private var tickets: [PollSchedule.Resource: PollTicket] = [:]
    /// Resources whose polls failed while an answer was held.
    private var impatient: Set<PollSchedule.Resource> = []
    /// Resources whose last poll failed.
    private var faults: [PollSchedule.Resource: Fault] = [:]
    private var tokenExpired: Timestamp?
    /// Rows of the last answers that could not be read.
    private var unreadable: [PollSchedule.Resource: Int] = [:]

    private struct Fault {
        let error: APIError
        let since: Timestamp

        func reason(for resource: PollSchedule.Resource) -> String {
            switch (error, resource) {
            case (.notFound, .groups):
                "the server has no message groups at this path (404); check backend_url and paths"
            case (_, .groups): error.description
            case (_, .messages): "this conversation: \(error.description)"
            }
        }
    }

    /// - Parameter random: uniform in 0...1; the jitter of the backoff.
    public init(
        configuration: ClientConfiguration, clock: any SessionClock = SystemClock(),
        random: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) {
        http = HTTPConnector()
        tokens = TokenStore(
            configuration.tokens, cognito: CognitoClient(http: http, configuration: configuration.cognito),
            now: { clock.now() })
        api = CruddurAPI(http: http, tokens: tokens, backend: configuration.backend, paths: configuration.paths)
        self.clock = clock
        self.random = random
        schedule = PollSchedule(configuration.polling)
        snapshot = ChatSnapshot(me: configuration.handle, backend: configuration.backend.host)
        (updates, publisher) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Polls until the task is cancelled; then closes its connections.
    public func run() async {
        if snapshot.me == nil {
            Task { await learn(handle: tokens.handle()) }
        }
        publish()
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
        for poll in polls.values { poll.cancel() }
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

    func publish() {
        snapshot.connection.state = connectionState()
        snapshot.conversations = summaries()
        snapshot.open = openID.flatMap { id in
            conversations[id].map {
                OpenConversation(
                    id: id, formerID: formerID, title: $0.title, entries: $0.entries(me: snapshot.me),
                    readUntil: $0.readUntil, isLoaded: $0.isLoaded)
            }
        }
        snapshot.unreadableRows =
            unreadable[.groups, default: 0]
            + (openID.flatMap(groupUUID).flatMap { unreadable[.messages(group: $0)] } ?? 0)
        snapshot.unsent = conversations.values.reduce(0) { count, conversation in
            count + conversation.outgoing.count { if case .sent = $0.state { false } else { true } }
        }
        publisher.yield(snapshot)
    }

    func learn(handle: String?) {
        guard let handle, snapshot.me == nil else { return }
        snapshot.me = handle
        publish()
    }
}

// MARK: - What an interface asks

extension ChatSession {
    /// Shows a conversation; it is polled from now on.
    public func open(_ id: ConversationID) {
        guard conversations[id] != nil else { return }
        // Nobody looks at the other one any more.
        if id != openID, let left = openID.flatMap(groupUUID) { polls[.messages(group: left)]?.cancel() }
        openID = id
        formerID = nil
        schedule.open(groupUUID(id), at: clock.elapsed())
        publish()
        wake()
    }

    /// Everything up to `time` in this conversation has been seen.
    public func markRead(_ id: ConversationID, until time: Timestamp) {
        guard let conversation = conversations[id], conversation.readUntil < time else { return }
        conversations[id]?.readUntil = time
        publish()
    }

    /// The person is here: polls keep their pace.
    public func noteActivity() {
        schedule.active(at: clock.elapsed())
        wake()
    }

    /// Polls now, also while waiting after a fault; tries again what waits to be sent.
    public func refresh() {
        let now = clock.elapsed()
        for resource in [.groups] + (openID.flatMap(groupUUID).map { [.messages(group: $0)] } ?? [])
            as [PollSchedule.Resource]
        {
            // A held answer is no answer now.
            tickets[resource] = nil
            polls[resource]?.cancel()
            schedule.pollNow(resource, at: now)
        }
        wake()
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
        if let group = groups.group(with: person.handle) { return open(.group(group.uuid)) }
        let id = ConversationID.new(handle: person.handle)
        if conversations[id] == nil {
            var conversation = Conversation(title: person, readUntil: clock.now())
            conversation.isLoaded = true
            conversations[id] = conversation
        }
        open(id)
    }

    func groupUUID(_ id: ConversationID) -> String? {
        if case .group(let uuid) = id { return uuid }
        return nil
    }
}

// MARK: - Polls

extension ChatSession {
    private func poll(_ resource: PollSchedule.Resource) async {
        let begin = clock.elapsed()
        var ticket = tickets[resource] ?? PollTicket()
        // After a fault, the first answer is wanted at once: it ends the fault.
        ticket.waits = faults[resource] == nil && !impatient.contains(resource)
        do {
            let next: PollTicket
            let isNews: Bool
            switch resource {
            case .groups:
                let answer = try await api.groups(ticket)
                if let rows = answer.rows { take(rows) }
                (next, isNews) = (answer.next, answer.rows != nil)
            case .messages(let group):
                let answer = try await api.messages(in: group, ticket)
                if let rows = answer.rows { take(rows, in: group) }
                (next, isNews) = (answer.next, answer.rows != nil)
            }
            let now = clock.elapsed()
            tickets[resource] = next
            // Who says to wait, and then does not, is polled like all others.
            let waited = isNews || now - begin > .seconds(1)
            schedule.succeeded(
                resource, at: now, serverWaits: next.wasHeld ? waited : next.tag != nil && ticket.tag == nil)
            faults[resource] = nil
            snapshot.connection.lastRefresh = clock.now()
            publish()
            sendWaiting()
        } catch {
            await ended(resource, after: ticket.waits ? clock.elapsed() - begin : .zero, error)
        }
        wake()
    }

    private func ended(_ resource: PollSchedule.Resource, after waited: Duration, _ error: any Error) async {
        if Task.isCancelled { return schedule.cancelled(resource, at: clock.elapsed()) }
        // Something on the way does not like to wait for an answer.
        if waited > .seconds(5) { impatient.insert(resource) }
        await failed(resource, error as? APIError ?? .connectionLost)
    }

    private func failed(_ resource: PollSchedule.Resource, _ error: APIError) async {
        schedule.failed(resource, at: clock.elapsed(), retryAfter: error.retryAfter, random: random())
        if error == .unauthorized { tokenExpired = await tokens.expires }
        faults[resource] = Fault(error: error, since: faults[resource]?.since ?? clock.now())
        publish()
    }

    /// The groups' fault matters more than the open conversation's; others are not on screen.
    private func connectionState() -> Connection.State {
        var shown: [PollSchedule.Resource] = [.groups]
        if let group = openID.flatMap(groupUUID) { shown.append(.messages(group: group)) }
        for resource in shown {
            guard let fault = faults[resource] else { continue }
            if fault.error == .unauthorized { return .signedOut(expired: tokenExpired) }
            let wait = schedule.next(of: resource).map { ($0 - clock.elapsed()) / .seconds(1) }
            return .offline(
                reason: fault.reason(for: resource), since: fault.since,
                nextTry: wait.map { clock.now().advanced(bySeconds: max(0, $0)) })
        }
        return snapshot.connection.lastRefresh == nil ? .connecting : .online
    }

    private func take(_ answer: ReadableRows<GroupRow>) {
        let isFirst = !snapshot.hasGroups
        if isFirst, let newest = answer.rows.map(\.createdAt.instant).max() { start = newest }
        let moved = groups.merge(answer.rows.map(Group.init))
        snapshot.hasGroups = true
        unreadable[.groups] = answer.unreadable
        for uuid in moved {
            guard let group = groups.groups[uuid] else { continue }
            adopt(group, isFirst: isFirst)
            // A row that moved means a message that we have not read: fetch it, once.
            if !isFirst || openID == .group(uuid) {
                schedule.pollNow(.messages(group: uuid), at: clock.elapsed())
            }
        }
        if !moved.isEmpty, !isFirst { schedule.active(at: clock.elapsed()) }
        checkStream()
    }

    func adopt(_ group: Group, isFirst: Bool) {
        let id = ConversationID.group(group.uuid)
        let title = UserShort(handle: group.handle, displayName: group.displayName)
        if conversations[id] != nil {
            conversations[id]?.title = title
        } else {
            conversations[id] = Conversation(
                title: title, readUntil: isFirst ? group.at : start)
        }
        becomeGroup(.new(handle: group.handle), group.uuid)
    }

    /// A conversation that waited for its group has one now: everything moves there.
    func becomeGroup(_ new: ConversationID, _ uuid: String) {
        guard let waiting = conversations.removeValue(forKey: new) else { return }
        let id = ConversationID.group(uuid)
        var conversation = conversations[id] ?? Conversation(title: waiting.title, readUntil: waiting.readUntil)
        conversation.outgoing += waiting.outgoing
        conversations[id] = conversation
        guard openID == new else { return }
        openID = id
        formerID = new
        schedule.open(uuid, at: clock.elapsed())
    }

    private func checkStream() {
        guard let awaited, let group = groups.groups[awaited.group], group.at >= awaited.at else { return }
        snapshot.streamLag = max(0, clock.now().seconds(since: awaited.at))
        self.awaited = nil
        schedule.streamArrived()
    }

    private func take(_ answer: ReadableRows<MessageRow>, in group: String) {
        let id = ConversationID.group(group)
        unreadable[.messages(group: group)] = answer.unreadable
        let gaps = conversations[id]?.gaps.count ?? 0
        let new = conversations[id]?.merge(answer.rows.map(Message.init), me: snapshot.me) ?? []
        if !new.isEmpty { schedule.active(at: clock.elapsed()) }
        if let conversation = conversations[id], conversation.gaps.count > gaps { Task { await fillGap(in: id) } }
    }

    /// Looking a person up is no reason to keep a row for them.
    private func isListed(_ id: ConversationID, _ conversation: Conversation) -> Bool {
        groupUUID(id) != nil || id == openID || !conversation.outgoing.isEmpty
    }

    private func summaries() -> [ConversationSummary] {
        conversations.filter(isListed).map { id, conversation in
            let group = groupUUID(id).flatMap { groups.groups[$0] }
            let newest = conversation.transcript.newest
            let outgoing = conversation.outgoing.last
            // The stream often fails: the row may be older than what was said.
            var (preview, at) = (group?.preview ?? "", group?.at ?? conversation.readUntil)
            if let newest, group == nil || newest.at >= at { (preview, at) = (newest.text, newest.at) }
            if let outgoing { (preview, at) = (outgoing.text, max(at, outgoing.queuedAt)) }
            let unread = conversation.unread(me: snapshot.me)
            return ConversationSummary(
                id: id, title: conversation.title, preview: preview, at: at, unread: unread,
                hasMoreUnread: unread > 0
                    && conversation.gaps.contains { gap in
                        conversation.transcript.messages.contains { $0.id == gap && $0.at >= conversation.readUntil }
                    })
        }.sorted { ($1.at, $0.title.handle) < ($0.at, $1.title.handle) }
    }
}
