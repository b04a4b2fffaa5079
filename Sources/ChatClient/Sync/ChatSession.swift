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
    let tokens: TokenStore
    private let publisher: AsyncStream<ChatSnapshot>.Continuation
    let random: @Sendable () -> Double

    var groups = GroupList()
    var conversations: [ConversationID: Conversation] = [:]
    var openID: ConversationID?
    var formerID: ConversationID?
    var schedule: PollSchedule
    var snapshot: ChatSnapshot
    /// The newest row of the first list, by the server's clock: what is newer is unread.
    var start = Timestamp(microseconds: .min)
    var nextOutgoing = 1
    /// What the groups shall show before polls slow down: group, text, when it was sent.
    var awaited: (group: String, at: Timestamp)?
    private var alarm: Task<Void, Never>?
    /// What is in flight, and what the next poll of each resource may say of the last.
    var polls: [PollSchedule.Resource: Task<Void, Never>] = [:]
    var tickets: [PollSchedule.Resource: PollTicket] = [:]
    /// Resources whose polls failed while an answer was held.
    var impatient: Set<PollSchedule.Resource> = []
    /// Resources whose last poll failed.
    var faults: [PollSchedule.Resource: PollFault] = [:]
    var tokenExpired: Timestamp?
    /// Rows of the last answers that could not be read.
    var unreadable: [PollSchedule.Resource: Int] = [:]

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
        for poll in polls.values { await poll.value }
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

// MARK: - The left pane

extension ChatSession {
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
