import Timestamps

/// The table, whatever stores it. Every engine passes the same suite of tests.
public protocol TableEngine: Sendable {
    /// One partition's items in order.
    ///
    /// - Throws: `TableError.unavailable`.
    func query(_ query: Query) async throws -> Page

    /// The item at `key`, `nil` if there is none.
    ///
    /// - Throws: `TableError.unavailable`.
    func item(at key: ItemKey) async throws -> Item?

    /// Writes `item`, replacing the one at its key, if `condition` holds.
    ///
    /// - Throws: `TableError.conditionFailed([0])`, `TableError.unavailable`.
    func put(_ item: Item, if condition: Condition) async throws

    /// All of `writes` or none of them.
    ///
    /// - Throws: `TableError.conditionFailed` with the positions of the writes whose
    ///   conditions did not hold, `TableError.unavailable`.
    func transact(_ writes: [Write]) async throws

    /// Runs an access pattern; `nil` for those that only write.
    ///
    /// - Throws: `TableError`.
    @discardableResult
    func run(_ pattern: AccessPattern) async throws -> Page?

    /// A part of the table in an order of the engine's own, a page at a time.
    ///
    /// - Throws: `TableError.unavailable`.
    func scan(_ segment: ScanSegment, limit: Int, after: ItemKey?) async throws -> Page

    /// How many may well read parts of the table side by side.
    var scanSegments: Int { get }

    /// Writes all of `items`, in any order and without any condition; what is there is replaced.
    /// For filling a table: not atomic.
    ///
    /// - Throws: `TableError.unavailable`; some may be written then.
    func putAll(_ items: [Item]) async throws

    /// Does what a write does, to the disk or the service, and leaves nothing behind.
    ///
    /// - Throws: `TableError.unavailable` when a write would fail.
    func checkWritable() async throws

    /// One element whenever something in `partition` may have changed since the call.
    func changes(of partition: String) -> AsyncStream<Void>

    /// Whether the index shows each write as soon as it is made.
    var hasExactIndex: Bool { get }

    /// What the calls have consumed.
    var capacity: CapacityMeter { get }
}

/// Why the table did not do what was asked.
public enum TableError: Error, Equatable, CustomStringConvertible {
    /// The positions of the writes whose conditions did not hold.
    case conditionFailed([Int])
    case unavailable(String)

    public var description: String {
        switch self {
        case .conditionFailed(let positions): "condition failed for write \(positions)"
        case .unavailable(let reason): "the table cannot be used: \(reason)"
        }
    }
}

extension TableEngine {
    /// The whole table, a page at a time.
    ///
    /// - Throws: `TableError.unavailable`.
    public func scan(limit: Int, after: ItemKey?) async throws -> Page {
        try await scan(.whole, limit: limit, after: after)
    }

    @discardableResult
    public func run(_ pattern: AccessPattern) async throws -> Page? {
        switch pattern.operation {
        case .query(let query):
            return try await self.query(query)
        case .put(let item, let condition):
            try await put(item, if: condition)
        case .transaction(let writes):
            try await transact(writes)
        }
        return nil
    }

    /// Every item that `query` finds behind its start, through all its pages.
    ///
    /// - Throws: what the engine throws.
    public func all(_ query: Query) async throws -> [Item] {
        var items: [Item] = []
        var after = query.after
        repeat {
            let page = try await self.query(
                Query(
                    index: query.index, partition: query.partition, sortKeyPrefix: query.sortKeyPrefix,
                    direction: query.direction, after: after, isConsistent: query.isConsistent))
            items += page.items
            after = page.next
        } while after != nil
        return items
    }
}
