import AWSClient
import Foundation
import Logging
import Timestamps

/// The stream of a table in DynamoDB.
public struct DynamoDBStream: ShardedStream {
    private let client: AWSClient
    private let arn: String

    /// - Parameter arn: from the table's description.
    public init(client: AWSClient, arn: String) {
        self.client = client
        self.arn = arn
    }

    public func shards() async throws -> [StreamShard] {
        struct Request: Encodable {
            let streamArn: String
            let exclusiveStartShardId: String?
        }
        struct Answer: Decodable {
            struct Shard: Decodable {
                struct Range: Decodable {
                    let endingSequenceNumber: String?
                }
                let shardId: String
                let parentShardId: String?
                let sequenceNumberRange: Range?
            }
            struct Description: Decodable {
                let shards: [Shard]?
                let lastEvaluatedShardId: String?
            }
            let streamDescription: Description
        }
        var shards: [StreamShard] = []
        var start: String?
        repeat {
            let answer: Answer = try await call("DescribeStream", Request(streamArn: arn, exclusiveStartShardId: start))
            shards += (answer.streamDescription.shards ?? []).map {
                StreamShard(
                    id: $0.shardId, parent: $0.parentShardId,
                    isClosed: $0.sequenceNumberRange?.endingSequenceNumber != nil)
            }
            start = answer.streamDescription.lastEvaluatedShardId
        } while start != nil
        return shards
    }

    public func iterator(in shard: String, at position: StreamPosition) async throws -> String {
        struct Request: Encodable {
            let streamArn: String
            let shardId: String
            let shardIteratorType: String
            let sequenceNumber: String?
        }
        struct Answer: Decodable {
            let shardIterator: String
        }
        let (type, sequence): (String, String?) =
            switch position {
            case .oldest: ("TRIM_HORIZON", nil)
            case .newest: ("LATEST", nil)
            case .after(let sequence): ("AFTER_SEQUENCE_NUMBER", sequence)
            }
        let answer: Answer = try await call(
            "GetShardIterator",
            Request(streamArn: arn, shardId: shard, shardIteratorType: type, sequenceNumber: sequence))
        return answer.shardIterator
    }

    public func records(from iterator: String) async throws -> StreamBatch {
        struct Request: Encodable {
            let shardIterator: String
            let limit = 1000
        }
        struct Answer: Decodable {
            let records: [DynamoDBRecord]?
            let nextShardIterator: String?
        }
        let answer: Answer = try await call("GetRecords", Request(shardIterator: iterator))
        return StreamBatch(
            records: try (answer.records ?? []).map { try $0.record() }, next: answer.nextShardIterator)
    }

    private func call<Answer: Decodable>(_ action: String, _ request: some Encodable) async throws -> Answer {
        do {
            return try DynamoDBJSON.decode(from: await client.call(action, DynamoDBJSON.encode(request)))
        } catch let error as AWSError {
            switch error.type {
            case "TrimmedDataAccessException": throw StreamReadError.trimmed
            case "ExpiredIteratorException": throw StreamReadError.expired
            default: throw TableError.unavailable("\(error)")
            }
        } catch is DecodingError {
            throw TableError.unavailable("\(client.endpoint): the answer to \(action) is not DynamoDB's")
        }
    }
}

extension DynamoDBEngine {
    public func stream() async throws -> any TableStream {
        guard let description = try await TableDefinition(self).describe() else {
            throw TableError.unavailable(
                "there is no table \(table) at \(client.endpoint); cruddur-ops schema-load makes it")
        }
        guard let streams, let arn = description.streamARN else {
            throw TableError.unavailable(
                "the table \(table) has no stream; cruddur-ops schema-load adds one, "
                    + "and serve --no-follow-stream does without")
        }
        return FollowedTable(stream: DynamoDBStream(client: streams, arn: arn), arn: arn, signal: signal)
    }

    /// Its stream is DynamoDB's, which drops what is a day old.
    public func forgetChanges(of keys: [ItemKey]) async throws {}
}

/// A table of DynamoDB, as who follows it has it.
private struct FollowedTable: TableStream {
    let stream: any ShardedStream
    let arn: String
    let signal: TableSignal

    func following(as reader: StreamReader) throws -> @Sendable () async throws -> Void {
        let follower = StreamFollower(
            stream: stream, checkpoints: try CheckpointFile(path: reader.checkpoints(), stream: arn), now: reader.now,
            logger: reader.logger, onProgress: reader.onProgress, handle: reader.handle)
        return { try await follower.run() }
    }

    func announceChanges(now: @escaping @Sendable () -> Timestamp, logger: Logger) async throws {
        try await StreamFollower(
            stream: stream, checkpoints: CheckpointsInMemory(), start: .newest, now: now, logger: logger
        ) { signal.send([$0.key.partition]) }.run()
    }
}
