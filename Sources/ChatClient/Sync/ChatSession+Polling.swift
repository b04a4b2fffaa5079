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
        faults[resource] = PollFault(error: error, since: faults[resource]?.since ?? clock.now())
        publish()
    }

    /// The groups' fault matters more than the open conversation's; others are not on screen.
    func connectionState() -> Connection.State {
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

    private func take(_ answer: ReadableRows) {
        let isFirst = !snapshot.hasGroups
        if isFirst, let newest = answer.rows.map(\.createdAt.instant).max() { start = newest }
        let listed = answer.rows.compactMap(Group.init)
        let moved = groups.merge(listed)
        snapshot.hasGroups = true
        unreadable[.groups] = answer.unreadable + answer.rows.count - listed.count
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

    private func take(_ answer: ReadableRows, in group: String) {
        let id = ConversationID.group(group)
        unreadable[.messages(group: group)] = answer.unreadable
        let gaps = conversations[id]?.gaps.count ?? 0
        let new = conversations[id]?.merge(answer.rows.map(Message.init), me: snapshot.me) ?? []
        if !new.isEmpty { schedule.active(at: clock.elapsed()) }
        if let conversation = conversations[id], conversation.gaps.count > gaps { Task { await fillGap(in: id) } }
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
