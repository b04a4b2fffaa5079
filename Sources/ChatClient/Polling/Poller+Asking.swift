import Timestamps

/// What others ask of it.
extension Poller {
    /// This conversation is on screen: it alone is polled on its own.
    ///
    /// - Parameter turn: counts what was shown; what is told late of an earlier one changes nothing.
    func show(_ id: ConversationID, _ group: String?, turn: Int) {
        let now = clock.elapsed()
        if let shown, shown.turn > turn || shown.id == id && shown.group == group { return }
        if let left = shown, left.id != id, let state = left.resource.flatMap({ polls[$0] }), state.isWaiting {
            // Nobody looks at the other one any more.
            state.inFlight?.cancel()
        }
        shown = Shown(id: id, group: group, since: shown?.id == id ? shown?.since ?? now : now, turn: turn)
        schedule.open(group, at: now)
        telling.yield(.connection)
        wake()
    }

    /// Polls now, also while waiting after a fault.
    func refresh() {
        let now = clock.elapsed()
        for resource in [.groups] + [shown?.resource].compactMap({ $0 }) {
            // A held answer is no answer now.
            polls[resource]?.ticket = PollTicket()
            polls[resource]?.inFlight?.cancel()
            schedule.pollNow(resource, at: now)
        }
        wake()
    }

    /// Who is connected need not ask.
    func refreshIfFaulty() {
        if polls.values.contains(where: { $0.fault != nil }) { refresh() }
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
        for resource in polls.keys { polls[resource]?.forget() }
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
        guard shown?.group == group, let state = polls[resource], state.fault == nil, let last = state.answered
        else { return false }
        return state.isHeld || clock.elapsed() - last < Self.currentFor
    }

    private static var currentFor: Duration { .seconds(5) }
}
