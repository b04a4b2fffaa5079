import AWSClient
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Synchronization
import TestSupport
import Testing
import Timestamps
import Traces

@testable import MessageTable

/// The engine in DynamoDB, against an emulator: the same suite as the embedded one.
@Suite(.enabled(if: Services.aws != nil, "bin/test starts the emulator"))
struct DynamoDBEngineTests {
    private let engine: DynamoDBEngine
    private let ada = Person(uuid: "ada", displayName: "Ada", handle: "ada")
    private let bob = Person(uuid: "bob", displayName: "Bob", handle: "bob")

    init() async throws {
        engine = Self.engine(Services.aws ?? "")
        try await TableDefinition(engine).create(isOnDemand: false)
    }

    static func engine(_ endpoint: String, table: String = "t-" + UUID().uuidString) -> DynamoDBEngine {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return DynamoDBEngine(
            client: client(.dynamoDB, endpoint), table: table, logger: logger, sleep: { _ in await Task.yield() })
    }

    static func client(_ service: AWSService, _ endpoint: String) -> AWSClient {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return AWSClient(
            service, region: "us-east-1", endpoint: endpoint,
            credentials: CredentialChain(
                environment: ["AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"],
                now: { Timestamp(microseconds: 0) }),
            logger: logger, now: { SystemTime().now() },
            sleep: { _ in await Task.yield() })
    }

    @Test func passesTheEngineSuite() async throws {
        try await EngineSuite(engine: engine).all()
        #expect(engine.capacity.total.read > 0)
        #expect(engine.capacity.byOperation["PutItem"]?.calls ?? 0 > 30)
    }

    @Test func theTableIsTheSeedsWithAStream() async throws {
        let found = try #require(try await TableDefinition(engine).describe())
        #expect(found.differences.isEmpty)
        #expect(found.streamARN != nil)
        #expect(try await TableDefinition(engine).list().contains(engine.table))
        try await TableDefinition(engine).drop()
        #expect(try await TableDefinition(engine).describe() == nil)
        let error = await #expect(throws: TableError.self) { try await engine.scan(limit: 1, after: nil) }
        #expect(error?.description.contains("schema-load") == true)
    }

    @Test func oneKeyTakesOneMessageAndPatternDIsWholeOrNothing() async throws {
        let message = MessageItem(
            group: "g", createdAt: "2026-01-01T00:00:00.000000+00:00", uuid: "1", text: "a", sender: ada)
        try await engine.run(.startGroup(message, recipient: bob))
        let other = MessageItem(group: "h", createdAt: message.createdAt, uuid: "2", text: "b", sender: bob)
        let second = WritePattern.startGroup(other, recipient: ada)
        do {
            try await engine.run(second)
            Issue.record("a second group for one pair")
        } catch TableError.conditionFailed(let positions) {
            #expect(second.failedForPair(positions))
        }
        #expect(try await engine.query(Query(partition: "MSG#h")).items.isEmpty)
        await #expect(throws: TableError.conditionFailed([0])) { try await engine.run(.addMessage(message)) }
    }

    @Test func theStreamTellsEveryChangeInItsOrder() async throws {
        let message = MessageItem(group: "g", createdAt: "2026-01", uuid: "1", text: "\u{0}é👩‍💻", sender: ada)
        try await engine.run(.addMessage(message))
        try await engine.transact([.delete(message.item.key, .itemExists)])
        let arn = try #require(try await TableDefinition(engine).describe()?.streamARN)
        let stream = DynamoDBStream(client: Self.client(.dynamoDBStreams, Services.aws ?? ""), arn: arn)
        let shard = try #require(try await stream.shards().first)
        let batch = try await stream.records(from: stream.iterator(in: shard.id, at: .oldest))
        #expect(batch.records.map(\.event) == [.insert, .remove])
        #expect(batch.records.first?.newImage == message.item)
        let image = try #require(batch.records.first?.newImage)
        #expect(try MessageItem(image) == message)
    }

    @Test func whoWaitsForAPartitionHearsOfItAlone() async throws {
        func listen(_ partition: String) -> Task<Int, Never> {
            let changes = engine.changes(of: partition)
            return Task {
                var count = 0
                for await _ in changes { count += 1 }
                return count
            }
        }
        let (one, other) = (listen("MSG#a"), listen("MSG#b"))
        try await engine.put(Item(key: ItemKey(partition: "MSG#b", sort: "1"), attributes: [:]), if: .none)
        for _ in 0..<1000 { await Task.yield() }
        for task in [one, other] { task.cancel() }
        #expect(await one.value == 0)
        #expect(await other.value == 1)
    }
}

