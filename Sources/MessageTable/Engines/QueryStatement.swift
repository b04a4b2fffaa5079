import GRDB

/// A `Query` in SQL. Sort keys compare as their UTF-8 bytes in both.
struct QueryStatement {
    private(set) var sql: String
    private(set) var arguments: StatementArguments

    init(_ query: Query) {
        let partition = query.index == .table ? "pk" : "message_group_uuid"
        sql = "SELECT pk, sk, attributes FROM items WHERE \(partition) = ?"
        arguments = [query.partition.stored]
        if let prefix = query.sortKeyPrefix {
            // A range, so that SQLite seeks instead of filtering.
            sql += " AND sk >= ? AND sk < ?"
            arguments += [prefix.stored, (prefix + "\u{10FFFF}").stored]
        }
        let (comparison, order) = query.direction == .ascending ? (">", "ASC") : ("<", "DESC")
        if let after = query.after {
            sql += " AND (sk, pk) \(comparison) (?, ?)"
            arguments += [after.sort.stored, after.partition.stored]
        }
        sql += " ORDER BY sk \(order), pk \(order)"
        if let limit = query.limit {
            sql += " LIMIT ?"
            arguments += [limit + 1]
        }
    }
}
