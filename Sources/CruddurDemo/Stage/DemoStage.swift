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
        /// Since when each of those that are on is.
        var since: [SeedFault: Timestamp]
        /// By group: rows that are deleted, and not put again yet.
        var gone: [String: [Item]] = [:]
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
        let now = now()
        state = Mutex(State(since: Dictionary(uniqueKeysWithValues: faults.map { ($0, now) })))
    }

    public var faults: Set<SeedFault> { state.withLock { Set($0.since.keys) } }

    public func set(_ fault: SeedFault, _ isOn: Bool) {
        let now = clock()
        state.withLock { state in state.since[fault] = isOn ? state.since[fault] ?? now : nil }
        resumed.tell()
        if !isOn { mends.tell() }
    }

    func isOn(_ fault: SeedFault) -> Bool { state.withLock { $0.since[fault] != nil } }

    /// Whether it was on already when that was written: nothing goes wrong with what was there before.
    func isOn(_ fault: SeedFault, for record: StreamRecord) -> Bool {
        state.withLock { state in state.since[fault].map { $0 <= record.at } ?? false }
    }

    /// The server's clock; where it is coarse, it ticks from the moment on at which it became so.
    func now() -> Timestamp {
        let now = clock()
        guard let since = state.withLock({ $0.since[.sameTime] }), since <= now else { return now }
        let elapsed = (now.microseconds - since.microseconds) / Self.tick * Self.tick
        return Timestamp(microseconds: since.microseconds + elapsed)
    }

    // MARK: The stream

    /// Until it is a record's turn.
    ///
    /// - Throws: `CancellationError`.
    func wait(for record: StreamRecord, _ time: any TimeSource) async throws {
        guard record.isNewMessage else { return }
        try await untilItRuns()
        let lag = isOn(.streamLate, for: record) ? Self.late : lag
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

    /// These rows of a group are deleted; `[]`: they are there again.
    func noteGone(_ rows: [Item], of group: String) {
        state.withLock { $0.gone[group] = rows.isEmpty ? nil : rows }
    }

    /// Rows of a group that are deleted at present: the seed's server asks nobody whether they are in it.
    func gone(of group: String) -> [Item] { state.withLock { $0.gone[group] ?? [] } }

    /// Groups whose rows may say something that is not so, once what made them so has ended.
    func takeUntrue() -> Set<String> {
        state.withLock { state in
            guard state.since[.outOfOrder] == nil else { return [] }
            defer { (state.overtaken, state.moved) = ([:], []) }
            return state.moved.union(state.overtaken.keys)
        }
    }
}
