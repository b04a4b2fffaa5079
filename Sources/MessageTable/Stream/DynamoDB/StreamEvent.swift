import Foundation

/// What AWS Lambda hands to a function that a DynamoDB stream triggers.
/// Source: AWS Lambda Developer Guide, "Example Amazon DynamoDB Streams event".
public struct StreamEvent: Sendable {
    /// In the stream's order.
    public let records: [StreamRecord]

    /// - Throws: `TableError.unavailable` when it is no such event.
    public init(json: Data) throws {
        struct Event: Decodable {
            let records: [DynamoDBRecord]
        }
        guard let event = try? DynamoDBJSON.decode(Event.self, from: json) else {
            throw TableError.unavailable("the event is not of a DynamoDB stream")
        }
        records = try event.records.map { try $0.record() }
    }
}