/// A DynamoDB in trouble: what it answered is not what happened.
struct DynamoDBFaultTests {
    /// Answers what it is told, in order; then 200 and `{}`.
    private static func serve(
        _ answers: [(status: Int, body: String)], _ body: @Sendable @escaping (DynamoDBEngine) async throws -> Void
    ) async throws -> [String] {
        let left = Mutex(answers)
        let seen = Mutex<[String]>([])
        let router = Router()
        router.post("/") { request, _ in
            let text = try await String(buffer: request.body.collect(upTo: 1 << 20))
            seen.withLock { $0.append(text) }
            let next = left.withLock { $0.isEmpty ? (status: 200, body: "{}") : $0.removeFirst() }
            return Response(status: .init(code: next.status), body: .init(byteBuffer: ByteBuffer(string: next.body)))
        }
        try await LoopbackServer.run(router) { try await body(DynamoDBEngineTests.engine($0, table: "t")) }
        return seen.withLock { $0 }
    }

    private static let item = Item(key: ItemKey(partition: "MSG#g", sort: "1"), attributes: ["message": "hello"])
    private static let failedWithOurs =
        #"{"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "The conditional request failed", "Item": {"pk": {"S": "MSG#g"}, "sk": {"S": "1"}, "message": {"S": "hello"}}}"#

    @Test func aPutWhoseAnswerWasLostIsNotTakenForSomebodyElses() async throws {
        let calls = try await Self.serve([(500, "{}"), (400, Self.failedWithOurs)]) { engine in
            try await engine.put(Self.item, if: .itemDoesNotExist)
        }
        #expect(calls.count == 2)
    }

    @Test func anEqualItemThatWasThereBeforeIsAConflict() async throws {
        _ = try await Self.serve([(400, Self.failedWithOurs)]) { engine in
            await #expect(throws: TableError.conditionFailed([0])) {
                try await engine.put(Self.item, if: .itemDoesNotExist)
            }
        }
    }

    @Test func aTransactionHasOneTokenOnAllItsTries() async throws {
        let calls = try await Self.serve([(500, "{}"), (503, "{}")]) { engine in
            try await engine.transact([.put(Self.item, .none), .delete(ItemKey(partition: "a", sort: "b"), .none)])
        }
        let tokens = calls.map { $0.split(separator: "\"ClientRequestToken\":\"").last?.prefix(36) }
        #expect(calls.count == 3)
        #expect(Set(tokens).count == 1)
    }

    @Test func conflictsAreTriedAgainAndConditionsAreNot() async throws {
        func cancelled(_ codes: String...) -> (Int, String) {
            let reasons = codes.map { #"{"Code": "\#($0)"}"# }.joined(separator: ", ")
            return (
                400,
                #"{"__type": "x#TransactionCanceledException", "Message": "cancelled", "CancellationReasons": [\#(reasons)]}"#
            )
        }
        let calls = try await Self.serve([
            cancelled("None", "TransactionConflict"), cancelled("ThrottlingError", "None"),
            cancelled("None", "ConditionalCheckFailed"),
        ]) { engine in
            await #expect(throws: TableError.conditionFailed([1])) {
                try await engine.transact([.put(Self.item, .none), .put(Self.item, .itemDoesNotExist)])
            }
        }
        #expect(calls.count == 3)
    }

    @Test func whatABatchLeavesOverIsWrittenAgain() async throws {
        let left = #"{"UnprocessedItems": {"t": [{"PutRequest": {"Item": {"pk": {"S": "p"}, "sk": {"S": "7"}}}}]}}"#
        let calls = try await Self.serve([(200, left)]) { engine in
            try await engine.putAll((0..<30).map { Item(key: ItemKey(partition: "p", sort: "\($0)"), attributes: [:]) })
        }
        // 25, the one left over, and the other five.
        #expect(calls.map { $0.components(separatedBy: "PutRequest").count - 1 } == [25, 1, 5])
    }

    @Test func throttlingIsWaitedOut() async throws {
        let busy = #"{"__type": "x#ProvisionedThroughputExceededException", "message": "slow down"}"#
        let calls = try await Self.serve([(400, busy), (400, busy), (200, #"{"Items": []}"#)]) { engine in
            let page = try await engine.query(Query(partition: "p"))
            #expect(page.items.isEmpty)
        }
        #expect(calls.count == 3)
    }

    @Test func whatIsNotDynamoDBIsSaidToBeNot() async throws {
        _ = try await Self.serve([(200, "<html>welcome</html>")]) { engine in
            let error = await #expect(throws: TableError.self) { try await engine.query(Query(partition: "p")) }
            #expect(error?.description.contains("not DynamoDB's") == true)
        }
    }
}
