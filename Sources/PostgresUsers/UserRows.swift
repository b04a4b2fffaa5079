import Users

/// What the seed's database, and what was built on it, keeps of a user: rows of any table in `public` with a column
/// `user_uuid`, and the user's own.
extension PostgresUsers {
    /// - Throws: `PostgresError`.
    public func records(of uuid: String) async throws -> [UserRecords] {
        try await pool.run(isRepeatable: true) { connection in
            try Self.places(connection).compactMap { place in
                // One row for each column, so that a value is the text that the database writes for it.
                let found = try connection.run(
                    """
                    SELECT t.ctid::text, e.key, e.value FROM \(place.table) t, jsonb_each_text(to_jsonb(t)) e
                    WHERE t.\(place.column)::text = lower($1)
                    """, [uuid])
                let rows = Dictionary(grouping: found) { $0[0] ?? "" }.sorted { $0.key < $1.key }.map { _, columns in
                    columns.reduce(into: [String: String?]()) { $0[$1[1] ?? ""] = .some($1[2]) }
                }
                return rows.isEmpty ? nil : UserRecords(table: place.table, rows: rows)
            }
        }
    }

    /// - Throws: `PostgresError`; then nothing is removed.
    public func remove(_ uuid: String) async throws {
        try await pool.run(isRepeatable: false) { connection in
            try connection.run("BEGIN")
            for place in try Self.places(connection) {
                try connection.run("DELETE FROM \(place.table) WHERE \(place.column)::text = lower($1)", [uuid])
            }
            try connection.run("COMMIT")
        }
    }

    private struct Place {
        /// Quoted for a statement.
        let table: String
        let column: String
    }

    /// Those that refer to users first.
    private static func places(_ connection: Connection) throws -> [Place] {
        let tables = try connection.run(
            """
            SELECT format('%I.%I', c.table_schema, c.table_name) FROM information_schema.columns c
            JOIN information_schema.tables t USING (table_schema, table_name)
            WHERE c.table_schema = 'public' AND c.column_name = 'user_uuid' AND t.table_type = 'BASE TABLE' ORDER BY 1
            """)
        return tables.compactMap { $0.first.flatMap { $0 } }.map { Place(table: $0, column: "user_uuid") }
            + [Place(table: "public.users", column: "uuid")]
    }
}
