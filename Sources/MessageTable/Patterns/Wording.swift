extension Query {
    /// The condition on the keys, with its values, as DynamoDB would have it.
    var keyCondition: String {
        let partition = "\(index.partitionAttribute) = \"\(partition)\""
        return sortKeyPrefix.map { "\(partition) AND begins_with(sk, \"\($0)\")" } ?? partition
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

    /// What is done to which key: `Put MSG#… 2026-…`.
    var summary: String {
        switch self {
        case .put(let item, _): "Put \(item.key.partition) \(item.key.sort)"
        case .delete(let key, _): "Delete \(key.partition) \(key.sort)"
        case .check(let key, _): "ConditionCheck \(key.partition) \(key.sort)"
        }
    }
}
