import ServiceLifecycle
import Synchronization
import Timestamps
import Traces

/// Whose answers are held until there is news: how many of each user, and until when. One task ends all of them.
final class Waiters: Sendable {
    private struct Wait {
        let user: String
        let end: Duration
        let changes: Changes
    }

    private struct State {
        var counts: [String: Int] = [:]
        var waits: [Int: Wait] = [:]
        var next = 0
        /// When the next look is; `nil`: whoever comes has to ask for one.
        var alarm: Duration?
        var isClosing = false
    }

    private let limit: Int
    private let time: any TimeSource
    private let state = Mutex(State())
    private let alarms = Changes()

    /// - Parameter limit: of one user.
    init(limit: Int, time: any TimeSource) {
        self.limit = limit
        self.time = time
    }

    /// How many wait.
    var count: Int { state.withLock(\.waits.count) }

    /// Has `changes` finished after `duration`, or when the server shuts down.
    ///
    /// - Returns: what to give `leave`; `nil` if `user` may not wait.
    func enter(_ user: String, _ changes: Changes, for duration: Duration) -> Int? {
        let end = time.elapsed() + duration
        let (id, isFirst) = state.withLock { state -> (Int?, Bool) in
            guard !state.isClosing, state.counts[user, default: 0] < limit else { return (nil, false) }
            state.counts[user, default: 0] += 1
            state.next += 1
            state.waits[state.next] = Wait(user: user, end: end, changes: changes)
            let isFirst = state.alarm.map { end < $0 } ?? true
            if isFirst { state.alarm = end }
            return (state.next, isFirst)
        }
        if isFirst { alarms.tell() }
        return id
    }

    func leave(_ id: Int) {
        state.withLock { state in
            guard let user = state.waits.removeValue(forKey: id)?.user, let count = state.counts[user] else { return }
            state.counts[user] = count > 1 ? count - 1 : nil
        }
    }

    /// Ends each wait when its time is over, for as long as the server runs; at its end all, and none begins any more.
    func run() async {
        defer { close() }
        await withGracefulShutdownHandler {
            var told = alarms.makeAsyncIterator()
            var isOver = false
            while !isOver {
                let pause = endDue()
                isOver = await withTaskGroup(of: Void.self) { group in
                    if let pause {
                        group.addTask { if (try? await self.time.sleep(for: pause)) != nil { self.alarms.tell() } }
                    }
                    defer { group.cancelAll() }
                    return await told.next() == nil
                }
            }
        } onGracefulShutdown: {
            self.close()
        }
    }

    /// - Returns: how long until the next look; `nil`: nobody waits.
    private func endDue() -> Duration? {
        let now = time.elapsed()
        let (due, alarm) = state.withLock { state in
            state.alarm = state.waits.values.lazy.map(\.end).filter { $0 > now }.min()
            return (state.waits.values.filter { $0.end <= now }, state.alarm)
        }
        for wait in due { wait.changes.finish() }
        return alarm.map { $0 - now }
    }

    private func close() {
        let waits = state.withLock { state in
            state.isClosing = true
            return Array(state.waits.values)
        }
        for wait in waits { wait.changes.finish() }
        alarms.finish()
    }
}
