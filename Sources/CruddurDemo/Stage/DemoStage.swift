import CruddurServer
import MessageTable
import Synchronization
import Timestamps
import Traces

/// Whether the demo's backend does what ours does, or what the seed's does; it can be changed at any time.
public final class DemoStage: Sendable {
    /// How late the stream is where it is late.
    private static let late = Duration.seconds(5)
    /// What a coarse clock makes of all times within it.
    private static let tick: Int64 = 10_000_000

    private struct State {
        var faults: Set<SeedFault>
        /// By group: the record that waits for a later one to overtake it.
        var overtaken: [String: MessageItem] = [:]
        /// Groups whose rows were moved as the seed moves them.
        var moved: Set<String> = []
    }

    private let lag: Duration
    private let clock: @Sendable () -> Timestamp
    private let state: Mutex<State>
    private let resumed = Changes()
    /// One element whenever a fault has ended, and there may be something to mend.
    let mends = Changes()

    /// - Parameters:
    ///   - lag: how long the stream takes where it is not late.
    ///   - faults: those to begin with.
    public init(lag: Duration, faults: Set<SeedFault> = [], now: @escaping @Sendable () -> Timestamp) {
        self.lag = lag
        clock = now
        state = Mutex(State(faults: faults))
    }

    public var faults: Set<SeedFault> { state.withLock(\.faults) }

    public func set(_ fault: SeedFault, _ isOn: Bool) {
        state.withLock { state in
            if isOn { state.faults.insert(fault) } else { state.faults.remove(fault) }
        }
        resumed.tell()
        if !isOn { mends.tell() }
    }

    func isOn(_ fault: SeedFault) -> Bool { state.withLock { $0.faults.contains(fault) } }

    /// The server's clock.
    func now() -> Timestamp {
        let now = clock()
        guard isOn(.sameTime) else { return now }
        return Timestamp(microseconds: now.microseconds / Self.tick * Self.tick)
    }

    // MARK: The stream

    /// Until it is a record's turn.
    ///
    /// - Throws: `CancellationError`.
    func wait(for record: StreamRecord, _ time: any TimeSource) async throws {
        guard record.event == .insert, record.key.partition.hasPrefix("MSG#") else { return }
        try await untilItRuns()
        let lag = isOn(.streamLate) ? Self.late : lag
        let age = Duration.seconds(clock().seconds(since: record.at))
        // A clock that has gone back since is not waited for.
        if age < lag { try await time.sleep(for: min(lag, lag - age)) }
        try await untilItRuns()
    }

    private func untilItRuns() async throws {
        while isOn(.streamOff) {
            for await _ in resumed { break }
            try Task.checkCancellation()
        }
    }

    /// The message of the group that waits to be overtaken; `message` takes its place where none does.
    func overtake(_ message: MessageItem) -> MessageItem? {
        state.withLock { state in
            guard let earlier = state.overtaken.removeValue(forKey: message.group) else {
                state.overtaken[message.group] = message
                return nil
            }
            return earlier
        }
    }

    func noteMoved(_ group: String) { state.withLock { _ = $0.moved.insert(group) } }

    /// Groups whose rows may say something that is not so, once what made them so has ended.
    func takeUntrue() -> Set<String> {
        state.withLock { state in
            guard !state.faults.contains(.outOfOrder) else { return [] }
            defer { (state.overtaken, state.moved) = ([:], []) }
            return state.moved.union(state.overtaken.keys)
        }
    }
}
