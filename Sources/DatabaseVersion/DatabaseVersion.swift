import GRDBSQLite
import Synchronization

/// Whether anything has been committed to a SQLite file, by whatever program: a number that is another one then. To ask
/// costs a few microseconds on the thread that asks, and much less where nothing was: a look at the index of its
/// write-ahead log, which is shared memory.
/// Source: SQLite, "PRAGMA data_version".
public final class DatabaseVersion: Sendable {
    /// SQLite's own code.
    public struct Fault: Error, Equatable {
        public let code: Int32
    }

    /// A connection that never writes, so that each commit is somebody else's and counts.
    private struct Connection: @unchecked Sendable {
        let database: OpaquePointer
        let statement: OpaquePointer
        /// `nil` for a database without a write-ahead log.
        var index: WALIndex?
        /// The number, and the index's head from before it was asked for.
        var last: (head: WALIndex.Head, version: Int64)?

        /// - Throws: `Fault`.
        func version() throws -> Int64 {
            defer { sqlite3_reset(statement) }
            let code = sqlite3_step(statement)
            guard code == SQLITE_ROW else { throw Fault(code: code) }
            return sqlite3_column_int64(statement, 0)
        }
    }

    private let connection: Mutex<Connection>

    /// - Parameter path: of a database that is there.
    /// - Throws: `Fault`.
    public init(path: String) throws {
        var database: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &database, flags, nil)
        guard code == SQLITE_OK, let database else {
            sqlite3_close_v2(database)
            throw Fault(code: code)
        }
        sqlite3_busy_timeout(database, 10_000)
        var statement: OpaquePointer?
        let prepared = sqlite3_prepare_v3(
            database, "PRAGMA data_version", -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard prepared == SQLITE_OK, let statement else {
            sqlite3_close_v2(database)
            throw Fault(code: prepared)
        }
        connection = Mutex(Connection(database: database, statement: statement, index: WALIndex(of: database)))
    }

    deinit {
        connection.withLock { connection in
            sqlite3_finalize(connection.statement)
            sqlite3_close_v2(connection.database)
        }
    }

    /// - Throws: `Fault`.
    public func current() throws -> Int64 {
        try connection.withLock { connection in
            let head = connection.index?.head
            if let head, let last = connection.last, last.head == head { return last.version }
            let version = try connection.version()
            connection.last = head.map { ($0, version) }
            return version
        }
    }
}
