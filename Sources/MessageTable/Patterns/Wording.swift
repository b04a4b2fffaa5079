import Traces

extension Query {
    /// The condition on the keys, for a trace.
    var keyCondition: KeyCondition {
        KeyCondition(
            index.partitionAttribute, partition,
            sort: sortKeyPrefix.map { KeyCondition.Sort("sk", .beginsWith, $0) })
    }
}

extension Write {
    /// As a call of its own.
    var operation: String {
        switch self {
        case .put: "PutItem"
        case .delete: "DeleteItem"
        case .check: "ConditionCheck"
        }
    }

    /// What is done to which key, for a trace.
    var traced: TracedWrite {
        let operation =
            switch self {
            case .put: "Put"
            case .delete: "Delete"
            case .check: "ConditionCheck"
            }
        return TracedWrite(operation, partition: key.partition, sort: key.sort)
    }
}
