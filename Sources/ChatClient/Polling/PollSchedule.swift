/// When to poll what next. Pure: times are arguments, as durations since the session's
/// start.
///
/// Polls slow down with the silence: who has heard nothing for so long bears to wait for a
/// quarter of it. Right after a message nobody has written the next one yet.
///
/// - `openConversation`, `groups`: the fastest pace, while people write.
/// - `idle`: the pace of both when nobody is here.
public struct PollSchedule: Sendable {
    public enum Resource: Hashable, Sendable {
        case groups
        case messages(group: String)
    }

    /// Without a key pressed for so long, nobody is here.
    static let idleAfter = Duration.seconds(300)
    /// The slowest pace while somebody is.
    static let attentive = Duration.seconds(12)
    /// Of the silence, between two polls.
    static let share = 0.3
    /// Fastest paces between a message and the first poll for the next.
    static let breather = 2.0
    /// While the group row does not show our message yet.
    static let quick = Duration.milliseconds(500)
    /// Between two answers that the server held: a burst of news is one poll.
    static let breath = Duration.milliseconds(20)
    /// The same while news come one after the other.
    static let longBreath = Duration.milliseconds(200)
    /// A server that takes so long for an answer has held it.
    static let worthHolding = Duration.seconds(1)
    /// A stream that takes longer has failed.
    static let quickFor = Duration.seconds(10)
    /// The longest wait after repeated faults.
    static let ceiling = Duration.seconds(60)

    private struct Plan {
        /// `nil`: not again on its own.
        var next: Duration?
        var isInFlight = false
        /// Asked for while in flight.
        var again = false
        var faults = 0
        /// The server has really held an answer.
        var isHeld = false
        /// Answers in a row that came sooner than a held one would.
        var atOnce = 0

        /// Who holds answers is asked again at once, after one that was held. Who says so and does not, or tells what
        /// was known, earns nothing by it.
        mutating func pause(after answer: Answer, pace: Duration) -> Duration {
            guard let held = answer.wasHeld else {
                return answer.isOffered ? min(PollSchedule.breath, pace) : pace
            }
            if held >= PollSchedule.worthHolding {
                (isHeld, atOnce) = (true, 0)
                return min(PollSchedule.breath, pace)
            }
            guard answer.isNews else { return pace }
            let grown = PollSchedule.breath * (1 << min(atOnce, 10))
            atOnce += 1
            return min(grown, isHeld ? PollSchedule.longBreath : pace, pace)
        }
    }

    private let openConversation: Duration
    private let groups: Duration
    private let idle: Duration
    private var lastNews = Duration.zero
    private var lastPresence = Duration.zero
    private var isFocused = true
    private var quickUntil: Duration?
    private var open: String?
    private var plans: [Resource: Plan] = [.groups: Plan(next: .zero)]

    public init(_ polling: ClientConfiguration.Polling) {
        openConversation = .seconds(polling.openConversation)
        groups = .seconds(polling.groups)
        idle = .seconds(polling.idle)
    }

    /// What should be polled now.
    public func due(at time: Duration) -> [Resource] {
        plans.filter { !$0.value.isInFlight && ($0.value.next.map { $0 <= time } ?? false) }.map(\.key)
    }

    /// When something is due next; `nil`: only when asked for.
    public var next: Duration? {
        plans.values.filter { !$0.isInFlight }.compactMap(\.next).min()
    }

    /// When this resource is due next; `nil` while in flight, or only when asked for.
    public func next(of resource: Resource) -> Duration? {
        plans[resource].flatMap { $0.isInFlight ? nil : $0.next }
    }

    /// Which group is on screen: it alone is polled on its own.
    public mutating func open(_ group: String?, at time: Duration) {
        if let open, open != group { plans[.messages(group: open)]?.next = nil }
        open = group
        if let group { pollNow(.messages(group: group), at: time) }
        news(at: time)
        present(at: time)
    }

    /// As soon as may be.
    public mutating func pollNow(_ resource: Resource, at time: Duration) {
        var plan = plans[resource] ?? Plan()
        if plan.isInFlight { plan.again = true } else { plan.next = time }
        plans[resource] = plan
    }

    /// A message came, or was written.
    public mutating func news(at time: Duration) {
        lastNews = time
    }

