import GRDBSQLite
import Synchronization

/// The head of the index of a database's write-ahead log, which all programs that have the file open share in memory.
/// Each commit makes it another one; it is how SQLite itself tells whether what it has read before still holds.
/// Source: SQLite, "WAL-mode File Format", 2.1 (the WAL-index header).
struct WALIndex {
    /// Both copies: a commit writes the second, then the first.
    struct Head: Equatable {
        fileprivate let words: [UInt64]
    }

    /// Bytes of one copy.
    private static let size = 48
    private static let format: UInt32 = 3_007_000
    private static let isInitialised = 12
    /// Bytes of the index's first page.
    private static let page: Int32 = 32_768

    private let start: UnsafeRawPointer

    /// `nil` for a database without such a log.
    ///
    /// - Parameter database: whose connection has read from it. The index is there for as long as this is open.
    init?(of database: OpaquePointer) {
        var file: UnsafeMutablePointer<sqlite3_file>?
        guard Self.isLogged(database),
            sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK, let file,
            let methods = file.pointee.pMethods, methods.pointee.iVersion >= 2, let map = methods.pointee.xShmMap
        else { return nil }
        // By SQLite's own hand: who opened and closed the file beside it would take its locks away.
        var start: UnsafeMutableRawPointer?
        guard map(file, 0, Self.page, 0, &start) == SQLITE_OK, let start else { return nil }
        self.start = UnsafeRawPointer(start)
    }

    /// `nil` while it is being written, and before it is there.
    var head: Head? {
        guard start.load(as: UInt32.self) == Self.format,
            start.load(fromByteOffset: Self.isInitialised, as: UInt8.self) != 0
        else { return nil }
        let first = words(from: 0)
        atomicMemoryFence(ordering: .acquiring)
        guard first == words(from: Self.size) else { return nil }
        return Head(words: first)
    }

    private func words(from offset: Int) -> [UInt64] {
        stride(from: offset, to: offset + Self.size, by: 8).map { start.load(fromByteOffset: $0, as: UInt64.self) }
    }

    private static func isLogged(_ database: OpaquePointer) -> Bool {
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        guard sqlite3_prepare_v2(database, "PRAGMA journal_mode", -1, &statement, nil) == SQLITE_OK,
            sqlite3_step(statement) == SQLITE_ROW, let mode = sqlite3_column_text(statement, 0)
        else { return false }
        return String(cString: mode) == "wal"
    }
}
