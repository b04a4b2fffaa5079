import ExactText
import Foundation
import Timestamps

/// The outbox's machine: one message of a conversation at a time, in the order written. Nothing is sent a second
/// time unless it certainly did not arrive, the server stores one of two with the same key, or the person says so.
/// Each step is on disk before it is made.
actor Sending {
    /// What others may want to know.
    enum Event: Sendable {
        /// The server has taken a message, at its own time `at`.
        case sent(ConversationID, group: String, at: Timestamp?)
        /// It may have been stored, or is to be looked for.
        case unsure(group: String?)
        /// The server told your own handle.
        case handle(String)
    }

    /// Whose messages are sent.
    enum Scope: Sendable {
        /// Also those that programs which are gone have left in line.
        case everybodys
        case own
    }

    nonisolated let events: AsyncStream<Event>
    private let telling: AsyncStream<Event>.Continuation
    private let orders: AsyncStream<Order>
    private let ordering: AsyncStream<Order>.Continuation
    private let api: CruddurAPI
    private let keeper: HistoryKeeper
    private let polling: Poller
    private let scope: Scope
    private let clock: any TimeSource
    private let log: ClientLog
    private let random: @Sendable () -> Double

    private var me: String?
    /// Conversations whose turn is being worked on.
    private var busy: Set<Int64> = []
    /// Asked for while busy.
    private var again: Set<Int64> = []
    private var waits = RetryWaits()
    /// Orders that are not carried out yet, and those of them that wait for their time.
    private var active = 0
    private var sleeping = 0

    private enum Order: Sendable {
        case work(Int64)
        case workAll
    }

    init(
        _ api: CruddurAPI, _ keeper: HistoryKeeper, _ polling: Poller, scope: Scope, me: String?,
        clock: any TimeSource, log: ClientLog = .none, random: @escaping @Sendable () -> Double
    ) {
        self.api = api
        self.keeper = keeper
        self.polling = polling
        self.scope = scope
        self.me = me
        self.clock = clock
        self.log = log
        self.random = random
        (events, telling) = AsyncStream.makeStream()
        (orders, ordering) = AsyncStream.makeStream()
    }

    /// Works until the task is cancelled.
    func run() async {
        order(.workAll)
        await withDiscardingTaskGroup { group in
            for await order in orders {
                for conversation in await self.conversations(order) {
                    active += 1
                    group.addTask { await self.carryOut(conversation) }
                }
                active -= 1
            }
            waits.giveUp()
        }
        telling.finish()
    }

    // MARK: What others ask

    func learn(_ handle: String) {
        me = handle
    }

    /// Something was put in line there.
    func work(in id: ConversationID) {
        order(.work(id.row))
    }

    /// A person has decided on a message there: what held up the others holds them up no more.
    func workAnew(in id: ConversationID) {
        waits.forget(id.row)
        order(.work(id.row))
    }

    /// The server has answered: what only lacked the network need not wait any longer.
    func workOn() {
        waits.endUnreachable()
        order(.workAll)
    }

    /// What waits for its time is tried now.
    func tryNow() {
        waits.endAll()
        order(.workAll)
    }

    /// Why the last try there failed.
    func fault(in id: ConversationID) -> APIError? { waits.fault(in: id.row) }

    /// How often in a row it was tried there in vain.
    func tries(in id: ConversationID) -> Int { waits.tries(in: id.row) }

    /// Nothing is on its way at this moment.
    var isAtRest: Bool { active == sleeping }

    private func order(_ order: Order) {
        active += 1
        ordering.yield(order)
    }

    private func carryOut(_ conversation: Int64) async {
        await work(in: conversation)
        active -= 1
    }

    private func conversations(_ order: Order) async -> [Int64] {
        switch order {
        case .work(let conversation): return [conversation]
        case .workAll:
            switch scope {
            case .everybodys: await keeper.adoptOrphans()
            case .own: await keeper.settleCommands()
            }
            let owner = keeper.owner
            return await keeper.use { try await $0.conversationsInLine(by: owner) } ?? []
        }
    }

    // MARK: One conversation

    private func work(in conversation: Int64) async {
        guard busy.insert(conversation).inserted else {
            again.insert(conversation)
            return
        }
        repeat {
            again.remove(conversation)
            while !Task.isCancelled, await waitForItsTime(conversation), await sendNext(in: conversation) {}
        } while again.contains(conversation) && !Task.isCancelled
        busy.remove(conversation)
    }

    /// - Returns: whether to go on.
    private func waitForItsTime(_ conversation: Int64) async -> Bool {
        guard let left = waits.left(in: conversation, at: clock.elapsed()) else { return true }
        let sleeper = clock
        let task = Task { _ = try? await sleeper.sleep(for: left) }
        waits.setSleeper(task, in: conversation)
        sleeping += 1
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        sleeping -= 1
        waits.setSleeper(nil, in: conversation)
        return !Task.isCancelled
    }

    /// - Returns: whether there may be another.
    private func sendNext(in conversation: Int64) async -> Bool {
        let owner = keeper.owner
        let next = await keeper.use { try await $0.next(in: conversation, by: owner) }.flatMap { $0 }
        guard let next else { return false }
        do {
            let group = try await readBefore(next, in: conversation)
            let now = await keeper.current(ConversationID(conversation))
            if case .repeating(let reason) = next.outgoing.state, !mayRepeat(next.outgoing) {
                return await leaveUnsure(next.outgoing.id, group, reason)
            }
            let keyed = api.keptKeys.lifetime == nil ? nil : clock.now()
            let begun = await keeper.use {
                try await $0.begin(next.outgoing.id, in: now.row, by: owner, group: group, keyed: keyed)
            }
            // Nothing is sent before it is known that it was.
            guard let begun else { return false }
            if let begun {
                log.note(.message(next.outgoing.id.number, Outgoing.State.sending.name))
                await post(begun, in: now)
            }
            return now.row == conversation || hand(on: now)
        } catch {
            // It was only read: the message is still in line.
            await passed(over: conversation, next.outgoing, error as? APIError ?? .connectionLost, wasSent: false)
            return !Task.isCancelled
        }
    }

    /// Whether the server stores one of two with the same key: it knew of keys when the first try was made, it says now
    /// that it does, in the newest answer there is, and the first try is not too long ago.
    private func mayRepeat(_ outgoing: Outgoing) -> Bool {
        guard let lifetime = api.keptKeys.lifetime else { return false }
        return outgoing.isRemembered(at: clock.now(), lifetime: lifetime)
    }

    /// - Returns: that there may be another.
    private func leaveUnsure(_ outgoing: Outgoing.ID, _ group: String?, _ reason: String) async -> Bool {
        await set(.unsure(reason: reason), of: outgoing)
        // Read back whether it arrived.
        telling.yield(.unsure(group: group))
        return true
    }

    /// The conversation goes by another name now.
    private func hand(on id: ConversationID) -> Bool {
        work(in: id)
        return false
    }

    /// Reads what a message can be told from afterwards: the newest page, where it is not known as it is now. "Create"
    /// for two who already talk makes a second group in most deployments, so before it the groups are read.
    ///
    /// - Returns: the group it goes to; `nil`: it starts one.
    /// - Throws: `APIError`.
    private func readBefore(_ next: NextOutgoing, in conversation: Int64) async throws -> String? {
        guard let group = next.group else { return try await findGroup(next, in: conversation) }
        if !next.outgoing.wasUnsure, await polling.isCurrent(group: group) { return group }
        try await readPage(of: group, in: conversation)
        return group
    }

    private func findGroup(_ next: NextOutgoing, in conversation: Int64) async throws -> String? {
        let listed = try await api.groups()
        let known = listed.rows.compactMap(Group.init).filter { $0.handle.isExactly(next.title.handle) }
        let group =
            known.max { ($0.at, $0.uuid) < ($1.at, $1.uuid) }?.uuid
            ?? listed.named.first { GroupUUID.isUsable($0.uuid) && $0.handle.isExactly(next.title.handle) }?.uuid
        guard let group else { return nil }
        let now = await become(group, conversation)
        try await readPage(of: group, in: now.row)
        return group
    }

    private func readPage(of group: String, in conversation: Int64) async throws {
        let page = try await api.messages(in: group, PollTicket(waits: false)).rows?.rows.map(Message.init) ?? []
        let me = me
        await keeper.use { try await $0.merge(page, in: conversation, me: me) }
    }

    private func become(_ group: String, _ conversation: Int64) async -> ConversationID {
        let id = ConversationID(conversation)
        guard let now = await keeper.use({ try await $0.become(group, id) }) else { return id }
        await keeper.rename(id, now)
        return now
    }

    // MARK: The post, and what came of it

    private func post(_ next: NextOutgoing, in id: ConversationID) async {
        let outgoing = next.outgoing
        do {
            if case .handle(me) = next.address { throw APIError.rejected(["user_reciever_handle_own"]) }
            let answer = try await api.send(outgoing.text, to: next.address, key: outgoing.key)
            switch next.address {
            case .group(let group):
                if let handle = answer.handle { telling.yield(.handle(handle)) }
                await sent(outgoing.id, in: id, group, at: answer.createdAt?.instant)
            case .handle:
                guard let uuid = answer.messageGroupUUID else {
                    throw APIError.unexpectedAnswer("no message_group_uuid")
                }
                let now = await become(uuid, id.row)
                await sent(outgoing.id, in: now, uuid, at: answer.createdAt?.instant)
            }
            waits.forget(id.row)
        } catch {
            guard !(error is CancellationError) else {
                let reason = History.endedWhileSending
                let state: Outgoing.State =
                    outgoing.firstTry == nil ? .unsure(reason: reason) : .repeating(reason: reason)
                return await set(state, of: outgoing.id)
            }
            await failed(next, in: id, error as? APIError ?? .connectionLost)
        }
    }

    private func sent(_ outgoing: Outgoing.ID, in id: ConversationID, _ group: String, at time: Timestamp?) async {
        await set(.sent(at: time), of: outgoing)
        telling.yield(.sent(id, group: group, at: time))
    }

    private func failed(_ next: NextOutgoing, in id: ConversationID, _ error: APIError) async {
        let outgoing = next.outgoing
        // The first request with this key is under way.
        let isUnderWay = outgoing.firstTry != nil && error == .refused(status: 409)
        guard error.mayHaveArrived || isUnderWay else {
            return await passed(over: id.row, outgoing, error, wasSent: true)
        }
        // The answer closest to it decides: the POST's own, if there was one.
        if mayRepeat(outgoing) {
            await wait(over: id.row, outgoing, error, mayHaveArrived: true)
            telling.yield(.unsure(group: next.group))
        } else {
            _ = await leaveUnsure(outgoing.id, next.group, error.description)
        }
    }

    /// It certainly did not arrive this time.
    ///
    /// - Parameter wasSent: it was refused, and not only what is read before it.
    private func passed(over conversation: Int64, _ outgoing: Outgoing, _ error: APIError, wasSent: Bool) async {
        guard error.isPassing || error == .unauthorized || error.mayHaveArrived else {
            waits.forget(conversation)
            // A server that keeps keys would have answered for an earlier try; another one knows nothing of it.
            if outgoing.firstTry != nil, outgoing.wasUnsure, !wasSent || api.keptKeys.lifetime == nil {
                return await set(.unsure(reason: error.description), of: outgoing.id)
            }
            return await set(.failed(reason: error.description), of: outgoing.id)
        }
        await wait(over: conversation, outgoing, error, mayHaveArrived: false)
    }

    /// It is tried again after a while, twice as long as the last.
    private func wait(
        over conversation: Int64, _ outgoing: Outgoing, _ error: APIError, mayHaveArrived: Bool
    ) async {
        waits.begin(
            in: conversation, error, mayHaveArrived: mayHaveArrived, at: clock.elapsed(), random: random())
        // What a person has put in line stays there.
        let isRepeated =
            mayHaveArrived || outgoing.firstTry != nil && outgoing.wasUnsure && outgoing.state != .queued
        await set(isRepeated ? .repeating(reason: error.description) : .queued, of: outgoing.id)
    }

    private func set(_ state: Outgoing.State, of outgoing: Outgoing.ID) async {
        let me = me
        log.note(.message(outgoing.number, state.name))
        await keeper.use { try await $0.setState(state, of: outgoing, me: me) }
    }
}

extension Outgoing.State {
    /// Without why.
    fileprivate var name: StaticString {
        switch self {
        case .queued: "queued"
        case .sending: "sending"
        case .sent: "sent"
        case .failed: "failed"
        case .unsure: "unsure"
        case .repeating: "repeating"
        }
    }
}
