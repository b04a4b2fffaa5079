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

    /// The same for what changes a conversation: who listens is told.
    ///
    /// - Throws: `HistoryFault`.
    func change<Value: Sendable>(
        _ conversation: Int64, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await write { database in
            let value = try body(database)
            try History.touch(conversation, database)
            return value
        }
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
    case failed(String)

    init(_ error: any Error) {
        self = error as? HistoryFault ?? (error as? DatabaseError).map(HistoryFault.init) ?? .failed("\(error)")
    }

    /// Being cancelled is no fault of the history's.
    static func of(_ error: any Error) -> any Error {
        error is CancellationError ? error : HistoryFault(error)
    }

    private init(_ error: DatabaseError) {
        switch error.resultCode {
        case .SQLITE_FULL: self = .full
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: self = .readOnly
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged
        default: self = .failed(error.message ?? "\(error.resultCode)")
        }
    }

    public var description: String {
        switch self {
        case .full: "the disk is full"
        case .readOnly: "the folder cannot be written"
        case .damaged: "the file is damaged"
        case .newer: "the file is of a newer version"
        case .removed: "the file was removed"
        case .failed(let reason): reason
        }
    }
}
