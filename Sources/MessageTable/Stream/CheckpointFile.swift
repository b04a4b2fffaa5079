import GRDB
import PrivateFiles
import Synchronization

/// Checkpoints in a SQLite file.
public struct CheckpointFile: ShardCheckpoints {
    private let database: DatabaseQueue
    /// Names the stream: one file may hold those of several.
    private let stream: String

    /// - Throws: `TableError.unavailable`.
    public init(path: String, stream: String) throws {
        self.stream = stream
        do {
            try PrivateFile.prepare(path)
            database = try DatabaseQueue(path: path)
            try database.write {
                try $0.execute(
                    sql: """
                        CREATE TABLE IF NOT EXISTS checkpoint (
                            stream TEXT NOT NULL, shard TEXT NOT NULL, sequence TEXT, PRIMARY KEY (stream, shard)
                        ) WITHOUT ROWID
                        """)
            }
        } catch let error as NoFile {
            throw TableError.unavailable(error.description)
        } catch {
            throw TableError.unavailable("\(path): \(error)")
        }
    }

    public func all() async throws -> [String: ShardCheckpoint] {
        try await access { database in
            try Row.fetchAll(
                database, sql: "SELECT shard, sequence FROM checkpoint WHERE stream = ?", arguments: [stream]
            ).reduce(into: [:]) { checkpoints, row in
                let sequence: String? = row["sequence"]
                checkpoints[row["shard"]] = sequence.map(ShardCheckpoint.after) ?? .finished
            }
        }
    }

    public func save(_ checkpoint: ShardCheckpoint, of shard: String) async throws {
        let sequence: String? = if case .after(let sequence) = checkpoint { sequence } else { nil }
        try await access {
            try $0.execute(
                sql: "INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?)", arguments: [stream, shard, sequence])
        }
    }

    public func remove(_ shards: [String]) async throws {
        try await access { database in
            for shard in shards {
                try database.execute(
                    sql: "DELETE FROM checkpoint WHERE stream = ? AND shard = ?", arguments: [stream, shard])
            }
        }
    }

    private func access<Value: Sendable>(_ body: @Sendable @escaping (Database) throws -> Value) async throws -> Value {
        do {
            return try await database.write(body)
        } catch let error as DatabaseError {
            throw TableError.unavailable("\(database.path): \(error.message ?? "\(error.resultCode)")")
        }
    }
}

/// For who does not go on after a restart.
public final class CheckpointsInMemory: ShardCheckpoints {
    private let checkpoints = Mutex<[String: ShardCheckpoint]>([:])

    public init() {}

    public func all() async throws -> [String: ShardCheckpoint] { checkpoints.withLock { $0 } }

    public func save(_ checkpoint: ShardCheckpoint, of shard: String) async throws {
        checkpoints.withLock { $0[shard] = checkpoint }
    }

    public func remove(_ shards: [String]) async throws {
        checkpoints.withLock { for shard in shards { $0[shard] = nil } }
    }
}
