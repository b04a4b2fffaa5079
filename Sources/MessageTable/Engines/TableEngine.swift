import Timestamps
import Traces

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

    /// Runs an access pattern that reads: all that it asks for, through as many pages as that takes.
    ///
    /// - Parameter isConsistent: with every write that has been answered.
    /// - Throws: `TableError.unavailable`.
    func run(_ pattern: ReadPattern, isConsistent: Bool) async throws -> [Item]

    /// Runs an access pattern that writes.
    ///
    /// - Throws: `TableError`.
    func run(_ pattern: WritePattern) async throws

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

    /// A number for each of `partitions` that is another one once something in it has changed, whoever changed it;
    /// `nil` where that cannot be told without reading them.
    ///
    /// - Throws: `TableError.unavailable`.
    func versions(of partitions: [String]) async throws -> [Int64]?

    /// One element whenever something in `partition` may have changed since the call.
    func changes(of partition: String) -> Changes

    /// Its changes, to be followed.
    ///
    /// - Throws: `TableError.unavailable` where there are none.
    func stream() async throws -> any TableStream

    /// Drops what its stream and its file still hold of what these items were, as far as that is its own to drop.
    ///
    /// - Throws: `TableError.unavailable`.
    func forgetChanges(of keys: [ItemKey]) async throws

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

    public func run(_ pattern: ReadPattern, isConsistent: Bool) async throws -> [Item] {
        try await all(pattern.query(isConsistent: isConsistent))
    }

    public func run(_ pattern: ReadPattern) async throws -> [Item] { try await run(pattern, isConsistent: false) }

    public func run(_ pattern: WritePattern) async throws {
        let writes = pattern.writes
        if writes.count == 1, case .put(let item, let condition) = writes[0] {
            try await put(item, if: condition)
        } else {
            try await transact(writes)
        }
    }

    /// Whether and how often partitions have changed: an engine that cannot tell without reading them says nothing.
    public func versions(of partitions: [String]) async throws -> [Int64]? { nil }

    /// Every item that `query` finds behind its start, up to its limit, through all its pages.
    ///
    /// - Throws: what the engine throws.
    public func all(_ query: Query) async throws -> [Item] { try await query.items { try await self.query($0) } }
}

extension Query {
    /// What it finds, up to its limit, through as many pages as that takes.
    func items(_ page: (Query) async throws -> Page) async throws -> [Item] {
        var items: [Item] = []
        var rest = self
        repeat {
            rest.limit = limit.map { $0 - items.count }
            let found = try await page(rest)
            items += found.items
            rest.after = found.next
        } while rest.after != nil && limit.map { items.count < $0 } ?? true
        return items
    }
}
