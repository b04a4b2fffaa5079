import Synchronization
import Timestamps

/// Clocks that a test holds: time goes by when it says so, and nobody waits for it otherwise.
public final class HeldTime: TimeSource {
    private struct Sleeper {
        let id: Int
        let end: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var elapsed = Duration.zero
        var wall: Timestamp
        var sleepers: [Sleeper] = []
        var nextID = 0
    }

    private let state: Mutex<State>

    public init(_ now: Timestamp = Timestamp("2026-11-24T12:00:00Z")!) { state = Mutex(State(wall: now)) }

    public func now() -> Timestamp { state.withLock(\.wall) }

    public func elapsed() -> Duration { state.withLock(\.elapsed) }

    /// Sets the wall clock alone, as people do.
    public func step(bySeconds seconds: Double) {
        state.withLock { $0.wall = $0.wall.advanced(bySeconds: seconds) }
    }

    /// Both clocks go on, and who has slept long enough wakes up.
    public func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.elapsed += duration
            state.wall = state.wall.advanced(bySeconds: duration / .seconds(1))
            let woken = state.sleepers.filter { $0.end <= state.elapsed }
            state.sleepers.removeAll { $0.end <= state.elapsed }
            return woken
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    public func sleep(for duration: Duration) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isOver = state.withLock { state in
                    guard duration > .zero, !Task.isCancelled else { return true }
                    state.sleepers.append(
                        Sleeper(id: id, end: state.elapsed + duration, continuation: continuation))
                    return false
                }
                if isOver { continuation.resume() }
            }
            try Task.checkCancellation()
        } onCancel: {
            let cancelled = state.withLock { state in
                state.sleepers.firstIndex { $0.id == id }.map { state.sleepers.remove(at: $0) }
            }
            cancelled?.continuation.resume(throwing: CancellationError())
        }
    }

    /// How many sleep.
    public var sleeping: Int { state.withLock(\.sleepers.count) }

    /// When the next sleeper wakes up; `nil` while nobody sleeps.
    public var nextAlarm: Duration? {
        state.withLock { state in state.sleepers.map { $0.end - state.elapsed }.min() }
    }
}
