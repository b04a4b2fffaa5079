import Timestamps
import Users

/// The users of the seed's `public.users`.
///
///     let users = PostgresUsers("postgresql://localhost:5432/cruddur")
///     let user = try await users.user(handle: "andrewbrown")
public struct PostgresUsers: UserRegistry {
    private static let columns = "uuid::text, display_name, email, handle, cognito_user_id"

    let pool: ConnectionPool

    /// - Parameters:
    ///   - target: a connection URL, keywords, or nothing: then the `PG*` variables say where.
    ///     They also say whether and how TLS is used (`PGSSLMODE`, `sslmode=verify-full`).
    ///   - connections: at most so many at once.
    ///   - limit: for connecting, and for each statement.
    ///   - time: the limit is measured by it.
    public init(
        _ target: String, connections: Int = 4, limit: Duration = .seconds(5), time: any TimeSource = SystemTime()
    ) {
        pool = ConnectionPool(target, size: connections, limit: limit, time: time)
    }

    /// - Throws: `PostgresError`.
    public func user(handle: String) async throws -> User? {
        try await first("handle = $1", handle)
    }

    /// - Throws: `PostgresError`; `SharedIdentity` if two hold it.
    public func user(cognitoUserID: String) async throws -> User? {
        guard !cognitoUserID.holdsNUL else { return nil }
        let holders = try await pool.run(isRepeatable: true) {
            try $0.run(
                "SELECT \(Self.columns) FROM public.users WHERE cognito_user_id = $1 ORDER BY created_at LIMIT 2",
                [cognitoUserID]
            ).compactMap(Self.user)
        }
        guard holders.count < 2 else {
            throw SharedIdentity(cognitoUserID: cognitoUserID, handles: holders.map(\.handle))
        }
        return holders.first
    }

    /// - Throws: `PostgresError`.
    public func user(uuid: String) async throws -> User? {
        // The column may hold a uuid only; everything else is nobody's.
        try await first("uuid::text = lower($1)", uuid)
    }

    /// - Throws: `PostgresError`.
    public func users(beginning text: String, limit: Int) async throws -> [User] {
        guard !text.isEmpty, !text.holdsNUL else { return [] }
        // What means something to LIKE is looked for as it is.
        let pattern = text.unicodeScalars.map { "\\%_".unicodeScalars.contains($0) ? "\\\($0)" : "\($0)" }.joined()
        return try await pool.run(isRepeatable: true) {
            try $0.run(
                """
                SELECT \(Self.columns) FROM public.users
                WHERE handle ILIKE $1 || '%' OR display_name ILIKE $1 || '%' OR display_name ILIKE '% ' || $1 || '%'
                ORDER BY handle ILIKE $1 || '%' DESC, handle LIMIT $2::int
                """, [pattern, String(limit)]
            ).compactMap(Self.user)
        }
    }

    /// - Throws: `PostgresError`.
    public func all() async throws -> [User] {
        try await pool.run(isRepeatable: true) {
            try $0.run("SELECT \(Self.columns) FROM public.users ORDER BY created_at, uuid").compactMap(Self.user)
        }
    }

    /// - Throws: `PostgresError`.
    public func users(after uuid: String?, limit: Int) async throws -> [User] {
        try await pool.run(isRepeatable: true) {
            try $0.run(
                "SELECT \(Self.columns) FROM public.users WHERE uuid::text > $1 ORDER BY uuid::text LIMIT $2::int",
                [uuid ?? "", String(limit)]
            ).compactMap(Self.user)
        }
    }

    /// - Throws: `PostgresError`, `SharedIdentity`.
    public func setCognitoUserIDs(_ changes: IdentityChanges) async throws {
        try await pool.run(isRepeatable: false) { connection in
            try connection.run("BEGIN")
            // Who signs up meanwhile waits, and reads go on.
            try connection.run("LOCK TABLE public.users IN SHARE ROW EXCLUSIVE MODE")
            for uuid in changes.taken {
                try connection.run(
                    "UPDATE public.users SET cognito_user_id = $1 WHERE uuid::text = $2",
                    [User.noCognitoUserID(of: uuid), uuid])
            }
            for (handle, identifier) in changes.given.sorted(by: { $0.key < $1.key }) {
                try connection.run(
                    "UPDATE public.users SET cognito_user_id = $1 WHERE handle = $2", [identifier, handle])
            }
            let given = Set(changes.given.values)
            if let shared = try Self.shared(connection).first(where: { given.contains($0.cognitoUserID) }) {
                try connection.run("ROLLBACK")
                throw shared
            }
            try connection.run("COMMIT")
        }
    }

    /// - Throws: `PostgresError`.
    public func sharedIdentities() async throws -> [SharedIdentity] {
        try await pool.run(isRepeatable: true) { try Self.shared($0) }
    }

    private static func shared(_ connection: Connection) throws -> [SharedIdentity] {
        let rows = try connection.run(
            """
            SELECT cognito_user_id, handle FROM public.users WHERE cognito_user_id IN (
                SELECT cognito_user_id FROM public.users WHERE cognito_user_id <> $1
                GROUP BY cognito_user_id HAVING count(*) > 1) ORDER BY 1, created_at, 2
            """, [User.noCognitoUserID])
        return Dictionary(grouping: rows) { $0[0] ?? "" }.sorted { $0.key < $1.key }.map { identifier, rows in
            SharedIdentity(cognitoUserID: identifier, handles: rows.map { $0[1] ?? "" })
        }
    }

    private func first(_ condition: String, _ value: String) async throws -> User? {
        // Text in PostgreSQL has no NUL: nobody is called so.
        guard !value.holdsNUL else { return nil }
        return try await pool.run(isRepeatable: true) {
            try $0.run(
                "SELECT \(Self.columns) FROM public.users WHERE \(condition) ORDER BY created_at LIMIT 1", [value]
            ).first.flatMap(Self.user)
        }
    }

    private static func user(_ row: [String?]) -> User? {
        guard row.count == 5, let uuid = row[0], let handle = row[3] else { return nil }
        return User(
            uuid: uuid, displayName: row[1] ?? handle, email: row[2] ?? "", handle: handle, cognitoUserID: row[4] ?? "")
    }
}
