import Foundation

/// The programs that have something in the outbox of a history: each holds a lock that goes with its process.
enum HistoryOwner {
    /// Owners that are commands: what they leave behind is not sent later by another.
    static let commandPrefix = "command-"

    static func lockPath(_ owner: String, _ path: String) -> String { "\(path).client-\(owner)" }

    /// The lock of a program, in its own hands.
    ///
    /// - Returns: `nil` if there can be no such file.
    static func hold(_ owner: String, _ path: String) -> FileLock? {
        let lock = lockPath(owner, path)
        // Who looks whether it is held may have cleared the file away before we held it.
        for _ in 0..<3 {
            guard let held = FileLock(waitingFor: lock) else { return nil }
            if held.isAt(lock) { return held }
            held.release()
        }
        return nil
    }

    /// Whether nobody holds the lock of a program; then it is cleared away.
    static func isGone(_ owner: String, _ path: String) -> Bool {
        let lock = lockPath(owner, path)
        guard FileManager.default.fileExists(atPath: lock) else { return true }
        guard let free = FileLock(path: lock, creates: false) else { return false }
        unlink(lock)
        free.release()
        return true
    }
}
