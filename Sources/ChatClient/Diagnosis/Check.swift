/// What was found of one thing. It names nobody: it may go into a bug report as it is.
public struct Check: Sendable, Equatable {
    public enum Verdict: String, Sendable, Comparable {
        /// Could not be looked at, because of what is said to be wrong before it.
        case skipped
        case ok
        case warning
        case problem

        private var rank: Int {
            switch self {
            case .skipped: 0
            case .ok: 1
            case .warning: 2
            case .problem: 3
            }
        }

        public static func < (lhs: Verdict, rhs: Verdict) -> Bool { lhs.rank < rhs.rank }
    }

    /// What is looked at.
    public enum Area: String, Sendable, CaseIterable {
        case config, permissions, proxy, dns, tls, backend, clock, token, identity, groups, messages, traps, stream
        case terminal
    }

    public let area: Area
    public let verdict: Verdict
    public let text: String
    /// What to do.
    public let advice: String?

    public init(_ area: Area, _ verdict: Verdict, _ text: String, advice: String? = nil) {
        self.area = area
        self.verdict = verdict
        self.text = text
        self.advice = advice
    }

    /// It did not come to its end in time.
    static func late(_ area: Area, after limit: Duration) -> Check {
        Check(
            area, .problem, "no answer within \(limit.components.seconds) seconds",
            advice: "try again; if it stays so, look at what stands before this line")
    }
}
