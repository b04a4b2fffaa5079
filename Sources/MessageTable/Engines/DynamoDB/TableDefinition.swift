import AWSClient
import Foundation

/// The table itself: made, described, removed. Its shape is the seed's, with a stream.
public struct TableDefinition: Sendable {
    private let engine: DynamoDBEngine

    public init(_ engine: DynamoDBEngine) { self.engine = engine }

    /// What a table that is there looks like.
    public struct Description: Sendable {
        /// `ACTIVE`, `CREATING`, ...
        public let status: String
        public let itemCount: Int
        /// Where its stream is read; `nil` without a stream.
        public let streamARN: String?
        /// How it differs from what Cruddur needs, in words; empty: it fits.
        public let differences: [String]
    }

    /// `nil` if there is no such table.
    ///
    /// - Throws: `TableError.unavailable`.
    public func describe() async throws -> Description? {
        do {
            let body = try await engine.client.call(
                "DescribeTable", DynamoDBJSON.encode(["TableName": engine.table]))
            return try DynamoDBJSON.decode(DescribeAnswer.self, from: body).table.description
        } catch let error as AWSError where error.type == "ResourceNotFoundException" {
            return nil
        } catch let error as AWSError {
            throw TableError.unavailable("\(error)")
        }
    }

    /// Makes the table with its index and its stream.
    ///
    /// - Parameter isOnDemand: pay for each request, instead of the seed's 5 and 5 units.
    /// - Throws: `TableError.unavailable`.
    public func create(isOnDemand: Bool) async throws {
        let throughput = isOnDemand ? nil : CreateRequest.Throughput(readCapacityUnits: 5, writeCapacityUnits: 5)
        try await perform(
            "CreateTable",
            CreateRequest(
                tableName: engine.table,
                attributeDefinitions: ["message_group_uuid", "pk", "sk"].map {
                    .init(attributeName: $0, attributeType: "S")
                },
                keySchema: Self.keySchema(.table),
                globalSecondaryIndexes: [
                    .init(
                        indexName: Index.messageGroup.name ?? "", keySchema: Self.keySchema(.messageGroup),
                        provisionedThroughput: throughput)
                ],
                billingMode: isOnDemand ? "PAY_PER_REQUEST" : "PROVISIONED", provisionedThroughput: throughput))
    }

    /// Gives a table that has none a stream.
    ///
    /// - Throws: `TableError.unavailable`.
    public func addStream() async throws {
        struct Request: Encodable {
            let tableName: String
            let streamSpecification = CreateRequest.Stream()
        }
        try await perform("UpdateTable", Request(tableName: engine.table))
    }

    /// Whether the table drops items that have ended, idempotency keys, by itself; and by what else it drops some.
    ///
    /// - Throws: `TableError.unavailable`.
    public func end() async throws -> End {
        let answer: EndAnswer = try DynamoDBJSON.decode(
            from: try await perform("DescribeTimeToLive", ["TableName": engine.table]))
        guard let attribute = answer.attribute else { return .never }
        return attribute == Item.endAttribute ? .byItsTime : .other(attribute)
    }

    /// When a table drops items by itself.
    public enum End: Hashable, Sendable {
        case byItsTime
        case never
        /// By an attribute that is not ours.
        case other(String)
    }

    /// Has a table drop items that have ended.
    ///
    /// - Throws: `TableError.unavailable`.
    public func addEnd() async throws {
        struct Request: Encodable {
            struct Specification: Encodable {
                let attributeName = Item.endAttribute
                let enabled = true
            }
            let tableName: String
            let timeToLiveSpecification = Specification()
        }
        try await perform("UpdateTimeToLive", Request(tableName: engine.table))
    }

    /// Removes the table with all that is in it.
    ///
    /// - Throws: `TableError.unavailable`.
    public func drop() async throws {
        try await perform("DeleteTable", ["TableName": engine.table])
    }

    /// The names of all tables.
    ///
    /// - Throws: `TableError.unavailable`.
    public func list() async throws -> [String] {
        struct Answer: Decodable {
            let tableNames: [String]?
            let lastEvaluatedTableName: String?
        }
        var names: [String] = []
        var start: String?
        repeat {
            let body = try await perform("ListTables", start.map { ["ExclusiveStartTableName": $0] } ?? [:])
            let answer: Answer = try DynamoDBJSON.decode(from: body)
            names += answer.tableNames ?? []
            start = answer.lastEvaluatedTableName
        } while start != nil
        return names
    }

