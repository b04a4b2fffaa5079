import Synchronization
import Traces

/// Wakes who waits for a change of the table, or of one partition; signals that nobody has taken
/// yet are folded into one.
final class TableSignal: Sendable {
    private struct Listeners {
        var next = 0
        /// By partition: a write wakes those who wait for it, and does not look at the others.
        var all: [String?: [Int: Changes]] = [:]
    }

    private let listeners = Mutex(Listeners())

    func send(_ partitions: some Sequence<String>) {
        let changed = Set(partitions)
        let woken = listeners.withLock { listeners in
            ([nil] + changed.map(Optional.some)).flatMap { listeners.all[$0].map { Array($0.values) } ?? [] }
        }
        for changes in woken { changes.tell() }
    }

    /// Tells of each change of `partition`; of any where it is `nil`.
    func changes(of partition: String? = nil) -> Changes {
        let changes = Changes()
        let id = listeners.withLock { listeners in
            listeners.next += 1
            listeners.all[partition, default: [:]][listeners.next] = changes
            return listeners.next
        }
        changes.whenOver { [weak self] in
            self?.listeners.withLock { listeners in
                listeners.all[partition]?[id] = nil
                if listeners.all[partition]?.isEmpty == true { listeners.all[partition] = nil }
            }
        }
        return changes
    }

    /// Tells once at once, then of each change.
    func changesFromNow() -> Changes {
        let changes = changes()
        changes.tell()
        return changes
    }
}
