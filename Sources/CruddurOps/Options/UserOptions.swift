import ArgumentParser
import Foundation
import PostgresUsers
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

    /// The directory that is meant.
    ///
    /// - Parameter table: what is known of the table.
    /// - Throws: `DatabaseError`.
    func registry(_ table: TableOptions, connections: Int = 4) throws -> any UserRegistry {
        if let file = usersFile ?? besides(table) { return try EmbeddedUsers(path: file) }
        return PostgresUsers(target, connections: connections, time: Clock.time)
    }

    /// For what only embedded users can: being added.
    ///
    /// - Throws: `DatabaseError`.
    func embedded(_ table: TableOptions) throws -> EmbeddedUsers? {
        try (usersFile ?? besides(table)).map { try EmbeddedUsers(path: $0) }
    }

    private var target: String {
        let environment = ProcessInfo.processInfo.environment
        return databaseUrl ?? environment["CONNECTION_URL"] ?? environment["DATABASE_URL"] ?? ""
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
