import Foundation

// The requests and answers of DynamoDB's low-level API, as far as the table needs them.

/// An answer that says what it cost.
protocol CapacityAnswer: Decodable {
    var units: Double { get }
}

struct Capacity: Decodable {
    let capacityUnits: Double?
}

// MARK: - Reading

struct QueryRequest: Encodable {
    let tableName: String
    let indexName: String?
    let keyConditionExpression: String
    let expressionAttributeNames: [String: String]
    let expressionAttributeValues: Item.Attributes
    let scanIndexForward: Bool
    let limit: Int?
    let exclusiveStartKey: Item.Attributes?
    let consistentRead: Bool?
    let returnConsumedCapacity = "TOTAL"

    init(_ query: Query, table: String) {
        tableName = table
        indexName = query.index.name
        var condition = "#p = :p"
        var names = ["#p": query.index.partitionAttribute]
        var values: Item.Attributes = [":p": .string(query.partition)]
        if let prefix = query.sortKeyPrefix {
            condition += " AND begins_with(#s, :s)"
            names["#s"] = "sk"
            values[":s"] = .string(prefix)
        }
        keyConditionExpression = condition
        expressionAttributeNames = names
        expressionAttributeValues = values
        scanIndexForward = query.direction == .ascending
        limit = query.limit
        // An index's key is that of the table and its own.
        exclusiveStartKey = query.after.map { key in
            var start = key.attributeValues
            if query.index != .table { start[query.index.partitionAttribute] = .string(query.partition) }
            return start
        }
        consistentRead = query.isConsistent && query.index == .table ? true : nil
    }
}

struct ScanRequest: Encodable {
    let tableName: String
    let limit: Int
    let exclusiveStartKey: Item.Attributes?
    let segment: Int?
    let totalSegments: Int?
    let returnConsumedCapacity = "TOTAL"
}

struct PageAnswer: CapacityAnswer {
    let items: [AttributeMap]?
    let lastEvaluatedKey: AttributeMap?
    let consumedCapacity: Capacity?

    var units: Double { consumedCapacity?.capacityUnits ?? 0 }

    func page(_ keys: KeyNames = KeyNames()) throws -> Page {
        Page(
            items: try (items ?? []).map { try Item($0.attributes, keys) },
            next: try lastEvaluatedKey.map { try Item($0.attributes, keys).key })
    }
}

struct ItemRequest: Encodable {
    let tableName: String
    let key: Item.Attributes
    let consistentRead: Bool
    let returnConsumedCapacity = "TOTAL"
}

struct ItemAnswer: CapacityAnswer {
    let item: AttributeMap?
    let consumedCapacity: Capacity?

    var units: Double { consumedCapacity?.capacityUnits ?? 0 }
}

// MARK: - Writing

/// A condition as DynamoDB reads it.
struct ConditionClause {
    private(set) var expression: String?
    private(set) var names: [String: String]?
    private(set) var values: Item.Attributes?

    init(_ condition: Condition) {
        switch condition {
        case .none: break
        case .itemExists: expression = "attribute_exists(pk)"
        // That nothing comes after it was looked at before.
        case .itemDoesNotExist, .itemIsNewest: expression = "attribute_not_exists(pk)"
        case .itemIs(let item):
            var parts = ["attribute_exists(pk)"]
            for (number, attribute) in item.attributes.sorted(by: { $0.key < $1.key }).enumerated() {
                parts.append("#a\(number) = :v\(number)")
                names = (names ?? [:]).merging(["#a\(number)": attribute.key]) { $1 }
                values = (values ?? [:]).merging([":v\(number)": attribute.value]) { $1 }
            }
            expression = parts.joined(separator: " AND ")
        }
    }
}

struct PutRequest: Encodable {
    let tableName: String
    let item: Item.Attributes
    let conditionExpression: String?
    let expressionAttributeNames: [String: String]?
    let expressionAttributeValues: Item.Attributes?
    let returnValuesOnConditionCheckFailure: String?
    let returnConsumedCapacity = "TOTAL"
}

/// The body of a ConditionalCheckFailedException, with the item that was there.
struct FailedItem: Decodable {
    let item: AttributeMap?

    func isItem(_ other: Item) throws -> Bool {
        try item.map { try Item($0) == other } ?? false
    }
}

struct TransactionRequest: Encodable {
    struct Action: Encodable {
        let tableName: String
        var item: Item.Attributes?
        var key: Item.Attributes?
        let conditionExpression: String?
        let expressionAttributeNames: [String: String]?
        let expressionAttributeValues: Item.Attributes?

        init(_ table: String, _ condition: Condition, item: Item.Attributes? = nil, key: Item.Attributes? = nil) {
            tableName = table
            self.item = item
            self.key = key
            let clause = ConditionClause(condition)
            conditionExpression = clause.expression
            expressionAttributeNames = clause.names
            expressionAttributeValues = clause.values
        }
    }

    struct Entry: Encodable {
        var put: Action?
        var delete: Action?
        var conditionCheck: Action?
    }

    let transactItems: [Entry]
    let clientRequestToken: String
    let returnConsumedCapacity = "TOTAL"

    init(_ writes: [Write], table: String, token: String) {
        clientRequestToken = token
        transactItems = writes.map { write in
            switch write {
            case .put(let item, let condition): Entry(put: Action(table, condition, item: item.attributeValues))
            case .delete(let key, let condition): Entry(delete: Action(table, condition, key: key.attributeValues))
            case .check(let key, let condition):
                Entry(conditionCheck: Action(table, condition, key: key.attributeValues))
            }
        }
    }
}

/// The body of a TransactionCanceledException.
struct Cancellation: Decodable {
    struct Reason: Decodable {
        let code: String?
    }

    let cancellationReasons: [Reason]?

    /// A code for each write of the transaction. Some emulators only write them into the message:
    /// `... specific reasons [None, ConditionalCheckFailed]`.
    func reasons(in message: String) -> [String] {
        if let cancellationReasons { return cancellationReasons.map { $0.code ?? "None" } }
        guard let start = message.lastIndex(of: "["), let end = message.lastIndex(of: "]"), start < end else {
            return []
        }
        return message[message.index(after: start)..<end].split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
    }
}

/// `ConsumedCapacity` is an object for one item, a list for several.
struct WriteAnswer: CapacityAnswer {
    let units: Double

    private enum Keys: String, CodingKey { case consumedCapacity }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        if let all = try? values.decodeIfPresent([Capacity].self, forKey: .consumedCapacity) {
            units = all.reduce(0) { $0 + ($1.capacityUnits ?? 0) }
        } else {
            units = try values.decodeIfPresent(Capacity.self, forKey: .consumedCapacity)?.capacityUnits ?? 0
        }
    }
}

struct BatchRequest: Encodable {
    /// One put, as it is sent and as it comes back unprocessed.
    struct Entry: Codable {
        struct Put: Codable {
            let item: Item.Attributes
        }
        let putRequest: Put

        init(_ item: Item) { putRequest = Put(item: item.attributeValues) }
    }

    let requestItems: [String: [Entry]]
    let returnConsumedCapacity = "TOTAL"
}

struct BatchAnswer: CapacityAnswer {
    let unprocessedItems: [String: [BatchRequest.Entry]]?
    let consumedCapacity: [Capacity]?

    var units: Double { (consumedCapacity ?? []).reduce(0) { $0 + ($1.capacityUnits ?? 0) } }
}
