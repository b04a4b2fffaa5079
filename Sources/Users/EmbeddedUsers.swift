import DatabaseVersion
import GRDB
import PrivateFiles
import Synchronization

/// Users in one SQLite file, with the columns of the seed's `public.users`.
public final class EmbeddedUsers: UserRegistry {
    /// Users that are remembered.
    private static let remembered = 10_000

    private let database: DatabaseQueue
    private let version: DatabaseVersion
    private let files: DatabaseFiles
    /// By Cognito id, as they are at a version of the file: every request asks for one.
    private let known = Mutex<(version: Int64, users: [String: User])>((0, [:]))

    /// Opens the file at `path`.
    ///
    /// - Parameter missing: whether it is made where there is none.
    /// - Throws: `DatabaseError`; `NoFile` where there is none and none is to be made.
    public init(path: String, missing: MissingFile = .made) throws {
        try missing.prepare(path)
        var configuration = Configuration()
        // `update-cognito-user-ids` may write while a server reads.
        configuration.busyMode = .timeout(10)
        configuration.journalMode = .wal
        database = try DatabaseQueue(path: path, configuration: configuration)
        var migrator = DatabaseMigrator()
        migrator.registerMigration("users") { database in
            try database.execute(
                sql: """
                    CREATE TABLE users (
                        uuid TEXT PRIMARY KEY, display_name TEXT NOT NULL, email TEXT NOT NULL,
                        handle TEXT NOT NULL UNIQUE, cognito_user_id TEXT NOT NULL UNIQUE,
                        created_at TEXT NOT NULL DEFAULT current_timestamp
                    ) WITHOUT ROWID
                    """)
        }
        try migrator.migrate(database)
        version = try DatabaseVersion(path: path)
        guard let files = DatabaseFiles(path: path) else { throw Self.removed(path) }
        self.files = files
    }

