/// A read of one partition, in the order of the sort key.
public struct Query: Hashable, Sendable {
    public enum Direction: Hashable, Sendable { case ascending, descending }

    public let index: Index
    public let partition: String
    /// Only items whose sort key begins so.
    public let sortKeyPrefix: String?
    public let direction: Direction
    /// At most so many items; `nil`: all.
    public let limit: Int?
    /// Go on behind this item, in the query's direction.
    public let after: ItemKey?
    /// Sees every write that has been answered; costs twice as much, and is not for the index.
    public var isConsistent: Bool

    public init(
        index: Index = .table, partition: String, sortKeyPrefix: String? = nil,
        direction: Direction = .ascending, limit: Int? = nil, after: ItemKey? = nil, isConsistent: Bool = false
    ) {
        self.index = index
        self.partition = partition
        self.sortKeyPrefix = sortKeyPrefix
        self.direction = direction
        self.limit = limit
        self.after = after
        self.isConsistent = isConsistent
    }
}

/// What a query or a scan answers: items, and where to go on if there are more.
public struct Page: Hashable, Sendable {
    public let items: [Item]
    /// The last item's key when more may follow; `nil` at the end.
    public let next: ItemKey?

    public init(items: [Item], next: ItemKey?) {
        self.items = items
        self.next = next
    }
}

/// A part of the table for one of those who read it side by side: each item is in one part, and the items of one
/// partition are in one part.
public struct ScanSegment: Hashable, Sendable {
    public let number: Int
    /// How many parts there are.
    public let count: Int

    /// - Parameter number: from 0.
    public init(_ number: Int, of count: Int) {
        self.number = number
        self.count = count
    }

    public static let whole = ScanSegment(0, of: 1)
}

/// One part of a transaction: a change, or a condition alone.
public enum Write: Hashable, Sendable {
    case put(Item, Condition)
    case delete(ItemKey, Condition)
    /// Changes nothing; the transaction is done only if it holds.
    case check(ItemKey, Condition)

    public var key: ItemKey {
        switch self {
        case .put(let item, _): item.key
        case .delete(let key, _), .check(let key, _): key
        }
    }

    public var condition: Condition {
        switch self {
        case .put(_, let condition), .delete(_, let condition), .check(_, let condition): condition
        }
    }

    /// Whether something is written.
    var isChange: Bool {
        if case .check = self { false } else { true }
    }
}

/// What must hold for a write to be done.
public enum Condition: Hashable, Sendable {
    case none
    case itemExists
    case itemDoesNotExist
    /// Neither the item nor one that comes after it in its partition.
    case itemIsNewest
    /// The item is there, and each of its attributes is as it was read.
    case itemIs(Item)
}