    @discardableResult
    private func perform(_ action: String, _ request: some Encodable) async throws -> Data {
        do {
            return try await engine.client.call(action, DynamoDBJSON.encode(request))
        } catch let error as AWSError {
            throw TableError.unavailable("\(error)")
        }
    }

    static func keySchema(_ index: Index) -> [CreateRequest.Key] {
        [
            .init(attributeName: index.partitionAttribute, keyType: "HASH"),
            .init(attributeName: "sk", keyType: "RANGE"),
        ]
    }
}

struct CreateRequest: Encodable {
    struct Attribute: Codable {
        let attributeName: String
        let attributeType: String
    }

    struct Key: Codable, Equatable {
        let attributeName: String
        let keyType: String
    }

    struct Throughput: Encodable {
        let readCapacityUnits: Int
        let writeCapacityUnits: Int
    }

    struct SecondaryIndex: Encodable {
        struct Projection: Encodable {
            let projectionType = "ALL"
        }

        let indexName: String
        let keySchema: [Key]
        let projection = Projection()
        let provisionedThroughput: Throughput?
    }

    struct Stream: Encodable {
        let streamEnabled = true
        let streamViewType = "NEW_IMAGE"
    }

    let tableName: String
    let attributeDefinitions: [Attribute]
    let keySchema: [Key]
    let globalSecondaryIndexes: [SecondaryIndex]
    let billingMode: String
    let provisionedThroughput: Throughput?
    let streamSpecification = Stream()
}

private struct DescribeAnswer: Decodable {
    struct Table: Decodable {
        struct SecondaryIndex: Decodable {
            struct Projection: Decodable {
                let projectionType: String?
            }

            let indexName: String
            let keySchema: [CreateRequest.Key]
            let projection: Projection?
        }

        struct Stream: Decodable {
            let streamEnabled: Bool?
            let streamViewType: String?
        }

        let tableStatus: String?
        let itemCount: Int?
        let keySchema: [CreateRequest.Key]
        let attributeDefinitions: [CreateRequest.Attribute]?
        let globalSecondaryIndexes: [SecondaryIndex]?
        let streamSpecification: Stream?
        let latestStreamArn: String?
    }

    let table: Table
}

private struct EndAnswer: Decodable {
    struct Description: Decodable {
        let timeToLiveStatus: String?
        let attributeName: String?
    }

    let timeToLiveDescription: Description?

    /// By which the table drops items; `nil`: by none.
    var attribute: String? {
        ["ENABLED", "ENABLING"].contains(timeToLiveDescription?.timeToLiveStatus)
            ? timeToLiveDescription?.attributeName : nil
    }
}

extension DescribeAnswer.Table {
    var description: TableDefinition.Description {
        TableDefinition.Description(
            status: tableStatus ?? "unknown", itemCount: itemCount ?? 0,
            streamARN: hasStream ? latestStreamArn : nil, differences: differences)
    }

    private var hasStream: Bool { streamSpecification?.streamEnabled == true }

    private var differences: [String] {
        var found: [String] = []
        if keySchema != TableDefinition.keySchema(.table) {
            found.append("its key is not pk (partition) and sk (sort)")
        }
        for attribute in attributeDefinitions ?? [] where attribute.attributeType != "S" {
            found.append("\(attribute.attributeName) is of type \(attribute.attributeType), not S")
        }
        let name = Index.messageGroup.name ?? ""
        if let index = globalSecondaryIndexes?.first(where: { $0.indexName == name }) {
            if index.keySchema != TableDefinition.keySchema(.messageGroup) {
                found.append("\(name) is not by message_group_uuid and sk")
            }
            if index.projection?.projectionType != "ALL" { found.append("\(name) does not hold all attributes") }
        } else {
            found.append("the index \(name) is missing: conversations cannot be opened or moved")
        }
        if !hasStream {
            found.append("it has no stream: groups do not move when a message arrives")
        } else if let view = streamSpecification?.streamViewType, !["NEW_IMAGE", "NEW_AND_OLD_IMAGES"].contains(view) {
            found.append("its stream tells \(view), not NEW_IMAGE")
        }
        return found
    }
}
