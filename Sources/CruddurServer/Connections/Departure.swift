import Synchronization

/// Whether the caller at the other end of one connection is still there.
final class Departure: Sendable {
    private struct State {
        var isOver = false
        var next = 0
        var listeners: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    /// The caller has gone, or has nothing more to say.
    func happened() {
        let listeners = state.withLock { state in
            state.isOver = true
            defer { state.listeners = [:] }
            return state.listeners.values
        }
        for listener in listeners { listener() }
    }

    /// Calls `leave` when the caller has gone, at once if that was before, while `body` runs.
    func during<Value>(
        _ body: () async throws -> Value, whenGone leave: @escaping @Sendable () -> Void
    ) async rethrows -> Value {
        let id: Int? = state.withLock { state in
            guard !state.isOver else { return nil }
            state.next += 1
            state.listeners[state.next] = leave
            return state.next
        }
        if id == nil { leave() }
        defer { if let id { state.withLock { _ = $0.listeners.removeValue(forKey: id) } } }
        return try await body()
    }
}
