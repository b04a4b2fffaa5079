import AWSClient
import Foundation
import Logging
import Timestamps
import Traces

/// The table in DynamoDB, or in whatever speaks its JSON protocol.
public struct DynamoDBEngine: TableEngine {
    /// Items of one BatchWriteItem.
    static let batch = 25
    /// Tries for what a batch left over.
    private static let batchAttempts = 12
    /// Tries of a transaction that others of the same moment got in the way of.
    private static let conflictAttempts = 8

    public let table: String
    private let keys: KeyNames
    public let capacity = CapacityMeter()
    let client: AWSClient
    let streams: AWSClient?
    let signal = TableSignal()
    private let logger: Logger
    private let sleep: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - streams: of DynamoDB Streams, for who follows the table's changes.
    ///   - keys: of another table than Cruddur's, which can only be scanned.
    public init(
        client: AWSClient, streams: AWSClient? = nil, table: String, keys: KeyNames = KeyNames(), logger: Logger,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await SystemTime().sleep(for: $0) }
    ) {
        self.client = client
        self.streams = streams
        self.table = table
        self.keys = keys
        self.logger = logger
        self.sleep = sleep
    }

    public var hasExactIndex: Bool { false }

    public func changes(of partition: String) -> Changes { signal.changes(of: partition) }

    public func query(_ query: Query) async throws -> Page {
        let answer: PageAnswer = try await call("Query", QueryRequest(query, table: table))
        return try answer.page()
    }

    public func item(at key: ItemKey) async throws -> Item? {
        let answer: ItemAnswer = try await call(
            "GetItem", ItemRequest(tableName: table, key: key.attributeValues, consistentRead: true))
        return try answer.item.map { try Item($0) }
    }

    /// As many as a table on demand bears from its first day on.
    public var scanSegments: Int { 4 }

    public func scan(_ segment: ScanSegment, limit: Int, after: ItemKey?) async throws -> Page {
        let answer: PageAnswer = try await call(
            "Scan",
            ScanRequest(
                tableName: table, limit: limit, exclusiveStartKey: after?.attributeValues(keys),
                segment: segment.count > 1 ? segment.number : nil,
                totalSegments: segment.count > 1 ? segment.count : nil))
        return try answer.page(keys)
    }

    // MARK: Writing

    public func put(_ item: Item, if condition: Condition) async throws {
        try await look([.put(item, condition)])
        let clause = ConditionClause(condition)
        let request = PutRequest(
            tableName: table, item: item.attributeValues, conditionExpression: clause.expression,
            expressionAttributeNames: clause.names, expressionAttributeValues: clause.values,
            returnValuesOnConditionCheckFailure: clause.expression == nil ? nil : "ALL_OLD")
        do {
            let _: WriteAnswer = try await call("PutItem", request)
        } catch let TableFault.aws(.service(fault)) where fault.type == "ConditionalCheckFailedException" {
            // The item may be there because an earlier try of this very call put it there.
            let isOurs =
                try fault.mayHaveHappenedBefore && DynamoDBJSON.decode(FailedItem.self, from: fault.body).isItem(item)
            guard isOurs else { throw TableError.conditionFailed([0]) }
        }
        signal.send([item.key.partition])
    }

    public func transact(_ writes: [Write]) async throws {
        try await look(writes)
        // The same token on every try: what was carried out is not carried out again.
        let request = TransactionRequest(writes, table: table, token: UUID().uuidString.lowercased())
        for attempt in 1... {
            do {
                let _: WriteAnswer = try await call("TransactWriteItems", request)
                return signal.send(writes.filter(\.isChange).map(\.key.partition))
            } catch let TableFault.aws(.service(fault)) where fault.type == "TransactionCanceledException" {
                let reasons = try DynamoDBJSON.decode(Cancellation.self, from: fault.body).reasons(in: fault.message)
                let failed = reasons.indices.filter { reasons[$0] == "ConditionalCheckFailed" }
                guard failed.isEmpty else { throw TableError.conditionFailed(failed) }
                if reasons.contains(where: Self.throttling.contains) { capacity.noteThrottling("TransactWriteItems") }
                guard reasons.contains(where: Self.throttling.union(["TransactionConflict"]).contains),
                    attempt < Self.conflictAttempts
                else {
                    throw TableError.unavailable("\(client.endpoint): \(fault.message)")
                }
                try await sleep(.milliseconds(20 << attempt) * Double.random(in: 0...1))
            }
        }
    }

    /// A condition sees one item only. What was written before this call, it sees; who writes at the same time has
    /// no order to keep.
    private func look(_ writes: [Write]) async throws {
        for (position, write) in writes.enumerated() where write.condition == .itemIsNewest {
            let newest = try await query(
                Query(partition: write.key.partition, direction: .descending, limit: 1, isConsistent: true)
            ).items.first
            guard let newest, !SortKey.isBefore(newest.key.sort, write.key.sort) else { continue }
            throw TableError.conditionFailed([position])
        }
    }

    public func checkWritable() async throws {
        // A write that is made if there is such an item, which there never is.
        let probe = Item(key: ItemKey(partition: "READINESS", sort: "READINESS"), attributes: [:])
        do {
            try await put(probe, if: .itemExists)
        } catch TableError.conditionFailed {}
    }

    private static let throttling: Set<String> = ["ProvisionedThroughputExceeded", "ThrottlingError"]

    public func putAll(_ items: [Item]) async throws {
        for start in stride(from: 0, to: items.count, by: Self.batch) {
            var left = items[start..<min(start + Self.batch, items.count)].map { BatchRequest.Entry($0) }
            var attempt = 0
            while !left.isEmpty {
                guard attempt < Self.batchAttempts else {
                    throw TableError.unavailable(
                        "\(client.endpoint): \(left.count) items were not taken; the table is busy")
                }
                if attempt > 0 { try await sleep(.milliseconds(20 << min(attempt, 8)) * Double.random(in: 0.5...1)) }
                let answer: BatchAnswer = try await call("BatchWriteItem", BatchRequest(requestItems: [table: left]))
                left = answer.unprocessedItems?[table] ?? []
                if !left.isEmpty { capacity.noteThrottling("BatchWriteItem") }
                attempt += 1
            }
        }
        signal.send(items.map(\.key.partition))
    }

    // MARK: Calling

    /// - Throws: `TableError.unavailable`, `TableFault.aws` for a service's no.
    func call<Answer: CapacityAnswer>(_ action: String, _ request: some Encodable) async throws -> Answer {
        let body: Data
        do {
            body = try await client.call(action, DynamoDBJSON.encode(request)) { fault in
                if fault.isThrottling { capacity.noteThrottling(action) }
            }
        } catch let error as AWSError {
            throw try TableFault(error, table: table, endpoint: client.endpoint)
        }
        let answer: Answer
        do {
            answer = try DynamoDBJSON.decode(from: body)
        } catch {
            throw TableError.unavailable("\(client.endpoint): the answer to \(action) is not DynamoDB's")
        }
        let isRead = ["Query", "GetItem", "Scan"].contains(action)
        let units = answer.units
        capacity.note(action, isRead ? ConsumedCapacity(read: units) : ConsumedCapacity(write: units))
        logger.debug("\(action)", metadata: ["units": "\(units)"])
        return answer
    }
}

/// What goes on to whoever called.
enum TableFault: Error {
    /// A service's no that the caller may understand.
    case aws(AWSError)

    private static let understood: Set<String> = ["ConditionalCheckFailedException", "TransactionCanceledException"]

    /// - Returns: `TableError` for all that no caller can do anything about.
    init(_ error: AWSError, table: String, endpoint: String) throws {
        if let type = error.type, Self.understood.contains(type) {
            self = .aws(error)
        } else if error.type == "ResourceNotFoundException" {
            throw TableError.unavailable("there is no table \(table) at \(endpoint); cruddur-ops schema-load makes it")
        } else {
            throw TableError.unavailable("\(error)")
        }
    }
}
