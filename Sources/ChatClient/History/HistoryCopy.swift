import GRDB
import Timestamps

/// What a history in memory began with, when it had to stand in for a file: what is other than that later was done in
/// memory.
struct HistoryCopy: Sendable {
    /// Of each conversation; more can be read from the server, or when the disk is back.
    private static let newest = 500

    private(set) var conversations: Set<Int64> = []
    private(set) var messages: Set<Int64> = []
    /// The messages behind which there was one.
    private(set) var gaps: Set<Int64> = []
    private(set) var outgoing: Set<Int64> = []
    private(set) var drafts: [ConversationID: String] = [:]
    /// The number of the last change.
    private(set) var changes: Int64 = -1
    /// The count of pages.
    private(set) var pages: Int64 = 0

    init() {}

    /// Copies what can be read.
    init(of file: History, into memory: History) async {
        let tables = try? await file.snapshot(Self.tables)
        self = (try? await memory.write { try Self.fill($0, with: tables ?? []) }) ?? HistoryCopy()
    }

    /// Nothing of it was copied, so all that is in it is to be taken; its pages are counted as they were.
    static func everything(of history: History) async throws -> HistoryCopy {
        var copy = HistoryCopy()
        copy.pages = try await history.snapshot { try History.fact("pages", $0) ?? 0 }
        return copy
    }

    /// What was copied is gone where it came from, so all of it is to be taken.
    mutating func forgetWhatWasThere() {
        let pages = pages
        self = HistoryCopy()
        self.pages = pages
    }

    // MARK: Copying

    /// Rows of a table, with the columns that it has there.
    private struct Rows: Sendable {
        let table: String
        let columns: [String]
        let values: [[DatabaseValue]]
    }

    /// What is damaged is left out.
    private static func tables(_ database: Database) throws -> [Rows] {
        var tables: [Rows] = []
        func read(_ table: String, _ rest: String = "") {
            guard let rows = try? Row.fetchAll(database, sql: "SELECT * FROM \(table) \(rest)"), let first = rows.first
            else { return }
            tables.append(
                Rows(table: table, columns: Array(first.columnNames), values: rows.map { Array($0.databaseValues) }))
        }
        for table in ["conversation", "person", "fact", "outgoing", "draft"] { read(table) }
        for conversation in (try? Int64.fetchAll(database, sql: "SELECT id FROM conversation")) ?? [] {
            let newest = "WHERE conversation = \(conversation) ORDER BY at DESC, rank DESC LIMIT \(newest)"
            read("message", newest)
            read("gap", "WHERE message IN (SELECT id FROM message \(newest))")
        }
        return tables
    }

    private static func fill(_ database: Database, with tables: [Rows]) throws -> HistoryCopy {
        for rows in tables { try insert(rows, database) }
        // A file of version 1 has nothing counted yet.
        if let told = tables.first(where: { $0.table == "conversation" }), !told.columns.contains("changed") {
            try database.execute(sql: HistorySchema.derived)
        }
        try database.execute(sql: HistorySchema.keys)
        for row in try Row.fetchAll(database, sql: "SELECT id, text FROM message") {
            try History.index(row["id"], row.text("text"), database)
        }
        try database.execute(sql: "DELETE FROM fact WHERE name = 'unindexed'")
        // The file goes on counting meanwhile: where clocks do not tell two numbers apart, chance does.
        if let last = try Int64.fetchOne(database, sql: "SELECT max(id) FROM outgoing") {
            try History.setFact("outgoing", last + .random(in: 1...1_000_000), database)
        }
        // Who listens shall look at all there is: it need not be all there was.
        try History.setFact("removals", (History.fact("removals", database) ?? 0) + 1, database)
        return try HistoryCopy(in: database)
    }

    private static func insert(_ rows: Rows, _ database: Database) throws {
        let known = Set(try database.columns(in: rows.table).map(\.name))
        let kept = rows.columns.indices.filter { known.contains(rows.columns[$0]) }
        let names = kept.map { rows.columns[$0] }.joined(separator: ", ")
        let places = kept.map { _ in "?" }.joined(separator: ", ")
        let statement = try database.makeStatement(
            sql: "INSERT OR REPLACE INTO \(rows.table) (\(names)) VALUES (\(places))")
        for row in rows.values { try statement.execute(arguments: StatementArguments(kept.map { row[$0] })) }
    }

    private init(in database: Database) throws {
        conversations = try Int64.fetchSet(database, sql: "SELECT id FROM conversation")
        messages = try Int64.fetchSet(database, sql: "SELECT id FROM message")
        gaps = try Int64.fetchSet(database, sql: "SELECT message FROM gap")
        outgoing = try Int64.fetchSet(database, sql: "SELECT id FROM outgoing")
        for row in try Row.fetchAll(database, sql: "SELECT conversation, text FROM draft") {
            drafts[ConversationID(row["conversation"])] = row.text("text")
        }
        changes = try History.fact("changes", database) ?? 0
        pages = try History.fact("pages", database) ?? 0
    }
}
