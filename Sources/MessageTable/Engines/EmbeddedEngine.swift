import DatabaseVersion
import Foundation
import GRDB
import PrivateFiles
import Timestamps
import Traces

/// The table in one SQLite file, in WAL mode. Each write appends its stream record in
/// the same transaction.
public struct EmbeddedEngine: TableEngine {
    /// Seconds that a write waits for one of another program.
    private static let patience = 10.0

    private let database: DatabasePool
    private let signal = TableSignal()
    private let trimming = StreamTrimming()
    private let file: DatabaseVersion
    private let files: DatabaseFiles
    private let versions = PartitionVersions()
    public let capacity = CapacityMeter()
    private let now: @Sendable () -> Timestamp

    /// Opens the file at `path`. `now` stamps the stream's records.
    ///
    /// - Parameter missing: whether it is made where there is none.
    /// - Throws: `TableError.unavailable`, `NoFile`.
    public init(path: String, missing: MissingFile = .made, now: @escaping @Sendable () -> Timestamp) throws {
        self.now = now
        try missing.prepare(path)
        do {
            var configuration = Configuration()
            // Another program may write to the same file: `stream` beside `serve`.
            configuration.busyMode = .timeout(Self.patience)
            // As many as there may be threads with a request, and some for what is read aside.
            configuration.maximumReaderCount = ProcessInfo.processInfo.activeProcessorCount + 4
            database = try DatabasePool(path: path, configuration: configuration)
            try EmbeddedSchema.migrator.migrate(database)
            file = try DatabaseVersion(path: path)
        } catch {
            throw TableError.unavailable("\(path): \(error)")
        }
        guard let files = DatabaseFiles(path: path) else { throw Self.removed(path) }
        self.files = files
    }

    public var hasExactIndex: Bool { true }

    public func query(_ query: Query) async throws -> Page {
        let found = try reading { database in
            let statement = QueryStatement(query)
            let rows = try Row.fetchAll(
                database.cachedStatement(sql: statement.sql), arguments: statement.arguments)
            return try page(rows, limit: query.limit)
        }
        noteRead("Query", found.items, isConsistent: query.isConsistent)
        return found
    }

    public func item(at key: ItemKey) async throws -> Item? {
        let item = try reading { try EmbeddedEngine.item(at: key, in: $0) }
        noteRead("GetItem", item.map { [$0] } ?? [], isConsistent: true)
        return item
    }

    public func put(_ item: Item, if condition: Condition) async throws {
        try await transact([.put(item, condition)])
    }

    public func transact(_ writes: [Write]) async throws {
        let time = now()
        // What DynamoDB charges for looking whether it is the newest.
        for write in writes where write.condition == .itemIsNewest {
            noteRead("Query", [], isConsistent: true)
        }
        let units = try await writing { database in
            let failed = try writes.indices.filter { try !holds(writes[$0], in: database) }
            guard failed.isEmpty else { throw TableError.conditionFailed(failed) }
            try removeEnded(besides: writes, at: time, in: database)
            return try writes.reduce(0) {
                try $0 + perform($1, at: time, isTransaction: writes.count > 1, in: database)
            }
        }
        capacity.note(writes.count > 1 ? "TransactWriteItems" : "PutItem", ConsumedCapacity(write: units))
        signal.send(writes.filter(\.isChange).map(\.key.partition))
    }

    public func putAll(_ items: [Item]) async throws {
        let time = now()
        let units = try await writing { database in
            try items.reduce(0) {
                try $0 + perform(.put($1, .none), at: time, isTransaction: false, in: database)
            }
        }
        capacity.note("BatchWriteItem", ConsumedCapacity(write: units))
        signal.send(items.map(\.key.partition))
    }

    public func checkWritable() async throws {
        let time = now()
        try await writing { database in
            // A page of the log at least: on a full disk there is no place for it.
            try database.execute(sql: "DELETE FROM readiness")
            try database.execute(sql: "INSERT INTO readiness (asked) VALUES (?)", arguments: [time.microseconds])
        }
    }

    public func versions(of partitions: [String]) async throws -> [Int64]? {
        let version = try? file.current()
        if let version, let known = versions.versions(of: partitions, at: version) { return known }
        return try reading { try versions.versions(of: partitions, at: version, in: $0) }
    }

    public func changes(of partition: String) -> Changes { signal.changes(of: partition) }

    /// One file is read by one.
    public var scanSegments: Int { 1 }

