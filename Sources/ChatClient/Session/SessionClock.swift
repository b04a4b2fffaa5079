import Foundation
import Timestamps

/// The session's only view of time, so that tests need not wait.
public protocol SessionClock: Sendable {
    /// The wall clock.
    func now() -> Timestamp
    /// Since some fixed moment; never goes back.
    func elapsed() -> Duration
    /// - Throws: `CancellationError`.
    func sleep(for duration: Duration) async throws
}

/// The machine's clocks.
public struct SystemClock: SessionClock {
    private let start = ContinuousClock.now

    public init() {}

    public func now() -> Timestamp { Timestamp(seconds: Date().timeIntervalSince1970) }

    public func elapsed() -> Duration { ContinuousClock.now - start }

    public func sleep(for duration: Duration) async throws {
        try await ContinuousClock().sleep(for: duration)
    }
}