    /// Somebody pressed a key.
    public mutating func present(at time: Duration) {
        let wasAway = time - lastPresence > Self.idleAfter
        lastPresence = time
        guard wasAway else { return }
        for (resource, plan) in plans where plan.next != nil && plan.faults == 0 {
            plans[resource]?.next = min(plan.next ?? time, time)
        }
    }

    /// The terminal says whether somebody looks at it; most never say anything.
    public mutating func setFocus(_ isFocused: Bool, at time: Duration) {
        let comesBack = isFocused && !self.isFocused
        self.isFocused = isFocused
        guard comesBack else { return }
        for (resource, plan) in plans where plan.next != nil && plan.faults == 0 { plans[resource]?.next = time }
        present(at: time)
    }

    /// A message was sent: the groups are polled quickly until they show it.
    public mutating func awaitStream(at time: Duration) {
        quickUntil = time + Self.quickFor
        news(at: time)
        pollNow(.groups, at: time)
    }

    /// The groups show it.
    public mutating func streamArrived() {
        quickUntil = nil
    }

    public mutating func began(_ resource: Resource) {
        plans[resource, default: Plan()].isInFlight = true
        plans[resource]?.again = false
    }

    /// What an answer was.
    public struct Answer: Sendable {
        /// It told something that was not known.
        public let isNews: Bool
        /// How long a server that says that it holds answers has held this one; `nil`: it does not say so.
        public var wasHeld: Duration?
        /// The next may be asked to be held, for the first time.
        public var isOffered = false

        public init(isNews: Bool, wasHeld: Duration? = nil, isOffered: Bool = false) {
            self.isNews = isNews
            self.wasHeld = wasHeld
            self.isOffered = isOffered
        }
    }

    /// - Parameter answer: what came.
    public mutating func succeeded(_ resource: Resource, at time: Duration, _ answer: Answer = Answer(isNews: true)) {
        var plan = plans[resource] ?? Plan()
        let pause = pace(of: resource, at: time).map { pace in
            plan.pause(after: answer, pace: pace)
        }
        plans[resource] = plan
        end(resource, faults: 0, next: pause.map { time + $0 }, at: time)
    }

    /// A poll was given up, without a fault of anybody's.
    public mutating func cancelled(_ resource: Resource, at time: Duration) {
        end(
            resource, faults: plans[resource]?.faults ?? 0, next: pace(of: resource, at: time).map { _ in time },
            at: time)
    }

    /// - Parameters:
    ///   - retryAfter: seconds that the server asked for.
    ///   - random: uniform in 0...1, for the jitter.
    public mutating func failed(
        _ resource: Resource, at time: Duration, retryAfter: Double?, random: Double
    ) {
        let faults = (plans[resource]?.faults ?? 0) + 1
        let base = pace(of: resource, at: time) ?? openConversation
        let grown = min(base * Double(1 << min(faults, 10)), Self.ceiling)
        // Never faster than a server that is well would be asked.
        let jittered = max(grown * random, base)
        let wait = max(jittered, .seconds(min(retryAfter ?? 0, 3600)))
        end(resource, faults: faults, next: time + wait, at: time)
    }

    private mutating func end(_ resource: Resource, faults: Int, next: Duration?, at time: Duration) {
        let wasAskedAgain = plans[resource]?.again ?? false
        var plan = plans[resource] ?? Plan()
        plan.next = wasAskedAgain && faults == 0 ? time : next
        (plan.isInFlight, plan.again, plan.faults) = (false, false, faults)
        plans[resource] = plan
    }

    private func pace(of resource: Resource, at time: Duration) -> Duration? {
        switch resource {
        case .groups:
            if let quickUntil, time < quickUntil { return min(Self.quick, groups) }
            return pace(from: groups, at: time)
        case .messages(let group):
            guard group == open else { return nil }
            let isAnswer = time - lastNews < openConversation * 0.5
            return pace(from: isAnswer ? openConversation * Self.breather : openConversation, at: time)
        }
    }

    private func pace(from fastest: Duration, at time: Duration) -> Duration {
        guard isFocused else { return max(fastest, idle) }
        let isHere = time - lastPresence <= Self.idleAfter
        let slowest = isHere ? min(Self.attentive, idle) : idle
        return max(fastest, min(slowest, (time - lastNews) * Self.share))
    }
}