    public func scan(_ segment: ScanSegment, limit: Int, after: ItemKey?) async throws -> Page {
        guard segment.number == 0 else { return Page(items: [], next: nil) }
        let found = try await readingAside { database in
            var sql = "SELECT pk, sk, attributes FROM items"
            var arguments: StatementArguments = []
            if let after {
                sql += " WHERE (pk, sk) > (?, ?)"
                arguments += [after.partition.stored, after.sort.stored]
            }
            sql += " ORDER BY pk, sk LIMIT ?"
            arguments += [limit + 1]
            return try page(Row.fetchAll(database, sql: sql, arguments: arguments), limit: limit)
        }
        noteRead("Scan", found.items, isConsistent: false)
        return found
    }

    /// As DynamoDB would charge it.
    private func noteRead(_ operation: String, _ items: [Item], isConsistent: Bool) {
        let bytes = items.reduce(0) { $0 + CapacityRule.size($1) }
        capacity.note(
            operation, ConsumedCapacity(read: CapacityRule.read(bytes: bytes, isConsistent: isConsistent)))
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
        switch write.condition {
        case .none: true
        case .itemExists: try EmbeddedEngine.item(at: write.key, in: database) != nil
        case .itemDoesNotExist: try EmbeddedEngine.item(at: write.key, in: database) == nil
        case .itemIsNewest: try !hasItem(from: write.key, in: database)
        case .itemIs(let item): try EmbeddedEngine.item(at: write.key, in: database) == item
        }
    }

    private func hasItem(from key: ItemKey, in database: Database) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM items WHERE pk = ? AND sk >= ?)"),
            arguments: [key.partition.stored, key.sort.stored]) ?? false
    }

    /// - Returns: the write units that DynamoDB would charge.
    private func perform(
        _ write: Write, at time: Timestamp, isTransaction: Bool, in database: Database
    ) throws -> Double {
        // What DynamoDB charges for a condition in a transaction.
        guard write.isChange else { return 2 }
        let old = try EmbeddedEngine.item(at: write.key, in: database)
        switch write {
        case .put(let item, _):
            let attributes = try EmbeddedSchema.encode(item.attributes)
            try database.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO items (pk, sk, message_group_uuid, attributes, expires_at)
                    VALUES (?, ?, ?, ?, ?)
                    """
            ).execute(
                arguments: [
                    item.key.partition.stored, item.key.sort.stored,
                    item.attributes[Index.messageGroup.partitionAttribute]?.string?.stored, attributes, item.end,
                ])
            try record(old == nil ? .insert : .modify, item.key, attributes, at: time, in: database)
            return CapacityRule.put(item, replacing: old, isTransaction: isTransaction)
        case .delete(let key, _):
            // Where nothing is, nothing happens.
            if old != nil {
                try database.cachedStatement(sql: "DELETE FROM items WHERE pk = ? AND sk = ?").execute(
                    arguments: [key.partition.stored, key.sort.stored])
                try record(.remove, key, nil, at: time, in: database)
            }
            return CapacityRule.delete(old, isTransaction: isTransaction)
        case .check: return 0
        }
    }

    /// As DynamoDB's time to live does: what has ended is dropped some time later, and costs nothing. Each write of
    /// an item that will end drops at most two that have, so that they never pile up and no write waits for many.
    private func removeEnded(besides writes: [Write], at time: Timestamp, in database: Database) throws {
        let addsOneThatEnds = writes.contains { if case .put(let item, _) = $0 { item.end != nil } else { false } }
        guard addsOneThatEnds else { return }
        let ended = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT pk, sk, attributes FROM items WHERE expires_at IS NOT NULL AND expires_at < ?
                    ORDER BY expires_at LIMIT 2
                    """), arguments: [time.microseconds / 1_000_000])
        for key in try ended.map({ try EmbeddedEngine.item($0).key }) where !writes.contains(where: { $0.key == key }) {
            _ = try perform(.delete(key, .none), at: time, isTransaction: false, in: database)
        }
    }

    private func record(
        _ event: StreamRecord.Event, _ key: ItemKey, _ image: String?, at time: Timestamp, in database: Database
    ) throws {
        try database.cachedStatement(
            sql: "INSERT INTO stream (event, pk, sk, new_image, at) VALUES (?, ?, ?, ?, ?)"
        ).execute(
            arguments: [event.rawValue, key.partition.stored, key.sort.stored, image, time.microseconds])
        try trimming.written(at: time, in: database)
    }

    private static func item(at key: ItemKey, in database: Database) throws -> Item? {
        try Row.fetchOne(
            database.cachedStatement(sql: "SELECT pk, sk, attributes FROM items WHERE pk = ? AND sk = ?"),
            arguments: [key.partition.stored, key.sort.stored]
        ).map(item)
    }

    private static func item(_ row: Row) throws -> Item {
        Item(
            key: row.itemKey,
            attributes: try EmbeddedSchema.decode(row["attributes"]))
    }
}

// MARK: - The stream

