import MessageTable
import Synchronization
import Traces

/// Ends, as SIGKILL does, before one of its transactions; each is whole or not there.
final class CrashingEngine: TableEngine {
    struct Crash: Error {}

    private let base: any TableEngine
    private let left: Mutex<Int>

    init(_ base: any TableEngine, after transactions: Int) {
        self.base = base
        left = Mutex(transactions)
    }

    private func count() throws {
        try left.withLock { left in
            guard left > 0 else { throw Crash() }
            left -= 1
        }
    }

    func query(_ query: Query) async throws -> Page { try await base.query(query) }
    func item(at key: ItemKey) async throws -> Item? { try await base.item(at: key) }
    func scan(_ segment: ScanSegment, limit: Int, after: ItemKey?) async throws -> Page {
        try await base.scan(segment, limit: limit, after: after)
    }
    var scanSegments: Int { base.scanSegments }
    func put(_ item: Item, if condition: Condition) async throws {
        try count()
        try await base.put(item, if: condition)
    }
    func transact(_ writes: [Write]) async throws {
        try count()
        try await base.transact(writes)
    }
    func putAll(_ items: [Item]) async throws { try await base.putAll(items) }
    func checkWritable() async throws { try await base.checkWritable() }
    func stream() async throws -> any TableStream { try await base.stream() }
    func forgetChanges(of keys: [ItemKey]) async throws { try await base.forgetChanges(of: keys) }
    func changes(of partition: String) -> Changes { base.changes(of: partition) }
    var hasExactIndex: Bool { base.hasExactIndex }
    var capacity: CapacityMeter { base.capacity }
}
