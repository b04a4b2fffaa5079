import GRDB

/// Users in one SQLite file, with the columns of the seed's `public.users`.
public struct EmbeddedUsers: UserDirectory {
    private let database: DatabaseQueue

    /// Opens or makes the file at `path`.
    ///
    /// - Throws: `DatabaseError`.
    public init(path: String) throws {
        database = try DatabaseQueue(path: path)
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

    private func first(where condition: String, _ value: String) async throws -> User? {
        try await database.read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM users WHERE \(condition)", arguments: [value]).map {
                User(
                    uuid: $0["uuid"], displayName: $0["display_name"], email: $0["email"], handle: $0["handle"],
                    cognitoUserID: $0["cognito_user_id"])
            }
        }
    }
}
