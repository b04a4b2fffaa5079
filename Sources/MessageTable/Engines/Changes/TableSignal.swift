import Synchronization

/// Wakes who waits for a change of the table, or of one partition; signals that nobody has taken
/// yet are folded into one.
final class TableSignal: Sendable {
    private typealias Continuation = AsyncStream<Void>.Continuation

    private struct Listeners {
        var next = 0
        /// By partition: a write wakes those who wait for it, and does not look at the others.
        var all: [String?: [Int: Continuation]] = [:]
    }

    private let listeners = Mutex(Listeners())

    func send(_ partitions: some Sequence<String>) {
        let changed = Set(partitions)
        let woken = listeners.withLock { listeners in
            ([nil] + changed.map(Optional.some)).flatMap { listeners.all[$0].map { Array($0.values) } ?? [] }
        }
        for continuation in woken { continuation.yield() }
    }

    /// Yields after each change of `partition`; of any where it is `nil`.
    func stream(of partition: String? = nil) -> AsyncStream<Void> {
        listen(to: partition).stream
    }

    /// Yields once at once, then after each change.
    func streamFromNow() -> AsyncStream<Void> {
        let (stream, continuation) = listen(to: nil)
        continuation.yield()
        return stream
    }

    private func listen(
        to partition: String?
    ) -> (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation) {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = listeners.withLock { listeners in
            listeners.next += 1
            listeners.all[partition, default: [:]][listeners.next] = continuation
            return listeners.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.listeners.withLock { listeners in
                listeners.all[partition]?[id] = nil
                if listeners.all[partition]?.isEmpty == true { listeners.all[partition] = nil }
            }
        }
        return (stream, continuation)
    }
}
