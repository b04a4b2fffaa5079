import Synchronization

/// How many answers of each user are held until there is news.
final class Waiters: Sendable {
    private let limit: Int
    private let counts = Mutex<[String: Int]>([:])

    /// - Parameter limit: of one user.
    init(limit: Int) {
        self.limit = limit
    }

    /// Whether `user` may wait; then `leave` is to be called.
    func enter(_ user: String) -> Bool {
        counts.withLock { counts in
            guard counts[user, default: 0] < limit else { return false }
            counts[user, default: 0] += 1
            return true
        }
    }

    func leave(_ user: String) {
        counts.withLock { counts in
            guard let count = counts[user] else { return }
            counts[user] = count > 1 ? count - 1 : nil
        }
    }
}
