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
    static func inMemory() throws(HistoryFault) -> History {
        do {
            let database = try DatabaseQueue()
            try HistorySchema.migrator.migrate(database)
            return History(database: database)
        } catch {
            throw HistoryFault(error)
        }
    }

    /// - Throws: `HistoryFault`.
    func read<Value>(_ body: (Database) throws -> Value) throws(HistoryFault) -> Value {
        do {
            return try database.read(body)
        } catch {
            throw HistoryFault(error)
        }
    }

    /// All or nothing.
    ///
    /// - Throws: `HistoryFault`.
    func write<Value>(_ body: (Database) throws -> Value) throws(HistoryFault) -> Value {
        do {
            return try database.write(body)
        } catch {
            throw HistoryFault(error)
        }
    }

    /// Changes whenever another connection, of whatever program, has written.
    func version() -> Int64 {
        let version = try? database.writeWithoutTransaction { database in
            try Int64.fetchOne(database, sql: "PRAGMA data_version")
        }
        return version.flatMap { $0 } ?? 0
    }
}

/// Why the history cannot be used.
public enum HistoryFault: Error, Equatable, Sendable, CustomStringConvertible {
    case full
    case readOnly
    case damaged
    case newer
    case failed(String)

    init(_ error: any Error) {
        self = error as? HistoryFault ?? (error as? DatabaseError).map(HistoryFault.init) ?? .failed("\(error)")
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
        case .failed(let reason): reason
        }
    }
}
