import Synchronization

/// Wakes everyone who listens; signals that nobody has taken yet are folded into one.
final class CommitSignal: Sendable {
    private struct Listeners {
        var next = 0
        var continuations: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    private let listeners = Mutex(Listeners())

    func send() {
        for continuation in listeners.withLock({ Array($0.continuations.values) }) {
            continuation.yield()
        }
    }

    /// Yields at once, then after each `send`.
    func stream() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = listeners.withLock { listeners in
            listeners.next += 1
            listeners.continuations[listeners.next] = continuation
            return listeners.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.listeners.withLock { _ = $0.continuations.removeValue(forKey: id) }
        }
        continuation.yield()
        return stream
    }
}
