import GRDB
import PrivateFiles

/// Users in one SQLite file, with the columns of the seed's `public.users`.
public struct EmbeddedUsers: UserRegistry {
    private let database: DatabaseQueue

    /// Opens or makes the file at `path`.
    ///
    /// - Throws: `DatabaseError`.
    public init(path: String) throws {
        PrivateFile.prepare(path)
        var configuration = Configuration()
        // `update-cognito-user-ids` may write while a server reads.
        configuration.busyMode = .timeout(10)
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
    }

    /// Adds `user`; nothing changes if its uuid or handle is there already.
    ///
    /// - Throws: `DatabaseError`.
    public func add(_ user: User) async throws {
        guard ![user.uuid, user.displayName, user.email, user.handle, user.cognitoUserID].contains(where: \.holdsNUL)
        else { throw DatabaseError(message: "a user's names hold U+0000") }
        try await database.write { database in
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
        try await first(where: "cognito_user_id = ?", cognitoUserID)
    }

    public func user(uuid: String) async throws -> User? {
        try await first(where: "uuid = ?", uuid)
    }

    public func all() async throws -> [User] {
        try await database.read {
            try Row.fetchAll($0, sql: "SELECT * FROM users ORDER BY created_at, uuid").map(Self.user)
        }
    }

    public func setCognitoUserIDs(_ identifiers: [String: String]) async throws {
        guard !identifiers.contains(where: { $0.key.holdsNUL || $0.value.holdsNUL }) else {
            throw DatabaseError(message: "an id or a handle holds U+0000")
        }
        try await database.write { database in
            for (handle, identifier) in identifiers {
                try database.execute(
                    sql: "UPDATE users SET cognito_user_id = ? WHERE handle = ?", arguments: [identifier, handle])
            }
        }
    }

    private func first(where condition: String, _ value: String) async throws -> User? {
        // Nobody is called so.
        guard !value.holdsNUL else { return nil }
        return try await database.read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM users WHERE \(condition)", arguments: [value]).map(Self.user)
        }
    }

    private static func user(_ row: Row) -> User {
        User(
            uuid: row["uuid"], displayName: row["display_name"], email: row["email"], handle: row["handle"],
            cognitoUserID: row["cognito_user_id"])
    }
}
