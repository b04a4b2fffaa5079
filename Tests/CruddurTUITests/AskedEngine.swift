import MessageTable
import Synchronization
import Traces

/// An engine that remembers what it was asked, in the inspector's words.
struct AskedEngine: TableEngine {
    final class Asked: Sendable {
        private let lines = Mutex<[String]>([])

        func note(_ words: [String]) {
            lines.withLock { $0.append(words.filter { !$0.isEmpty }.joined(separator: " ")) }
        }
        var all: [String] { lines.withLock(\.self) }
        func forget() { lines.withLock { $0 = [] } }
    }

    let base: any TableEngine
    let asked = Asked()

    func query(_ query: Query) async throws -> Page {
        let page = try await base.query(query)
        var condition = "\(query.index.partitionAttribute) = \"\(query.partition)\""
        if let prefix = query.sortKeyPrefix { condition += " AND begins_with(sk, \"\(prefix)\")" }
        asked.note([
            "Query", query.index.name ?? "", condition, query.direction == .descending ? "newest first" : "",
            query.limit.map { "limit \($0)" } ?? "", query.isConsistent ? "consistent" : "", "→ \(page.items.count)",
        ])
        return page
    }

    func item(at key: ItemKey) async throws -> Item? {
        let item = try await base.item(at: key)
        let condition = "pk = \"\(key.partition)\" AND sk = \"\(key.sort)\""
        asked.note(["GetItem", condition, "consistent", item == nil ? "→ 0" : "→ 1"])
        return item
    }

    func put(_ item: Item, if condition: Condition) async throws { try await write([.put(item, condition)]) }
    func transact(_ writes: [Write]) async throws { try await write(writes) }

    private func write(_ writes: [Write]) async throws {
        var words = [writes.count == 1 ? "PutItem" : "TransactWriteItems"]
        do {
            if writes.count == 1, case .put(let item, let condition) = writes[0] {
                try await base.put(item, if: condition)
            } else {
                try await base.transact(writes)
            }
        } catch TableError.conditionFailed(let positions) {
            words.append("ConditionalCheckFailed: write \(positions.map { "\($0 + 1)" }.joined(separator: ", "))")
            note(words, writes)
            throw TableError.conditionFailed(positions)
        }
        note(words, writes)
    }

    private func note(_ words: [String], _ writes: [Write]) {
        asked.note(
            words
                + writes.map { write in
                    switch write {
                    case .put(let item, _): "| Put \(item.key.partition) \(item.key.sort)"
                    case .delete(let key, _): "| Delete \(key.partition) \(key.sort)"
                    case .check(let key, _): "| ConditionCheck \(key.partition) \(key.sort)"
                    }
                })
    }

    func scan(_ segment: ScanSegment, limit: Int, after: ItemKey?) async throws -> Page {
        try await base.scan(segment, limit: limit, after: after)
    }
    var scanSegments: Int { base.scanSegments }
    func putAll(_ items: [Item]) async throws { try await base.putAll(items) }
    func checkWritable() async throws { try await base.checkWritable() }
    func changes(of partition: String) -> Changes { base.changes(of: partition) }
    func stream() async throws -> any TableStream { try await base.stream() }
    func forgetChanges(of keys: [ItemKey]) async throws { try await base.forgetChanges(of: keys) }
    var hasExactIndex: Bool { base.hasExactIndex }
    var capacity: CapacityMeter { base.capacity }
}
