import Timestamps

/// How things stand with each resource that was ever polled, and what that says of the server.
struct PollStates {
    /// How things stand at one moment.
    struct Standing: Sendable {
        let connection: Connection
        /// What was answered since the start.
        let answered: Set<PollSchedule.Resource>
        /// Rows of the last answers that could not be read.
        let unreadableRows: Int
    }

    /// A server that takes longer for an answer is silent. Development servers take seconds.
    private static let promptness = Duration.seconds(8)

    private var states: [PollSchedule.Resource: PollState] = [:]
    private var lastAnswer: Timestamp?
    /// Of a token that is not accepted.
    private var tokenExpired: Timestamp?
    private var refusal: String?

    /// As it is of one that was never polled, where there is none.
    subscript(resource: PollSchedule.Resource) -> PollState {
        get { states[resource] ?? PollState() }
        set { states[resource] = newValue }
    }

    // MARK: What comes of a poll

    /// - Parameters:
    ///   - waits: its answer is asked to be held, up to the seconds of `ticket`.
    ///   - begin: at the clock of `PollSchedule`.
    mutating func began(_ resource: PollSchedule.Resource, _ ticket: PollTicket, waits: Bool, at begin: Duration) {
        self[resource].began(
            waits: waits, isHeld: ticket.waits && ticket.wasHeld, due: begin + Self.allowed(ticket, waits: waits))
    }

    mutating func answered(_ resource: PollSchedule.Resource, _ next: PollTicket, at time: Duration, now: Timestamp) {
        self[resource].succeeded(at: time, next)
        lastAnswer = now
    }

    /// The token is not accepted, and cannot be refreshed.
    ///
    /// - Parameter reason: as the pool says it.
    mutating func signedOut(expired: Timestamp?, reason: String?) {
        (tokenExpired, refusal) = (expired, reason)
    }

    /// All is to be told anew.
    mutating func forget() {
        for resource in states.keys { states[resource]?.forget() }
    }

    /// Nobody waits for any of them any more.
    func giveUp() {
        for state in states.values { state.inFlight?.cancel() }
    }

    // MARK: What they say

    var hasFault: Bool { states.values.contains { $0.fault != nil } }

    /// What only lacked the network.
    var unreachable: [PollSchedule.Resource] {
        states.filter { $0.value.fault?.error.isOfTheNetwork == true }.map(\.key)
    }

    /// - Parameters:
    ///   - onScreen: in their order: the fault of the first that has one is told.
    ///   - time: the same moment as `now`, at the clock of `schedule`.
    func standing(
        of onScreen: [PollSchedule.Resource], _ schedule: PollSchedule, at time: Duration, now: Timestamp
    ) -> Standing {
        Standing(
            connection: connection(of: onScreen, schedule, at: time, now: now),
            answered: Set(states.filter { $0.value.answered != nil }.keys),
            unreadableRows: onScreen.reduce(0) { $0 + self[$1].unreadable })
    }

    private func connection(
        of onScreen: [PollSchedule.Resource], _ schedule: PollSchedule, at time: Duration, now: Timestamp
    ) -> Connection {
        for resource in onScreen {
            guard let fault = self[resource].fault else { continue }
            if fault.error == .unauthorized {
                return Connection(state: .signedOut(expired: tokenExpired, reason: refusal), lastRefresh: lastAnswer)
            }
            let wait = schedule.next(of: resource).map { ($0 - time) / .seconds(1) }
            let next = wait.map { now.advanced(bySeconds: max(0, $0)) }
            return Connection(
                state: .offline(reason: fault.reason(for: resource), since: fault.since, nextTry: next),
                lastRefresh: lastAnswer)
        }
        let due = onScreen.compactMap { answerDue(of: $0, schedule) }.min()
        return Connection(
            state: lastAnswer == nil ? .connecting : .online, lastRefresh: lastAnswer,
            answerDue: due.map { now.advanced(bySeconds: ($0 - time) / .seconds(1)) })
    }

    private func answerDue(of resource: PollSchedule.Resource, _ schedule: PollSchedule) -> Duration? {
        let state = self[resource]
        if let due = state.due { return due }
        return schedule.next(of: resource).map { $0 + Self.allowed(state.ticket, waits: state.ticket.tag != nil) }
    }

    /// For an answer, if all is well.
    private static func allowed(_ ticket: PollTicket, waits: Bool) -> Duration {
        promptness + .seconds(waits ? ticket.seconds : 0)
    }
}
