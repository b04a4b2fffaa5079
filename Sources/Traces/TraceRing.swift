import Synchronization

/// The newest steps, as many as it has places for, and word to those who wait for more.
public final class TraceRing: Sendable {
    /// What there is behind a place.
    public struct Page: Sendable {
        public let spans: [TraceSpan]
        /// From where to go on.
        public let next: Int
        /// Whether some that came before these are gone: others took their places.
        public let hasLost: Bool
    }

    private struct State {
        var places: [(span: TraceSpan, audience: TraceAudience?)] = []
        var count = 0
        var waiting: [Int: Waiter] = [:]
        var waiters = 0
    }

    private struct Waiter {
        /// `nil`: whoever waits for all.
        let user: String?
        let changes: Changes
    }

    private let size: Int
    private let state = Mutex(State())

    /// - Parameter size: steps.
    public init(size: Int = 4096) {
        self.size = max(1, size)
    }

    func append(_ span: TraceSpan, for audience: TraceAudience?) {
        let waiting = state.withLock { state in
            var span = span
            state.count += 1
            span.id = state.count
            if state.places.count < size {
                state.places.append((span, audience))
            } else {
                state.places[(state.count - 1) % size] = (span, audience)
            }
            return Array(state.waiting.values)
        }
        // Who may not see it is not woken: what others do costs nobody anything.
        for waiter in waiting where waiter.user.map({ audience?.contains($0) == true }) ?? true {
            waiter.changes.tell()
        }
    }

    /// The oldest that are kept and came after `id`, at most `limit`.
    ///
    /// - Parameter user: only what this one may see; `nil`: all.
    public func page(after id: Int, limit: Int = 500, for user: String? = nil) -> Page {
        state.withLock { state in
            let oldest = state.count - state.places.count
            // Of a ring that was another's: a server that has begun anew.
            let from = id > state.count ? oldest : max(id, oldest)
            var spans: [TraceSpan] = []
            var next = state.count
            for number in from..<state.count {
                let (span, audience) = state.places[number % size]
                guard user.map({ audience?.contains($0) == true }) ?? true else { continue }
                guard spans.count < limit else {
                    next = number
                    break
                }
                spans.append(span)
            }
            return Page(spans: spans, next: next, hasLost: id > 0 && id < oldest)
        }
    }

    /// One element whenever there may be more since the call.
    ///
    /// - Parameter user: of what this one may see; `nil`: of all.
    public func changes(for user: String? = nil) -> Changes {
        let changes = Changes()
        let number = state.withLock { state in
            state.waiters += 1
            state.waiting[state.waiters] = Waiter(user: user, changes: changes)
            return state.waiters
        }
        changes.whenOver { [weak self] in self?.state.withLock { _ = $0.waiting.removeValue(forKey: number) } }
        return changes
    }
}
