import Dispatch
import Synchronization

/// A task that a thread waits for which is itself in none: the program's first.
package struct AwaitedTask<Value: Sendable>: Sendable {
    private final class Outcome: Sendable {
        let result = Mutex<Result<Value, any Error>?>(nil)
        let isThere = DispatchSemaphore(value: 0)
    }

    private let outcome = Outcome()

    /// Starts it, with the task-local values of whoever does.
    package init(_ body: @escaping @Sendable () async throws -> Value) {
        Task { [outcome] in
            let result: Result<Value, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            outcome.result.withLock { $0 = result }
            outcome.isThere.signal()
        }
    }

    /// Waits until it has ended. To be called once, and by no task.
    ///
    /// - Throws: as the task.
    package func wait() throws -> Value {
        outcome.isThere.wait()
        guard let result = outcome.result.withLock(\.self) else { preconditionFailure("it has ended without a result") }
        return try result.get()
    }
}
