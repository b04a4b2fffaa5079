import GRDB
import Timestamps

/// The table in one SQLite file, in WAL mode. Each write appends its stream record in
/// the same transaction.
public struct EmbeddedEngine: TableEngine {
    private let database: DatabasePool
    private let commits = CommitSignal()
    private let now: @Sendable () -> Timestamp

    /// Opens or makes the file at `path`. `now` stamps the stream's records.
    ///
    /// - Throws: `TableError.unavailable`.
    public init(path: String, now: @escaping @Sendable () -> Timestamp) throws {
        self.now = now
        do {
            database = try DatabasePool(path: path)
            try EmbeddedSchema.migrator.migrate(database)
        } catch {
            throw TableError.unavailable("\(path): \(error)")
        }
    }

    public func query(_ query: Query) async throws -> Page {
        try await reading { database in
            let statement = QueryStatement(query)
            let rows = try Row.fetchAll(database, sql: statement.sql, arguments: statement.arguments)
            return try page(rows, limit: query.limit)
        }
    }

    public func item(at key: ItemKey) async throws -> Item? {
        try await reading { try EmbeddedEngine.item(at: key, in: $0) }
    }

    public func put(_ item: Item, if condition: Condition) async throws {
        try await transact([.put(item, condition)])
    }

    public func transact(_ writes: [Write]) async throws {
        let time = now()
        try await writing { database in
            let failed = try writes.indices.filter { try !holds(writes[$0], in: database) }
            guard failed.isEmpty else { throw TableError.conditionFailed(failed) }
            for write in writes {
                try perform(write, at: time, in: database)
            }
        }
        commits.send()
    }

    public func scan(limit: Int, after: ItemKey?) async throws -> Page {
        try await reading { database in
            var sql = "SELECT pk, sk, attributes FROM items"
            var arguments: StatementArguments = []
            if let after {
                sql += " WHERE (pk, sk) > (?, ?)"
                arguments += [after.partition, after.sort]
            }
            sql += " ORDER BY pk, sk LIMIT ?"
            arguments += [limit + 1]
            return try page(Row.fetchAll(database, sql: sql, arguments: arguments), limit: limit)
        }
    }

    /// One more row than the limit was read, to know whether there are more.
    private func page(_ rows: [Row], limit: Int?) throws -> Page {
        let items = try rows.prefix(limit ?? rows.count).map(EmbeddedEngine.item)
        return Page(items: items, next: rows.count > items.count ? items.last?.key : nil)
    }
}

// MARK: - Writing

extension EmbeddedEngine {
    private func holds(_ write: Write, in database: Database) throws -> Bool {
        let (key, condition) =
            switch write {
            case .put(let item, let condition): (item.key, condition)
            case .delete(let key, let condition): (key, condition)
            }
        return switch condition {
        case .none: true
        case .itemExists: try EmbeddedEngine.item(at: key, in: database) != nil
        case .itemDoesNotExist: try EmbeddedEngine.item(at: key, in: database) == nil
        }
    }

    private func perform(_ write: Write, at time: Timestamp, in database: Database) throws {
        switch write {
        case .put(let item, _):
            let event: StreamRecord.Event =
                try EmbeddedEngine.item(at: item.key, in: database) == nil ? .insert : .modify
            let attributes = try EmbeddedSchema.encode(item.attributes)
            try database.execute(
                sql: "INSERT OR REPLACE INTO items (pk, sk, message_group_uuid, attributes) VALUES (?, ?, ?, ?)",
                arguments: [
                    item.key.partition, item.key.sort,
                    item.attributes[Index.messageGroup.partitionAttribute], attributes,
                ])
            try record(event, item.key, attributes, at: time, in: database)
        case .delete(let key, _):
            try database.execute(
                sql: "DELETE FROM items WHERE pk = ? AND sk = ?", arguments: [key.partition, key.sort])
            // Nothing was there: nothing happened.
            guard database.changesCount > 0 else { return }
            try record(.remove, key, nil, at: time, in: database)
        }
    }

    private func record(
        _ event: StreamRecord.Event, _ key: ItemKey, _ image: String?, at time: Timestamp, in database: Database
    ) throws {
        try database.execute(
            sql: "INSERT INTO stream (event, pk, sk, new_image, at) VALUES (?, ?, ?, ?, ?)",
            arguments: [event.rawValue, key.partition, key.sort, image, time.microseconds])
    }

    private static func item(at key: ItemKey, in database: Database) throws -> Item? {
        try Row.fetchOne(
            database, sql: "SELECT pk, sk, attributes FROM items WHERE pk = ? AND sk = ?",
            arguments: [key.partition, key.sort]
        ).map(item)
    }

    private static func item(_ row: Row) throws -> Item {
        Item(
            key: ItemKey(partition: row["pk"], sort: row["sk"]),
            attributes: try EmbeddedSchema.decode(row["attributes"]))
    }
}

// MARK: - The stream

extension EmbeddedEngine: StreamSource {
    public func records(after sequence: Int64, limit: Int) async throws -> [StreamRecord] {
        try await reading { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM stream WHERE sequence > ? ORDER BY sequence LIMIT ?",
                arguments: [sequence, limit]
            ).map(EmbeddedEngine.streamRecord)
        }
    }

    public func checkpoint(of consumer: String) async throws -> Int64 {
        try await reading {
            try Int64.fetchOne(
                $0, sql: "SELECT sequence FROM checkpoints WHERE consumer = ?", arguments: [consumer]) ?? 0
        }
    }

    public func setCheckpoint(_ sequence: Int64, of consumer: String) async throws {
        // As DynamoDB: a record is kept for a day, whether it was read or not.
        let oldest = now().advanced(bySeconds: -86_400)
        try await writing { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO checkpoints (consumer, sequence) VALUES (?, ?)",
                arguments: [consumer, sequence])
            try database.execute(
                sql: "DELETE FROM stream WHERE sequence < ? AND at < ?",
                arguments: [sequence, oldest.microseconds])
        }
    }

    public func newRecords() -> AsyncStream<Void> { commits.stream() }

    private static func streamRecord(_ row: Row) throws -> StreamRecord {
        let key = ItemKey(partition: row["pk"], sort: row["sk"])
        let image: String? = row["new_image"]
        guard let event = StreamRecord.Event(rawValue: row["event"]) else {
            throw TableError.unavailable("stream record \(row["sequence"] as Int64) has an unknown event")
        }
        return StreamRecord(
            sequence: row["sequence"], event: event, key: key,
            newImage: try image.map { Item(key: key, attributes: try EmbeddedSchema.decode($0)) },
            at: Timestamp(microseconds: row["at"]))
    }
}

// MARK: - Errors

extension EmbeddedEngine {
    private func reading<Value: Sendable>(
        _ body: @Sendable @escaping (Database) throws -> Value
    ) async throws -> Value {
        do {
            return try await database.read(body)
        } catch let error as DatabaseError {
            throw TableError.unavailable("\(database.path): \(error.message ?? "\(error.resultCode)")")
        }
    }

    private func writing<Value: Sendable>(
        _ body: @Sendable @escaping (Database) throws -> Value
    ) async throws -> Value {
        do {
            return try await database.write(body)
        } catch let error as DatabaseError {
            throw TableError.unavailable("\(database.path): \(error.message ?? "\(error.resultCode)")")
        }
    }
}
