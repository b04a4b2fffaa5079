/// The table itself, or its one global secondary index.
public enum Index: Hashable, Sendable {
    case table
    /// `message-group-sk-index`: by `message_group_uuid`, then `sk`; holds group items only.
    case messageGroup

    /// The name in DynamoDB; `nil` for the table.
    public var name: String? {
        switch self {
        case .table: nil
        case .messageGroup: "message-group-sk-index"
        }
    }

    /// The attribute that is the partition key here.
    public var partitionAttribute: String {
        switch self {
        case .table: "pk"
        case .messageGroup: "message_group_uuid"
        }
    }
}
