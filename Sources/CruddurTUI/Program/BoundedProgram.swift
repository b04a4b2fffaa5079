import ChildProcesses
import Glibc
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
}
