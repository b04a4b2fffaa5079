import ChildProcesses
import Foundation
import Synchronization
import Timestamps

extension ChildProcess {
    private static let patience = Duration.seconds(10)

    /// Its number may be another's by now.
    private final class Over: Sendable {
        let isSo = Atomic(false)
    }

    /// Waits for its end. One that takes too long, or that nobody waits for any more, is ended.
    func endOrBeEnded() async -> Ending {
        let over = Over()
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await SystemTime().sleep(for: Self.patience)
                if !over.isSo.load(ordering: .acquiring) { kill(number, SIGKILL) }
            }
            let ending = await end()
            over.isSo.store(true, ordering: .releasing)
            group.cancelAll()
            return ending
        }
    }

    /// How it ended; `nil`: it goes on after `limit`, or when nobody waits any more, and is let go.
    func ending(within limit: Duration) async -> Ending? {
        let (endings, told) = AsyncStream.makeStream(of: Ending.self)
        // It is waited for all the same: what has ended is not left lying.
        Thread.detachNewThread {
            told.yield(wait())
            told.finish()
        }
        return await withTaskGroup(of: Ending?.self) { group in
            group.addTask { await endings.first { _ in true } }
            group.addTask {
                try? await SystemTime().sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
