import Timestamps

/// How things stand with the server.
extension Poller {
    /// How things stand at one moment.
    struct Standing: Sendable {
        let connection: Connection
        /// What was answered since the start.
        let answered: Set<PollSchedule.Resource>
        /// Rows of the last answers that could not be read.
        let unreadableRows: Int
    }

    var standing: Standing {
        let onScreen = [.groups] + [shown?.resource].compactMap { $0 }
        return Standing(
            connection: connection, answered: Set(polls.filter { $0.value.answered != nil }.keys),
            unreadableRows: onScreen.reduce(0) { $0 + (polls[$1]?.unreadable ?? 0) })
    }

    /// The groups' fault matters more than that of the conversation on screen; others are not on screen.
    private var connection: Connection {
        for resource in [.groups] + [shown?.resource].compactMap({ $0 }) {
            guard let fault = polls[resource]?.fault else { continue }
            if fault.error == .unauthorized {
                return Connection(state: .signedOut(expired: tokenExpired, reason: refusal), lastRefresh: lastAnswer)
            }
            let wait = schedule.next(of: resource).map { ($0 - clock.elapsed()) / .seconds(1) }
            let next = wait.map { clock.now().advanced(bySeconds: max(0, $0)) }
            return Connection(
                state: .offline(reason: fault.reason(for: resource), since: fault.since, nextTry: next),
                lastRefresh: lastAnswer)
        }
        return Connection(
            state: lastAnswer == nil ? .connecting : .online, lastRefresh: lastAnswer, answerDue: answerDue)
    }

    private var answerDue: Timestamp? {
        let dues = ([.groups] + [shown?.resource].compactMap { $0 }).compactMap { answerDue(of: $0) }
        return dues.min().map { clock.now().advanced(bySeconds: ($0 - clock.elapsed()) / .seconds(1)) }
    }

    private func answerDue(of resource: PollSchedule.Resource) -> Duration? {
        let state = polls[resource] ?? PollState()
        if let due = state.due { return due }
        guard let next = schedule.next(of: resource) else { return nil }
        return next + Self.promptness + .seconds(state.ticket.tag != nil ? state.ticket.seconds : 0)
    }
}
