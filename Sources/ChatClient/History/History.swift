import Foundation
import GRDB
import Timestamps

/// All that has been seen and written, in SQLite: the truth on screen, which polls feed.
///
/// One file for each backend and user, read and written by several programs at once; or in
/// memory, for those who want nothing kept and for the time when a disk takes nothing.
package struct History: Sendable {
    let database: any DatabaseWriter

    /// A history that ends with the program.
    ///
    /// - Throws: `HistoryFault`.
    package static func inMemory() throws(HistoryFault) -> History {
        do {
            let database = try DatabaseQueue()
            try HistorySchema.migrator.migrate(database)
            return History(database: database)
        } catch {
            throw HistoryFault(error)
        }
    }

    /// - Throws: `HistoryFault`; `CancellationError`.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await database.read(body)
        } catch {
            throw HistoryFault.of(error)
        }
    }

    /// All or nothing. Once begun it is ended, also where the task that asks for it is cancelled: what is written
    /// was done, or said, by somebody.
    ///
    /// - Throws: `HistoryFault`.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        let database = database
        do {
            return try await Task { try await database.write(body) }.value
        } catch {
            throw HistoryFault.of(error)
        }
    }

    /// One state of it, read where it is written: on the connection that has been open all the time. Where the file was
    /// removed, another would read what stands in its place now.
    ///
    /// - Throws: `HistoryFault`.
    func snapshot<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        let database = database
        do {
            return try await Task {
                try await database.writeWithoutTransaction { connection in
                    try connection.execute(sql: "BEGIN DEFERRED")
                    let value = Result { try body(connection) }
                    if connection.isInsideTransaction { try connection.execute(sql: "COMMIT") }
                    return try value.get()
                }
            }.value
        } catch {
            throw HistoryFault.of(error)
        }
    }

    /// The same for what changes a conversation: who listens is told.
    ///
    /// - Returns: `nil` where there is no such conversation any more; then nothing is done.
    /// - Throws: `HistoryFault`.
    @discardableResult
    func change<Value: Sendable>(
        _ conversation: Int64, _ body: @escaping @Sendable (Database) throws -> Value?
    ) async throws -> Value? {
        try await write { database in
            guard try History.has(conversation, database) else { return nil }
            let value = try body(database)
            try History.touch(conversation, database)
            return value
        }
    }

    static func has(_ conversation: Int64, _ database: Database) throws -> Bool {
        try Int.fetchOne(
            database.cachedStatement(sql: "SELECT 1 FROM conversation WHERE id = ?"), arguments: [conversation]) != nil
    }
}

/// Why the history cannot be used.
public enum HistoryFault: Error, Equatable, Sendable, CustomStringConvertible {
    case full
    case readOnly
    case damaged
    case newer
    /// Somebody has removed the file.
    case removed
    /// Another program keeps it to itself for too long.
    case locked
    /// The disk reports a fault.
    case unreadable(String)
    /// What was asked cannot be done; the disk is none the worse for it.
    case failed(String)

    /// Whether it is no use to ask the same file again: it cannot be written, or read.
    var isOfTheDisk: Bool {
        switch self {
        case .full, .readOnly, .damaged, .newer, .removed, .locked, .unreadable: true
        case .failed: false
        }
    }

    init(_ error: any Error) {
        self = error as? HistoryFault ?? (error as? DatabaseError).map(HistoryFault.init) ?? .failed("\(error)")
    }

    /// Being cancelled is no fault of the history's.
    static func of(_ error: any Error) -> any Error {
        error is CancellationError ? error : HistoryFault(error)
    }

    private init(_ error: DatabaseError) {
        let message = error.message ?? "\(error.resultCode)"
        if error.extendedResultCode == .SQLITE_READONLY_DBMOVED {
            self = .removed
            return
        }
        switch error.resultCode {
        case .SQLITE_FULL: self = .full
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: self = .readOnly
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: self = .locked
        case .SQLITE_IOERR: self = .unreadable(message)
        default: self = .failed(message)
        }
    }

    public var description: String {
        switch self {
        case .full: "the disk is full"
        case .readOnly: "the folder cannot be written"
        case .damaged: "the file is damaged"
        case .newer: "the file is of a newer version"
        case .removed: "the file was removed"
        case .locked: "another program keeps the file locked"
        case .unreadable(let reason), .failed(let reason): reason
        }
    }
}
