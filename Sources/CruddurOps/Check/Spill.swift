import GRDB
import MessageTable
import Timestamps

/// What a check has read, as far as it needs it, in a temporary SQLite database that has no name in any folder: however
/// large the table is, what is held in memory is not.
final class Spill: Sendable {
    /// Of SQLite's cache.
    private static let kilobytes = 12_000

    private let database: DatabaseQueue

    /// - Throws: `TableError.unavailable`.
    init() throws {
        var configuration = Configuration()
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
                    PRAGMA temp_store = FILE; PRAGMA cache_size = -\(Self.kilobytes);
                    """)
        }
        do {
            // Without a name it is a file that goes with its last descriptor.
            database = try DatabaseQueue(path: "", configuration: configuration)
            try database.writeWithoutTransaction { try $0.execute(sql: Self.schema) }
        } catch {
            throw TableError.unavailable("a temporary database: \(error)")
        }
    }

    private static let schema = """
        CREATE TABLE fact (
            grp TEXT NOT NULL, kind INTEGER NOT NULL, at INTEGER, words INTEGER, count INTEGER,
            one TEXT, other TEXT, sk TEXT);
        CREATE TABLE person (uuid TEXT PRIMARY KEY, handle TEXT NOT NULL, name TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE gone (uuid TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE blurred (uuid TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE found (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, words TEXT NOT NULL);
        CREATE TABLE suspect (
            id INTEGER PRIMARY KEY, grp TEXT NOT NULL, messages INTEGER NOT NULL, rows TEXT NOT NULL,
            pairs TEXT NOT NULL, unreadable INTEGER);
        CREATE TABLE twin (id INTEGER PRIMARY KEY, pair TEXT NOT NULL, grp TEXT NOT NULL);
        CREATE TABLE told (id INTEGER PRIMARY KEY, is_mended INTEGER NOT NULL, json TEXT NOT NULL);
        """

    /// - Throws: `TableError.unavailable`, as where the disk is full.
    func write<Value: Sendable>(_ body: @Sendable @escaping (Database) throws -> Value) async throws -> Value {
        do {
            return try await database.writeWithoutTransaction(body)
        } catch let error as DatabaseError {
            throw TableError.unavailable("a temporary database: \(error.message ?? "\(error.resultCode)")")
        }
    }
}

/// One thing that was read, shortened to what a first look needs.
struct Fact: Sendable {
    enum Kind: Int, Sendable {
        /// Messages that stood one after another: the newest one's time and text, how many.
        case messages
        case row
        case pair
        case moved
        case unreadableRow
        case unreadableMessage
    }

    let kind: Kind
    let group: String
    var at: Int64?
    /// The text, as a number: the same for the same text within this run.
    var words: Int64?
    var count = 0
    var one: String?
    var other: String?
    var sort: String?

    func insert(_ database: Database) throws {
        try database.cachedStatement(sql: "INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?, ?)").execute(arguments: [
            group.stored, kind.rawValue, at, words, count, one?.stored, other?.stored, sort?.stored,
        ])
    }

    static func words(_ text: String) -> Int64 {
        var hasher = Hasher()
        hasher.combine(text)
        return Int64(hasher.finalize())
    }
}

/// A group that a closer look is to be taken at.
struct Suspect: Sendable {
    let group: String
    let messages: Int
    /// Rows that the table itself had: an index may lag.
    let rows: [ItemKey]
    let pairs: [ItemKey]
    /// Of the latest message that cannot be read.
    let lastUnreadable: Timestamp?
}
