import MessageTable
import Timestamps
import Traces

/// A table as an operator sees it: nothing can be written, texts are masked unless they are asked for, and it may be as it
/// was at a time.
struct BrowsedEngine: TableEngine {
    static let mask = "*****"
    /// Seconds: what a clock of another zone showed, with which sort keys begin, may be so far ahead.
    private static let zones = 86_400.0

    let base: any TableEngine
    /// `nil`: as it is.
    let time: Timestamp?
    let showsTexts: Bool

    func query(_ query: Query) async throws -> Page {
        if query.partition.hasPrefix("MSG#") { return try await messages(query) }
        guard time != nil else {
            let page = try await base.query(query)
            return Page(items: page.items.map(masked), next: page.next)
        }
        // A row knows only of its newest message: what it was is read from the messages, and the order follows.
        let rows = try await base.all(
            Query(index: query.index, partition: query.partition, isConsistent: query.isConsistent))
        var found: [Item] = []
        for row in rows { if let past = try await past(row) { found.append(masked(past)) } }
        let isAscending = query.direction == .ascending
        found.sort { ($0.key.sort < $1.key.sort) == isAscending && $0.key != $1.key }
        return Page(items: Array(found.prefix(query.limit ?? found.count)), next: nil)
    }

    private func messages(_ query: Query) async throws -> Page {
        var after = query.after
        if let time, after == nil, query.direction == .descending {
            let last = time.advanced(bySeconds: Self.zones)
            after = ItemKey(partition: query.partition, sort: last.description)
        }
        var found: [Item] = []
        repeat {
            let page = try await base.query(
                Query(
                    partition: query.partition, sortKeyPrefix: query.sortKeyPrefix, direction: query.direction,
                    limit: query.limit, after: after, isConsistent: query.isConsistent))
            found += page.items.filter { isPast($0.key.sort) }
            after = page.next
        } while after != nil && found.count < query.limit ?? .max
        let limit = query.limit ?? found.count
        let items = Array(found.prefix(limit)).map(masked)
        return Page(items: items, next: found.count > limit || after != nil ? items.last?.key : nil)
    }

    private func isPast(_ sort: String) -> Bool {
        guard let time else { return true }
        return Timestamp(sort).map { $0 <= time } ?? false
    }

    func stream() async throws -> any TableStream { try await base.stream() }

    /// The row as it was; `nil` if nothing had been said.
    private func past(_ item: Item) async throws -> Item? {
        guard let row = try? GroupItem(item) else { return nil }
        let newest = Query(
            partition: MessageItem.partition(group: row.group), direction: .descending, limit: 1, isConsistent: true)
        let unmasked = BrowsedEngine(base: base, time: time, showsTexts: true)
        guard let message = try await unmasked.query(newest).items.first.flatMap({ try? MessageItem($0) }) else {
            return nil
        }
        return row.moved(to: message).item
    }

    private func masked(_ item: Item) -> Item {
        guard !showsTexts, item.attributes["message"] != nil else { return item }
        return Item(key: item.key, attributes: item.attributes.merging(["message": .string(Self.mask)]) { $1 })
    }

    func item(at key: ItemKey) async throws -> Item? {
        guard let item = try await base.item(at: key) else { return nil }
        if key.partition.hasPrefix("MSG#") { return isPast(key.sort) ? masked(item) : nil }
        if key.partition.hasPrefix("GRP#"), time != nil { return try await past(item).map(masked) }
        return masked(item)
    }

    func scan(_ segment: ScanSegment, limit: Int, after: ItemKey?) async throws -> Page {
        let page = try await base.scan(segment, limit: limit, after: after)
        return Page(items: page.items.map(masked), next: page.next)
    }

    var scanSegments: Int { base.scanSegments }

    // MARK: Nothing is written

    private static let refusal = TableError.unavailable("it is open for reading only")

    func put(_ item: Item, if condition: Condition) async throws { throw Self.refusal }
    func transact(_ writes: [Write]) async throws { throw Self.refusal }
    func forgetChanges(of keys: [ItemKey]) async throws { throw Self.refusal }
    func putAll(_ items: [Item]) async throws { throw Self.refusal }
    /// It is not asked to take any.
    func checkWritable() async throws {}

    func changes(of partition: String) -> Changes { base.changes(of: partition) }
    var hasExactIndex: Bool { base.hasExactIndex }
    var capacity: CapacityMeter { base.capacity }
}