extension EmbeddedEngine: StreamSource {
    public func records(after sequence: String?, limit: Int) async throws -> [StreamRecord] {
        try await readingAside { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM stream WHERE sequence > ? ORDER BY sequence LIMIT ?",
                arguments: [EmbeddedEngine.number(sequence), limit]
            ).map(EmbeddedEngine.streamRecord)
        }
    }

    public func checkpoint(of consumer: String) async throws -> String? {
        try await readingAside {
            try Int64.fetchOne(
                $0, sql: "SELECT sequence FROM checkpoints WHERE consumer = ?", arguments: [consumer])
        }.map(String.init)
    }

    public func setCheckpoint(_ sequence: String, of consumer: String) async throws {
        let number = Self.number(sequence)
        try await writing { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO checkpoints (consumer, sequence) VALUES (?, ?)",
                arguments: [consumer, number])
        }
    }

    public func newRecords() -> Changes { signal.changesFromNow() }

    /// Tells of what is written, by whatever program, half a second later at most, until the task is cancelled. Where nothing
    /// was, that is a look at shared memory.
    ///
    /// - Throws: `CancellationError`.
    func announceStream(_ time: any TimeSource) async throws {
        var seen = try? file.current()
        var last = (try? await newestSequence()) ?? 0
        while true {
            try await time.sleep(for: Self.look)
            let version = try? file.current()
            // What cannot be read now can be the next time.
            guard version != seen, let newest = try? await newestSequence(),
                let changed = try? await partitions(after: last, to: newest)
            else { continue }
            (seen, last) = (version, newest)
            if !changed.isEmpty { signal.send(changed) }
        }
    }

    private func newestSequence() async throws -> Int64 {
        try await readingAside { try Int64.fetchOne($0, sql: "SELECT MAX(sequence) FROM stream") } ?? 0
    }

    private func partitions(after last: Int64, to newest: Int64) async throws -> [String] {
        try await readingAside { database in
            try Row.fetchAll(
                database, sql: "SELECT DISTINCT pk, '' AS sk FROM stream WHERE sequence > ? AND sequence <= ?",
                arguments: [last, newest]
            ).map(\.itemKey.partition)
        }
    }

    /// Between two looks whether anybody has written.
    private static let look = Duration.milliseconds(500)

    private static func number(_ sequence: String?) -> Int64 { sequence.flatMap { Int64($0) } ?? 0 }

    private static func streamRecord(_ row: Row) throws -> StreamRecord {
        let key = row.itemKey
        let image: String? = row["new_image"]
        guard let event = StreamRecord.Event(rawValue: row["event"]) else {
            throw TableError.unavailable("stream record \(row["sequence"] as Int64) has an unknown event")
        }
        return StreamRecord(
            sequence: String(row["sequence"] as Int64), event: event, key: key,
            newImage: try image.map { Item(key: key, attributes: try EmbeddedSchema.decode($0)) },
            at: Timestamp(microseconds: row["at"]))
    }
}

// MARK: - What must not be kept

extension EmbeddedEngine {
    /// Takes what these items were before out of the stream, and out of the file's free places.
    ///
    /// - Throws: `TableError.unavailable`.
    public func forgetChanges(of keys: [ItemKey]) async throws {
        try await writing { database in
            for key in keys {
                try database.execute(
                    sql: "DELETE FROM stream WHERE pk = ? AND sk = ?",
                    arguments: [key.partition.stored, key.sort.stored])
            }
        }
        do {
            try await database.vacuum()
            // A log that a reader still holds keeps its old pages until that one is done.
            _ = try? await database.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        } catch let error as DatabaseError {
            throw TableError.unavailable("\(database.path): \(error.message ?? "\(error.resultCode)")")
        }
    }
}

// MARK: - Errors

extension EmbeddedEngine {
    /// One statement on the thread that has the request: to go to another thread and back takes longer than to read a
    /// page of messages, and nobody who reads waits for who writes.
    private func reading<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try database.unsafeRead(body)
        } catch let error as DatabaseError {
            throw TableError.unavailable("\(database.path): \(error.message ?? "\(error.resultCode)")")
        }
    }

    /// What may take long is read on a thread of the database's own.
    private func readingAside<Value: Sendable>(
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
        try checkFiles()
        let value: Value
        do {
            value = try await database.write(body)
        } catch let error as DatabaseError {
            throw TableError.unavailable("\(database.path): \(error.message ?? "\(error.resultCode)")")
        }
        // Nobody is told that something is kept that is gone with this program.
        try checkFiles()
        return value
    }

    private func checkFiles() throws(TableError) {
        if files.areGone(from: database.path) { throw Self.removed(database.path) }
    }

    private static func removed(_ path: String) -> TableError {
        .unavailable(
            "\(path): it, or what is beside it, was removed or replaced while it was open: start this program anew")
    }
}
