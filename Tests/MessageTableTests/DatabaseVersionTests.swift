import DatabaseVersion
import GRDB
import TestSupport
import Testing

/// Every request asks whether something was committed: a no where there was one shows somebody what is no more.
@Suite struct DatabaseVersionTests {
    enum Journal: String, CaseIterable { case wal, delete }

    private static func database(_ path: String, _ journal: Journal) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(60)
        let database = try DatabaseQueue(path: path, configuration: configuration)
        try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = \(journal.rawValue)") }
        return database
    }

    @Test(arguments: Journal.allCases) func everyCommitIsSeenAndNothingElseIs(_ journal: Journal) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/file.sqlite"
        let writers = try (0..<2).map { _ in try Self.database(path, journal) }
        try writers[0].write { try $0.execute(sql: "CREATE TABLE numbers (number INTEGER)") }
        let version = try DatabaseVersion(path: path)
        var last = try version.current()
        var random = Seeded(7)
        for number in 0..<2000 {
            let writer = writers[Int.random(in: 0..<2, using: &random)]
            let isCommitted: Bool
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                try writer.write { try $0.execute(sql: "INSERT INTO numbers VALUES (?)", arguments: [number]) }
                isCommitted = true
            case 4:
                try writer.writeWithoutTransaction { database in
                    try database.inTransaction {
                        try database.execute(sql: "INSERT INTO numbers VALUES (?)", arguments: [number])
                        return .rollback
                    }
                }
                isCommitted = false
            case 5:
                _ = try writer.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM numbers") }
                isCommitted = false
            case 6 where journal == .wal:
                // The log is emptied, and begins anew with what is written next.
                _ = try writer.writeWithoutTransaction { try $0.checkpoint(.truncate) }
                try writer.write { try $0.execute(sql: "INSERT INTO numbers VALUES (?)", arguments: [number]) }
                isCommitted = true
            case 7 where number % 50 == 0:
                try writer.vacuum()
                isCommitted = true
            default: isCommitted = false
            }
            let current = try version.current()
            #expect((current != last) == isCommitted, "after step \(number)")
            last = current
        }
    }

    @Test func whatAnotherConnectionHasUnderWayIsNoCommit() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/file.sqlite"
        let writer = try Self.database(path, .wal)
        try writer.write { try $0.execute(sql: "CREATE TABLE numbers (number INTEGER)") }
        let version = try DatabaseVersion(path: path)
        let before = try version.current()
        try writer.write { database in
            try database.execute(sql: "INSERT INTO numbers VALUES (1)")
            #expect(try version.current() == before)
        }
        #expect(try version.current() != before)
    }
}