    /// Adds `user`; nothing changes if its uuid or handle is there already.
    ///
    /// - Throws: `DatabaseError`.
    public func add(_ user: User) async throws {
        guard ![user.uuid, user.displayName, user.email, user.handle, user.cognitoUserID].contains(where: \.holdsNUL)
        else { throw DatabaseError(message: "a user's names hold U+0000") }
        try await writing { database in
            try database.execute(
                sql: """
                    INSERT OR IGNORE INTO users (uuid, display_name, email, handle, cognito_user_id)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [user.uuid, user.displayName, user.email, user.handle, user.cognitoUserID])
        }
    }

    public func user(handle: String) async throws -> User? {
        try await first(where: "handle = ?", handle)
    }

    public func user(cognitoUserID: String) async throws -> User? {
        let version = try version.current()
        let known = known.withLock { $0.version == version ? $0.users[cognitoUserID] : nil }
        if let known { return known }
        guard let user = try await first(where: "cognito_user_id = ?", cognitoUserID) else { return nil }
        self.known.withLock { known in
            // What is read is at least as new as the version.
            if known.version != version || known.users.count >= Self.remembered { known = (version, [:]) }
            known.users[cognitoUserID] = user
        }
        return user
    }

    public func user(uuid: String) async throws -> User? {
        try await first(where: "uuid = ?", uuid)
    }

    public func users(beginning text: String, limit: Int) async throws -> [User] {
        guard !text.isEmpty, !text.holdsNUL else { return [] }
        return try await database.read { database in
            // SQLite knows the case of ASCII only, and one machine has not that many users.
            let rows = try Row.fetchCursor(database, sql: "SELECT * FROM users ORDER BY handle")
            var (byHandle, others): ([User], [User]) = ([], [])
            while let row = try rows.next(), byHandle.count < limit {
                let user = Self.user(row)
                guard user.begins(with: text) else { continue }
                if user.handle.lowercased().hasPrefix(text.lowercased()) {
                    byHandle.append(user)
                } else if others.count < limit {
                    others.append(user)
                }
            }
            return Array((byHandle + others).prefix(limit))
        }
    }

    public func all() async throws -> [User] {
        try await database.read {
            try Row.fetchAll($0, sql: "SELECT * FROM users ORDER BY created_at, uuid").map(Self.user)
        }
    }

    public func users(after uuid: String?, limit: Int) async throws -> [User] {
        try await database.read {
            try Row.fetchAll(
                $0, sql: "SELECT * FROM users WHERE uuid > ? ORDER BY uuid LIMIT ?", arguments: [uuid ?? "", limit]
            ).map(Self.user)
        }
    }

    public func setCognitoUserIDs(_ changes: IdentityChanges) async throws {
        guard !changes.given.contains(where: { $0.key.holdsNUL || $0.value.holdsNUL }) else {
            throw DatabaseError(message: "an id or a handle holds U+0000")
        }
        try await writing { database in
            // First from all, then to each: two who change places would hold one id in between.
            for uuid in changes.taken {
                try Self.set(User.noCognitoUserID(of: uuid), where: "uuid = ?", uuid, in: database)
            }
            for (handle, identifier) in changes.given {
                let holders = try String.fetchAll(
                    database, sql: "SELECT handle FROM users WHERE cognito_user_id = ? AND handle <> ?",
                    arguments: [identifier, handle])
                guard holders.allSatisfy({ changes.given[$0] != nil }) else {
                    throw SharedIdentity(cognitoUserID: identifier, handles: [handle] + holders)
                }
                try database.execute(
                    sql: "UPDATE users SET cognito_user_id = 'none-' || uuid WHERE handle = ?", arguments: [handle])
            }
            for (handle, identifier) in changes.given {
                try Self.set(identifier, where: "handle = ?", handle, in: database)
            }
        }
    }

    private static func set(
        _ identifier: String, where condition: String, _ value: String, in database: Database
    ) throws {
        try database.execute(
            sql: "UPDATE users SET cognito_user_id = ? WHERE \(condition)", arguments: [identifier, value])
    }

    /// The file's own schema lets no two users hold one.
    public func sharedIdentities() async throws -> [SharedIdentity] { [] }

    public func records(of uuid: String) async throws -> [UserRecords] {
        let rows = try await database.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM users WHERE uuid = ?", arguments: [uuid]).map { row in
                row.reduce(into: [String: String?]()) { $0[$1.0] = String.fromDatabaseValue($1.1) }
            }
        }
        return rows.isEmpty ? [] : [UserRecords(table: "users", rows: rows)]
    }

    public func remove(_ uuid: String) async throws {
        try await writing { try $0.execute(sql: "DELETE FROM users WHERE uuid = ?", arguments: [uuid]) }
        // What was deleted stands in the file until its place is needed.
        try await database.vacuum()
        // And in the log of what was written, as long as nobody reads there.
        _ = try? await database.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    }

    private func writing(_ body: @Sendable @escaping (Database) throws -> Void) async throws {
        try checkFiles()
        try await database.write(body)
        // Nobody is told that something is kept that is gone with this program.
        try checkFiles()
    }

    private func checkFiles() throws(DatabaseError) {
        if files.areGone(from: database.path) { throw Self.removed(database.path) }
    }

    private static func removed(_ path: String) -> DatabaseError {
        DatabaseError(
            message:
                "\(path): it, or what is beside it, was removed or replaced while it was open: start this program anew")
    }

    private func first(where condition: String, _ value: String) async throws -> User? {
        // Nobody is called so.
        guard !value.holdsNUL else { return nil }
        try checkFiles()
        return try reading { database in
            try Row.fetchOne(
                database.cachedStatement(sql: "SELECT * FROM users WHERE \(condition)"), arguments: [value]
            ).map(Self.user)
        }
    }

    /// One row by its index, on the thread that asks: every request does.
    private func reading<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try database.unsafeRead(body)
    }

    private static func user(_ row: Row) -> User {
        User(
            uuid: row["uuid"], displayName: row["display_name"], email: row["email"], handle: row["handle"],
            cognitoUserID: row["cognito_user_id"])
    }
}
