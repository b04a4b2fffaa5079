import Synchronization

/// Read and write capacity units, as DynamoDB charges them.
public struct ConsumedCapacity: Hashable, Sendable {
    public var read: Double
    public var write: Double

    public init(read: Double = 0, write: Double = 0) {
        self.read = read
        self.write = write
    }

    public static func + (one: ConsumedCapacity, other: ConsumedCapacity) -> ConsumedCapacity {
        ConsumedCapacity(read: one.read + other.read, write: one.write + other.write)
    }
}

/// Counts what an engine's calls consume.
public final class CapacityMeter: Sendable {
    public struct Count: Hashable, Sendable {
        public fileprivate(set) var calls = 0
        public fileprivate(set) var consumed = ConsumedCapacity()
        /// Tries that were refused because the table was asked too much at a time.
        public fileprivate(set) var throttled = 0
    }

    private let counts = Mutex<[String: Count]>([:])

    public init() {}

    func note(_ operation: String, _ consumed: ConsumedCapacity) {
        CallCapacity.current?.add(consumed)
        counts.withLock {
            $0[operation, default: Count()].calls += 1
            $0[operation, default: Count()].consumed = $0[operation, default: Count()].consumed + consumed
        }
    }

    func noteThrottling(_ operation: String) {
        CallCapacity.current?.addThrottling()
        counts.withLock { $0[operation, default: Count()].throttled += 1 }
    }

    /// By operation, such as `Query`.
    public var byOperation: [String: Count] { counts.withLock { $0 } }

    public var total: ConsumedCapacity { byOperation.values.reduce(.init()) { $0 + $1.consumed } }
}

/// What the calls that are made within it consume, for whoever wants to know it of a single one.
final class CallCapacity: Sendable {
    @TaskLocal static var current: CallCapacity?

    private let sum = Mutex((consumed: ConsumedCapacity(), throttled: 0))

    func add(_ consumed: ConsumedCapacity) {
        sum.withLock { $0.consumed = $0.consumed + consumed }
    }

    func addThrottling() { sum.withLock { $0.throttled += 1 } }

    var consumed: ConsumedCapacity { sum.withLock(\.consumed) }
    var throttled: Int { sum.withLock(\.throttled) }
}

/// What DynamoDB charges for a call, from the sizes of its items.
/// Source: DynamoDB Developer Guide, "Read and write operations" and "Item sizes and formats".
public enum CapacityRule {
    /// Bytes: names and values in UTF-8.
    public static func size(_ item: Item) -> Int {
        item.attributes.reduce(2 + item.key.partition.utf8.count + 2 + item.key.sort.utf8.count) {
            $0 + $1.key.utf8.count + size($1.value)
        }
    }

    private static func size(_ value: AttributeValue) -> Int {
        switch value {
        case .string(let text): text.utf8.count
        case .number(let text): number(text)
        case .binary(let base64): base64.utf8.count / 4 * 3
        case .boolean, .null: 1
        // Three bytes for what holds others, one for each of them.
        case .map(let members): members.reduce(3) { $0 + 1 + $1.key.utf8.count + size($1.value) }
        case .list(let elements): elements.reduce(3) { $0 + 1 + size($1) }
        case .stringSet(let texts): texts.reduce(0) { $0 + $1.utf8.count }
        case .numberSet(let texts): texts.reduce(0) { $0 + number($1) }
        case .binarySet(let texts): texts.reduce(0) { $0 + $1.utf8.count / 4 * 3 }
        }
    }

    /// One byte for two digits, and one more.
    private static func number(_ text: String) -> Int { (text.utf8.count + 1) / 2 + 1 }

    /// One unit is a strongly consistent read of 4 KB; a query or scan rounds its sum up.
    public static func read(bytes: Int, isConsistent: Bool) -> Double {
        Double(max(1, (bytes + 4095) / 4096)) * (isConsistent ? 1 : 0.5)
    }

    /// One unit is a write of 1 KB; a transaction writes everything twice.
    public static func write(bytes: Int, isTransaction: Bool) -> Double {
        Double(max(1, (bytes + 1023) / 1024)) * (isTransaction ? 2 : 1)
    }

    /// What putting `item` in the place of `old` costs, in the table and in its index.
    static func put(_ item: Item, replacing old: Item?, isTransaction: Bool) -> Double {
        let bytes = max(size(item), old.map(size) ?? 0)
        return write(bytes: bytes, isTransaction: isTransaction)
            + (isIndexed(item) ? write(bytes: bytes, isTransaction: false) : 0)
    }

    static func delete(_ old: Item?, isTransaction: Bool) -> Double {
        guard let old else { return write(bytes: 0, isTransaction: isTransaction) }
        let index = isIndexed(old) ? write(bytes: size(old), isTransaction: false) : 0
        return write(bytes: size(old), isTransaction: isTransaction) + index
    }

    private static func isIndexed(_ item: Item) -> Bool {
        item.attributes[Index.messageGroup.partitionAttribute]?.string != nil
    }
}
