import Traces
import Tracing

/// An engine whose calls can be watched: each is a span, with what was asked and what came of it, by
/// OpenTelemetry's names for DynamoDB where it has them. No text of a message is in it, only keys.
/// Source: OpenTelemetry semantic conventions, "AWS DynamoDB client operations".
public struct TracedEngine: TableEngine {
    /// Keys that one span names.
    private static let keys = 25

    private let base: any TableEngine
    private let tracer: any Tracer
    private let table: String
    private let region: String?
    private let origins: MessageOrigins

    /// - Parameters:
    ///   - table: its name.
    ///   - region: where on AWS it is; `nil`: it is elsewhere.
    ///   - origins: told of each message, for whoever follows the stream.
    public init(
        _ base: any TableEngine, table: String, region: String?, tracer: any Tracer, origins: MessageOrigins
    ) {
        self.base = base
        self.table = table
        self.region = region
        self.tracer = tracer
        self.origins = origins
    }

    public var hasExactIndex: Bool { base.hasExactIndex }
    public var capacity: CapacityMeter { base.capacity }
    public func changes(of partition: String) -> Changes { base.changes(of: partition) }
    public func checkWritable() async throws { try await base.checkWritable() }
    public func stream() async throws -> any TableStream { try await base.stream() }
    public func forgetChanges(of keys: [ItemKey]) async throws { try await base.forgetChanges(of: keys) }

    /// What is watched is read each time: a list from memory would show neither a call nor what it costs.
    public func versions(of partitions: [String]) async throws -> [Int64]? { nil }

    public func run(_ pattern: ReadPattern, isConsistent: Bool) async throws -> [Item] {
        try await pattern.query(isConsistent: isConsistent).items { try await query($0, as: pattern) }
    }

    public func run(_ pattern: WritePattern) async throws { try await write(pattern.writes, as: pattern) }

    public func query(_ query: Query) async throws -> Page { try await self.query(query, as: nil) }

    public func put(_ item: Item, if condition: Condition) async throws {
        try await write([.put(item, condition)], as: nil)
    }

    public func transact(_ writes: [Write]) async throws { try await write(writes, as: nil) }

    public func item(at key: ItemKey) async throws -> Item? {
        try await span("GetItem", nil) { span in
            let condition = KeyCondition("pk", key.partition, sort: .init("sk", .equals, key.sort))
            span.attributes["cruddur.key_condition"] = condition.description
            span.attributes["aws.dynamodb.consistent_read"] = true
            let item = try await base.item(at: key)
            span.attributes["aws.dynamodb.count"] = item == nil ? 0 : 1
            return item
        }
    }

    public var scanSegments: Int { base.scanSegments }

    public func scan(_ segment: ScanSegment, limit: Int, after: ItemKey?) async throws -> Page {
        try await span("Scan", nil) { span in
            span.attributes["aws.dynamodb.limit"] = limit
            let page = try await base.scan(segment, limit: limit, after: after)
            Self.note(page, in: span)
            return page
        }
    }

    public func putAll(_ items: [Item]) async throws {
        try await span("BatchWriteItem", nil) { span in
            span.attributes["aws.dynamodb.count"] = items.count
            try await base.putAll(items)
        }
    }

    // MARK: Spans

    private func query(_ query: Query, as pattern: ReadPattern?) async throws -> Page {
        try await span("Query", pattern) { span in
            span.attributes["cruddur.key_condition"] = query.keyCondition.description
            span.attributes["aws.dynamodb.index_name"] = query.index.name
            span.attributes["aws.dynamodb.scan_forward"] = query.direction == .ascending
            span.attributes["aws.dynamodb.consistent_read"] = query.isConsistent
            if let limit = query.limit { span.attributes["aws.dynamodb.limit"] = limit }
            if let after = query.after { span.attributes["cruddur.exclusive_start_key"] = after.sort }
            let page = try await base.query(query)
            Self.note(page, in: span)
            return page
        }
    }

    private func write(_ writes: [Write], as pattern: WritePattern?) async throws {
        let isOne = writes.count == 1
        try await span(isOne ? writes[0].operation : "TransactWriteItems", pattern) { span in
            span.attributes["cruddur.writes"] = writes.prefix(Self.keys).map(\.traced.description)
            // Whoever owns a row that the stream moves sees that it does; the call of who wrote is theirs alone.
            if case .rekeyGroups(let groups, _) = pattern {
                for group in groups { span.context.traceAudience?.admit(group.owner) }
            }
            origins.begin(writes, in: span.context)
            var isWritten = false
            defer { origins.end(writes, in: span.context, isWritten: isWritten) }
            do {
                if isOne { try await put(writes[0]) } else { try await base.transact(writes) }
            } catch TableError.conditionFailed(let positions) {
                let which = positions.map { "\($0 + 1)" }.joined(separator: ", ")
                span.setStatus(SpanStatus(code: .error, message: "ConditionalCheckFailed: write \(which)"))
                throw TableError.conditionFailed(positions)
            }
            isWritten = true
        }
    }

    private func put(_ write: Write) async throws {
        if case .put(let item, let condition) = write { return try await base.put(item, if: condition) }
        try await base.transact([write])
    }

    private func span<Value>(
        _ operation: String, _ pattern: (any AccessPattern)?, _ body: (any Span) async throws -> Value
    ) async throws -> Value {
        try await tracer.withAnySpan("\(operation) \(table)", ofKind: .client) { span in
            span.attributes["db.system.name"] = "aws.dynamodb"
            span.attributes["db.operation.name"] = operation
            span.attributes["aws.dynamodb.table_names"] = [table]
            if let region { span.attributes["cloud.region"] = region }
            if let pattern { span.attributes["cruddur.pattern"] = String(pattern.letter) }
            let capacity = CallCapacity()
            defer {
                let consumed = capacity.consumed
                if consumed.read > 0 { span.attributes["cruddur.read_units"] = consumed.read }
                if consumed.write > 0 { span.attributes["cruddur.write_units"] = consumed.write }
                if capacity.throttled > 0 { span.attributes["cruddur.throttled"] = capacity.throttled }
            }
            return try await CallCapacity.$current.withValue(capacity) { try await body(span) }
        }
    }

    private static func note(_ page: Page, in span: any Span) {
        span.attributes["aws.dynamodb.count"] = page.items.count
        span.attributes["aws.dynamodb.scanned_count"] = page.items.count
        span.attributes["cruddur.sort_keys"] = page.items.prefix(keys).map(\.key.sort)
    }
}
