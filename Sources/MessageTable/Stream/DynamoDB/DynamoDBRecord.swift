import Foundation
import Timestamps

/// A stream record as DynamoDB Streams and AWS Lambda tell it.
struct DynamoDBRecord: Decodable {
    struct Change: Decodable {
        /// Seconds since 1970.
        let approximateCreationDateTime: Double?
        let keys: AttributeMap
        let newImage: AttributeMap?
        let sequenceNumber: String
    }

    let eventName: String
    let dynamodb: Change

    /// - Throws: `TableError.unavailable` for a record of another kind of table.
    func record() throws -> StreamRecord {
        guard let event = StreamRecord.Event(rawValue: eventName) else {
            throw TableError.unavailable("stream record \(dynamodb.sequenceNumber) has the unknown event \(eventName)")
        }
        return StreamRecord(
            sequence: dynamodb.sequenceNumber, event: event, key: try Item(dynamodb.keys).key,
            newImage: try dynamodb.newImage.map { try Item($0) },
            at: Timestamp(seconds: dynamodb.approximateCreationDateTime ?? 0))
    }
}
