import Glibc

/// The clocks that everybody is given: nobody reads the machine's by itself, so tests hold the time.
public protocol TimeSource: Sendable {
    /// The wall clock. It may be wrong, and may be set back or forth at any moment: for what people
    /// read and what others write beside it, never to measure how long something takes.
    func now() -> Timestamp
    /// The steady clock: since some fixed moment. Never goes back, and runs while the machine sleeps.
    func elapsed() -> Duration
    /// Waits by the steady clock.
    ///
    /// - Throws: `CancellationError`.
    func sleep(for duration: Duration) async throws
}

/// The machine's clocks.
public struct SystemTime: TimeSource {
    private let start = ContinuousClock.now

    public init() {}

    public func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    public func elapsed() -> Duration { ContinuousClock.now - start }

    public func sleep(for duration: Duration) async throws {
        try await ContinuousClock().sleep(for: duration)
    }
}
