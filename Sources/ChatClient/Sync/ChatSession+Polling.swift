import Timestamps

// Polling: one request of a resource at a time, each answer merged into what is known.

extension ChatSession {
    func poll(_ resource: PollSchedule.Resource) async {
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
            if faults.removeValue(forKey: resource) != nil { retryUnreachable(at: now) }
            snapshot.connection.lastRefresh = clock.now()
            returnToDisk()
            publish()
            sendWaiting()
        } catch {
            await ended(resource, after: ticket.waits ? clock.elapsed() - begin : .zero, error)
        }
        wake()
    }

    /// The network is back: who only lacked that need not wait for its turn.
    private func retryUnreachable(at time: Duration) {
        for (resource, fault) in faults {
            switch fault.error {
            case .unreachable, .timedOut, .connectionLost: schedule.pollNow(resource, at: time)
            default: break
            }
        }
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
        faults[resource] = PollFault(error: error, since: faults[resource]?.since ?? clock.now())
        publish()
    }

    /// The groups' fault matters more than the open conversation's; others are not on screen.
    func connectionState() -> Connection.State {
        var shown: [PollSchedule.Resource] = [.groups]
        if let group = openID?.group { shown.append(.messages(group: group)) }
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

    private func take(_ answer: ReadableRows) {
        let listed = answer.rows.compactMap(Group.init)
        snapshot.hasGroups = true
        unreadable[.groups] = answer.unreadable + answer.rows.count - listed.count
        defer { checkStream() }
        guard isNew(answer, of: .groups) else { return }
        let beginning = stored { try $0.beginning() }.flatMap { $0 }
        if beginning == nil, let newest = listed.map(\.at).max() {
            stored { try $0.setBeginning(newest) }
        }
        let before = groups.groups
        let moved = groups.merge(listed)
        let changed = listed.compactMap { groups.groups[$0.uuid] }.filter { before[$0.uuid] != $0 }
        if !changed.isEmpty {
            stored { try $0.save(changed, readUntil: beginning) }
            reloadAll()
        }
        markMissing(Set(listed.map(\.uuid)))
        // A row that moved means a message that we have not read: fetch it, once. Who has no
        // history yet would fetch every conversation there is.
        for uuid in moved where beginning != nil || openID == .group(uuid) {
            guard let group = groups.groups[uuid], isAhead(group) else { continue }
            schedule.pollNow(.messages(group: uuid), at: clock.elapsed())
        }
        if !moved.isEmpty, beginning != nil { schedule.news(at: clock.elapsed()) }
    }

    private func isAhead(_ group: Group) -> Bool {
        conversations[.group(group.uuid)]?.newest.map { $0.at < group.at } ?? true
    }

    /// Whether an answer is another than the last.
    private func isNew(_ answer: ReadableRows, of resource: PollSchedule.Resource) -> Bool {
        let now = answer.rows.hashValue
        defer { lastRows[resource] = now }
        return lastRows[resource] != now
    }

    /// The stream takes a row away for a moment when it moves it; who is missing for longer is
    /// not listed any more.
    private func markMissing(_ listed: Set<String>) {
        for (id, conversation) in conversations {
            guard let group = conversation.group else { continue }
            if listed.contains(group) {
                conversations[id]?.live.misses = 0
                if !conversation.isListed { setListed(true, id, conversation.row) }
            } else if conversation.isListed, conversation.movedAt != nil {
                conversations[id]?.live.misses += 1
                // The same answer again is no other.
                lastRows[.groups] = nil
                if conversation.live.misses + 1 >= Self.missesToBelieve { setListed(false, id, conversation.row) }
            }
        }
    }

    private static var missesToBelieve: Int { 3 }

    private func setListed(_ isListed: Bool, _ id: ConversationID, _ row: Int64) {
        stored { try $0.setListed(isListed, row) }
        reload(id)
    }

    /// A conversation that waited for its group has one now: everything moves there.
    func becomeGroup(_ new: ConversationID, _ uuid: String) {
        guard let waiting = conversations[new], waiting.group == nil else { return }
        let stays = stored { try $0.become(uuid, waiting.row) }
        guard let stays else { return }
        if stays != waiting.row {
            conversations[new] = nil
            rename(new, .group(uuid))
        }
        reload(row: stays)
    }

    private func checkStream() {
        guard let awaited, let group = groups.groups[awaited.group], group.at >= awaited.at else { return }
        snapshot.streamLag = max(0, clock.now().seconds(since: awaited.at))
        self.awaited = nil
        schedule.streamArrived()
    }

    private func take(_ answer: ReadableRows, in group: String) {
        let id = ConversationID.group(group)
        let resource = PollSchedule.Resource.messages(group: group)
        unreadable[resource] = answer.unreadable
        guard let row = conversations[id]?.row else { return }
        conversations[id]?.live.isLoaded = true
        // An answer that is known may still be the first to show what is on its way.
        guard isNew(answer, of: resource) || conversations[id]?.outgoing.isEmpty == false else { return }
        let me = snapshot.me
        let page = answer.rows.map(Message.init)
        let merged = stored { try $0.merge(page, in: row, me: me) }
        guard let merged, merged.isNews else { return }
        reload(id)
        if merged.new > 0 { schedule.news(at: clock.elapsed()) }
        if merged.hasGap { Task { await fillGap(in: id) } }
    }
}

/// Why the last poll of a resource failed, and since when they do.
struct PollFault: Sendable {
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
