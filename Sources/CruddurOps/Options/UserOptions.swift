import ArgumentParser
import Foundation
import MessageTable
import PostgresUsers
import PrivateFiles
import Users

/// Where the users are.
struct UserOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "PostgreSQL with public.users; else CONNECTION_URL, DATABASE_URL, or what the PG* variables say.",
            valueName: "url"))
    var databaseUrl: String?

    @Option(
        help: ArgumentHelp(
            "Users in this SQLite file instead; with --embedded, users.sqlite beside it if there is no other.",
            valueName: "file"))
    var usersFile: String?

    func validate() throws {
        guard databaseUrl == nil || usersFile == nil else {
            throw ValidationError("--database-url and --users-file name two places. Take one of them.")
        }
        if let databaseUrl { try Self.check(databaseUrl, from: "--database-url") }
    }

    /// The directory that is meant.
    ///
    /// - Parameters:
    ///   - table: what is known of the table.
    ///   - missing: whether a file is made where there is none.
    /// - Throws: `DatabaseError`, `TableError`, `ValidationError`.
    func registry(
        _ table: TableOptions, connections: Int = 4, missing: MissingFile = .refused
    ) throws -> any UserRegistry {
        if let users = try embedded(table, missing: missing) { return users }
        return PostgresUsers(try target(), connections: connections, time: Clock.time)
    }

    /// For what only embedded users can: being added.
    ///
    /// - Throws: `DatabaseError`, `TableError`.
    func embedded(_ table: TableOptions, missing: MissingFile = .refused) throws -> EmbeddedUsers? {
        try (usersFile ?? besides(table)).map { try EmbeddedUsers(path: $0, missing: missing) }
    }

    /// What is set to nothing says nothing.
    private func target() throws -> String {
        if let databaseUrl { return databaseUrl }
        for name in ["CONNECTION_URL", "DATABASE_URL"] {
            guard let target = PoolOptions.environment(name) else { continue }
            try Self.check(target, from: name)
            return target
        }
        return ""
    }

    private static func check(_ target: String, from source: String) throws {
        if let complaint = DatabaseAddress.complaint(about: target) {
            throw ValidationError("\(source) \(complaint). Example: postgresql://user:password@db.example:5432/cruddur")
        }
    }

    private func besides(_ table: TableOptions) -> String? {
        guard databaseUrl == nil, let file = table.embedded else { return nil }
        return URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("users.sqlite").path
    }
}

extension UserRegistry {
    /// The user that a person means: `@handle`, a handle, or a uuid.
    ///
    /// - Throws: `OpsError.unknownUser`; what the directory throws.
    func named(_ name: String) async throws -> User {
        if UUID(uuidString: name) != nil, let user = try await user(uuid: name.lowercased()) { return user }
        guard let user = try await user(handle: name.withoutAt) else { throw OpsError.unknownUser(name) }
        return user
    }
}

extension String {
    var withoutAt: String { hasPrefix("@") ? String(dropFirst()) : self }
}
