import NIOPosix
import Synchronization
import Timestamps

/// A few connections that many tasks share. Broken connections are replaced.
///
/// libpq blocks whoever calls it, so as many threads as there are connections do nothing else: those of Swift's tasks,
/// and of Dispatch, are as few as there are processors, and all else would wait with them for a slow database.
final class ConnectionPool: Sendable {
    private struct State {
        var idle: [Connection] = []
        var count = 0
        var waiting: [(id: Int, continuation: CheckedContinuation<Void, any Error>)] = []
        var nextID = 0
    }

    private let target: String
    private let size: Int
    private let limit: Duration
    private let time: any TimeSource
    private let threads: NIOThreadPool
    private let state: Mutex<State>

    /// - Parameters:
    ///   - target: as `Connection` takes it.
    ///   - limit: for connecting, for each statement, and for waiting until a connection is free.
    init(_ target: String, size: Int, limit: Duration, time: any TimeSource) {
        self.target = target
        self.size = size
        self.limit = limit
        self.time = time
        state = Mutex(State())
        threads = NIOThreadPool(numberOfThreads: size)
        threads.start()
    }

    deinit { threads.shutdownGracefully { _ in } }

    /// Runs `body` on a connection. If one that lay idle turns out to be broken, once more on a new one.
    ///
    /// - Parameter isRepeatable: `body` may be run twice.
    /// - Throws: `PostgresError`.
    func run<Value: Sendable>(
        isRepeatable: Bool, _ body: @Sendable @escaping (Connection) throws -> Value
    ) async throws -> Value {
        try await enter()
        defer { leave() }
        let limit = limit
        let target = target
        let time = time
        return try await threads.runIfActive { [self] in
            if let idle = state.withLock({ $0.idle.popLast() }) {
                do {
                    return try use(idle, body)
                } catch PostgresError.unreachable(let reason) {
                    guard isRepeatable else { throw PostgresError.unreachable(reason) }
                }
            }
            return try use(Connection(target, limit: limit, time: time), body)
        }
    }

    private func use<Value>(_ connection: Connection, _ body: (Connection) throws -> Value) throws -> Value {
        let value = try body(connection)
        if connection.isReusable { state.withLock { $0.idle.append(connection) } }
        return value
    }

    // MARK: As many at once as there are connections

    private func enter() async throws {
        let isFree = state.withLock { state in
            guard state.count < size else { return false }
            state.count += 1
            return true
        }
        guard !isFree else { return }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let alarm = Task {
            try await time.sleep(for: limit)
            giveUp(id, PostgresError.timedOut("all \(size) connections are busy"))
        }
        defer { alarm.cancel() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isFree = state.withLock { state in
                    guard state.count >= size else {
                        state.count += 1
                        return true
                    }
                    state.waiting.append((id, continuation))
                    return false
                }
                if isFree { continuation.resume() }
            }
        } onCancel: {
            giveUp(id, CancellationError())
        }
    }

    private func giveUp(_ id: Int, _ error: any Error) {
        let waiting = state.withLock { state in
            state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0).continuation }
        }
        waiting?.resume(throwing: error)
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst().continuation }
            state.count -= 1
            return nil
        }
        next?.resume()
    }
}
