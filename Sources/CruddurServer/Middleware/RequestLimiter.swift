import HTTPTypes
import Hummingbird
import Synchronization
import Timestamps

/// Who has taken how much: a bucket of tokens for each caller, filled at a steady rate.
final class RequestLimiter: Sendable {
    /// Callers that are remembered; beyond that, those whose buckets are full again are forgotten.
    private static let remembered = 10_000

    private struct Caller {
        var tokens: Double
        var at: Timestamp
        var running = 0
    }

    private let limits: RequestLimits
    private let now: @Sendable () -> Timestamp
    private let callers = Mutex<[String: Caller]>([:])

    init(_ limits: RequestLimits, now: @escaping @Sendable () -> Timestamp) {
        self.limits = limits
        self.now = now
    }

    /// Runs `body` if `caller` may.
    ///
    /// - Throws: `RequestError.tooManyRequests`; what `body` throws.
    func admit<Value>(_ caller: String, _ body: () async throws -> Value) async throws -> Value {
        guard let rate = limits.requestsPerSecond else { return try await body() }
        try take(caller, rate)
        defer { callers.withLock { $0[caller]?.running -= 1 } }
        return try await body()
    }

    private func take(_ name: String, _ rate: Double) throws {
        let time = now()
        let wait: Int? = callers.withLock { callers in
            if callers.count > Self.remembered { callers = callers.filter { !isIdle($0.value, rate, time) } }
            var caller = callers[name] ?? Caller(tokens: Double(limits.burst), at: time)
            caller.tokens = level(caller, rate, time)
            caller.at = time
            defer { callers[name] = caller }
            guard caller.running < limits.concurrentPerCaller else { return 1 }
            guard caller.tokens >= 1 else { return max(1, Int(((1 - caller.tokens) / rate).rounded(.up))) }
            caller.tokens -= 1
            caller.running += 1
            return nil
        }
        if let wait { throw RequestError.tooManyRequests(retryAfter: wait) }
    }

    private func level(_ caller: Caller, _ rate: Double, _ time: Timestamp) -> Double {
        min(Double(limits.burst), caller.tokens + max(0, time.seconds(since: caller.at)) * rate)
    }

    private func isIdle(_ caller: Caller, _ rate: Double, _ time: Timestamp) -> Bool {
        caller.running == 0 && level(caller, rate, time) >= Double(limits.burst)
    }
}

/// Bounds who has not said who they are. Four times as much as a user: one address may be many.
struct AddressLimit: RouterMiddleware {
    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
    private static let share = 4

    private let limiter: RequestLimiter
    private let trustsForwardedFor: Bool

    init(_ limits: RequestLimits, trustsForwardedFor: Bool, now: @escaping @Sendable () -> Timestamp) {
        var shared = limits
        shared.requestsPerSecond = limits.requestsPerSecond.map { $0 * Double(Self.share) }
        shared.burst = limits.burst * Self.share
        shared.concurrentPerCaller = min(limits.concurrentPerCaller, .max / Self.share) * Self.share
        limiter = RequestLimiter(shared, now: now)
        self.trustsForwardedFor = trustsForwardedFor
    }

    func handle(
        _ request: Request, context: CruddurRequestContext,
        next: (Request, CruddurRequestContext) async throws -> Response
    ) async throws -> Response {
        try await limiter.admit(caller(request, context)) { try await next(request, context) }
    }

    /// The balancer adds the address that it saw at the end; what stands before is the caller's own word.
    private func caller(_ request: Request, _ context: CruddurRequestContext) -> String {
        if trustsForwardedFor, let last = request.headers[Self.forwardedFor]?.split(separator: ",").last {
            return last.filter { $0 != " " }
        }
        return context.address ?? "unknown"
    }
}

/// Bounds each user.
struct UserLimit: RouterMiddleware {
    let limiter: RequestLimiter

    func handle(
        _ request: Request, context: CruddurRequestContext,
        next: (Request, CruddurRequestContext) async throws -> Response
    ) async throws -> Response {
        try await limiter.admit(context.requireUser().uuid) { try await next(request, context) }
    }
}
