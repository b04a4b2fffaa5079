import HTTPTypes
import Hummingbird
import Synchronization
import Timestamps
import Users

/// Who has taken how much: a bucket of tokens for each caller, filled at a steady rate, and places for requests
/// at the same time.
final class RequestLimiter: Sendable {
    /// Callers that are remembered before those whose buckets are full again are forgotten.
    private static let remembered = 10_000

    private struct Caller {
        var tokens: Double
        var at: Duration
        var running = 0
    }

    private struct State {
        var callers: [String: Caller] = [:]
        /// How many callers there are when the next look for idle ones is worth it.
        var nextSweep = remembered
    }

    /// What a request holds while it is worked on.
    final class Place: Sendable {
        private let limiter: RequestLimiter
        private let caller: String
        private let isHeld = Mutex(true)

        fileprivate init(_ limiter: RequestLimiter, _ caller: String) {
            self.limiter = limiter
            self.caller = caller
        }

        /// Once is enough; again does nothing.
        func giveBack() {
            let wasHeld = isHeld.withLock { isHeld in
                defer { isHeld = false }
                return isHeld
            }
            if wasHeld { limiter.state.withLock { $0.callers[caller]?.running -= 1 } }
        }
    }

    private let limits: RequestLimits
    private let time: any TimeSource
    private let state = Mutex(State())

    init(_ limits: RequestLimits, time: any TimeSource) {
        self.limits = limits
        self.time = time
    }

    /// A place for `name`; `nil` if there is no limit.
    ///
    /// - Throws: `RequestError.tooManyRequests`.
    func take(_ name: String) throws -> Place? {
        guard let rate = limits.requestsPerSecond else { return nil }
        let now = time.elapsed()
        let wait: Int? = state.withLock { state in
            sweep(&state, rate, now)
            var caller = state.callers[name] ?? Caller(tokens: Double(limits.burst), at: now)
            caller.tokens = level(caller, rate, now)
            caller.at = now
            defer { state.callers[name] = caller }
            guard caller.running < limits.concurrentPerCaller else { return 1 }
            guard caller.tokens >= 1 else { return max(1, Int(((1 - caller.tokens) / rate).rounded(.up))) }
            caller.tokens -= 1
            caller.running += 1
            return nil
        }
        if let wait { throw RequestError.tooManyRequests(retryAfter: wait) }
        return Place(self, name)
    }

    /// Each look is paid for by as many new callers as it finds old ones.
    private func sweep(_ state: inout State, _ rate: Double, _ now: Duration) {
        guard state.callers.count >= state.nextSweep else { return }
        state.callers = state.callers.filter { !isIdle($0.value, rate, now) }
        state.nextSweep = max(Self.remembered, state.callers.count * 2)
    }

    private func level(_ caller: Caller, _ rate: Double, _ now: Duration) -> Double {
        min(Double(limits.burst), caller.tokens + (now - caller.at) / .seconds(1) * rate)
    }

    private func isIdle(_ caller: Caller, _ rate: Double, _ now: Duration) -> Bool {
        caller.running == 0 && level(caller, rate, now) >= Double(limits.burst)
    }
}

/// Bounds who has not said who they are. Four times as much as a user: one address may be many.
struct AddressLimit: RouterMiddleware {
    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
    private static let share = 4

    private let limiter: RequestLimiter
    private let trustsForwardedFor: Bool

    init(_ limits: RequestLimits, trustsForwardedFor: Bool, time: any TimeSource) {
        var shared = limits
        shared.requestsPerSecond = limits.requestsPerSecond.map { $0 * Double(Self.share) }
        shared.burst = limits.burst * Self.share
        shared.concurrentPerCaller = min(limits.concurrentPerCaller, .max / Self.share) * Self.share
        limiter = RequestLimiter(shared, time: time)
        self.trustsForwardedFor = trustsForwardedFor
    }

    func handle(
        _ request: Request, context: CruddurRequestContext,
        next: (Request, CruddurRequestContext) async throws -> Response
    ) async throws -> Response {
        let place = try limiter.take(caller(request, context))
        defer { place?.giveBack() }
        return try await next(request, context)
    }

    /// Counts a request that is refused already.
    ///
    /// - Throws: `RequestError.tooManyRequests`.
    func count(_ request: Request, _ context: CruddurRequestContext) throws {
        try limiter.take(caller(request, context))?.giveBack()
    }

    /// The balancer adds the address that it saw at the end; what stands before is the caller's own word.
    private func caller(_ request: Request, _ context: CruddurRequestContext) -> String {
        if trustsForwardedFor, let last = request.headers[Self.forwardedFor]?.split(separator: ",").last,
            let address = CallerAddress(forwarded: last)
        {
            return address.description
        }
        return CallerAddress(context.channel.remoteAddress)?.description ?? "unknown"
    }
}

/// Bounds each user.
struct UserLimit: RouterMiddleware {
    let limiter: RequestLimiter

    func handle(
        _ request: Request, context: CruddurRequestContext,
        next: (Request, CruddurRequestContext) async throws -> Response
    ) async throws -> Response {
        guard let place = try limiter.take(context.requireUser().uuid) else { return try await next(request, context) }
        defer { place.giveBack() }
        return try await next(request, context.taking(place))
    }
}
