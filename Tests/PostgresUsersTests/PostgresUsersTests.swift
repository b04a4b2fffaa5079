import CPostgres
import Dispatch
import Foundation
import PostgresUsers
import TestSupport
import Testing
import Users

/// On a PostgreSQL of the tests' own, in databases of their own.
@Suite(.enabled(if: Services.postgres != nil, "bin/test starts PostgreSQL"))
struct PostgresUsersTests {
    /// The seed's schema.
    private static let schema = """
        CREATE EXTENSION IF NOT EXISTS "uuid-ossp";
        CREATE TABLE public.users (
            uuid UUID DEFAULT uuid_generate_v4() PRIMARY KEY, display_name text NOT NULL, handle text NOT NULL,
            email text NOT NULL, cognito_user_id text NOT NULL, created_at TIMESTAMP default current_timestamp NOT NULL);
        INSERT INTO public.users (display_name, email, handle, cognito_user_id) VALUES
            ('Andrew Brown', 'andrew@x.example', 'andrewbrown', 'MOCK'),
            ('Andrew Bayko', 'bayko@x.example', 'bayko', 'MOCK'), ('Löndo "; DROP', 'l@x.example', 'londo', 'MOCK');
        """

    private let url: String
    private let name = "t" + UUID().uuidString.lowercased().replacing("-", with: "")

    init() throws {
        let base = Services.postgres ?? ""
        url = base.replacing("/postgres", with: "/\(name)")
        try Self.run(base, "CREATE DATABASE \(name)")
        try Self.run(url, Self.schema)
    }

    private static func run(_ url: String, _ sql: String) throws {
        let connection = PQconnectdb(url)
        defer { PQfinish(connection) }
        let result = PQexec(connection, sql)
        defer { PQclear(result) }
        try #require(
            [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(result)),
            "\(String(cString: PQerrorMessage(connection)))")
    }

    @Test func theyAreFoundByHowTheirHandleOrNameBegins() async throws {
        let users = PostgresUsers(url)
        func found(_ text: String, limit: Int = 10) async throws -> [String] {
            try await users.users(beginning: text, limit: limit).map(\.handle)
        }
        // By the handle before by the name, and by a word of it.
        #expect(try await found("AND") == ["andrewbrown", "bayko"])
        #expect(try await found("bay") == ["bayko"])
        #expect(try await found("brown") == ["andrewbrown"])
        #expect(try await found("LÖN") == ["londo"])
        #expect(try await found("and", limit: 1) == ["andrewbrown"])
        for nobody in ["", "%", "_", "\\", "'", "a%", "\0"] {
            #expect(try await found(nobody).isEmpty, "\(nobody)")
        }
    }

    @Test func usersAreFoundAsTheSeedHasThem() async throws {
        let users = PostgresUsers(url)
        let andrew = try #require(try await users.user(handle: "andrewbrown"))
        #expect(andrew.displayName == "Andrew Brown")
        #expect(UUID(uuidString: andrew.uuid) != nil)
        #expect(try await users.user(uuid: andrew.uuid.uppercased()) == andrew)
        #expect(try await users.user(handle: "nobody") == nil)
        #expect(try await users.user(uuid: "no uuid") == nil)
        #expect(try await users.all().map(\.handle).sorted() == ["andrewbrown", "bayko", "londo"])
    }

    @Test func whatIsAskedForIsNeverPartOfTheStatement() async throws {
        let users = PostgresUsers(url)
        for hostile in ["' OR '1'='1", "\"; DROP TABLE public.users; --", "a\u{0}b", "\\", "$1"] {
            #expect(try await users.user(handle: hostile) == nil)
            #expect(try await users.user(cognitoUserID: hostile) == nil)
        }
        #expect(try await users.user(handle: "londo")?.displayName == "Löndo \"; DROP")
    }

    @Test func cognitosIdsAreSetAllOrNone() async throws {
        let users = PostgresUsers(url)
        try await users.setCognitoUserIDs(IdentityChanges(given: ["andrewbrown": "sub-a", "bayko": "sub-b"]))
        #expect(try await users.user(cognitoUserID: "sub-b")?.handle == "bayko")
        try Self.run(url, "ALTER TABLE public.users ADD CHECK (cognito_user_id <> 'forbidden')")
        await #expect(throws: PostgresError.self) {
            try await users.setCognitoUserIDs(
                IdentityChanges(given: ["andrewbrown": "sub-c", "bayko": "forbidden"]))
        }
        #expect(try await users.user(handle: "andrewbrown")?.cognitoUserID == "sub-a")
        // The connection that failed is not used again.
        #expect(try await users.all().count == 3)
    }

    @Test func anIdIsOneUsersWhoeverHeldIt() async throws {
        let users = PostgresUsers(url)
        try await users.setCognitoUserIDs(IdentityChanges(given: ["bayko": "sub-b"]))
        await #expect(throws: SharedIdentity.self) {
            try await users.setCognitoUserIDs(IdentityChanges(given: ["londo": "sub-b", "andrewbrown": "sub-a"]))
        }
        #expect(try await users.user(cognitoUserID: "sub-a") == nil)
        let holder = try #require(try await users.user(cognitoUserID: "sub-b"))
        #expect(holder.handle == "bayko")
        try await users.setCognitoUserIDs(IdentityChanges(given: ["londo": "sub-b"], taken: [holder.uuid]))
        #expect(try await users.user(cognitoUserID: "sub-b")?.handle == "londo")
        // Two change places.
        try await users.setCognitoUserIDs(IdentityChanges(given: ["andrewbrown": "sub-a"]))
        try await users.setCognitoUserIDs(IdentityChanges(given: ["andrewbrown": "sub-b", "londo": "sub-a"]))
        #expect(try await users.user(cognitoUserID: "sub-a")?.handle == "londo")
        #expect(try await users.sharedIdentities().isEmpty)
    }

    @Test func anIdThatTwoHoldIsNobodysAndBothAreNamed() async throws {
        let users = PostgresUsers(url)
        try Self.run(url, "UPDATE public.users SET cognito_user_id = 'shared' WHERE handle IN ('bayko', 'londo')")
        let shared = SharedIdentity(cognitoUserID: "shared", handles: ["bayko", "londo"])
        await #expect(throws: shared) { try await users.user(cognitoUserID: "shared") }
        #expect(try await users.sharedIdentities() == [shared])
    }

    @Test func allThatNamesAUserIsFoundAndRemoved() async throws {
        let users = PostgresUsers(url)
        try Self.run(
            url,
            """
            CREATE TABLE public.activities (
                uuid UUID DEFAULT uuid_generate_v4() PRIMARY KEY, user_uuid UUID NOT NULL, message text NOT NULL,
                likes_count integer DEFAULT 0, expires_at TIMESTAMP);
            INSERT INTO public.activities (user_uuid, message) SELECT uuid, 'by ' || handle FROM public.users;
            """)
        let bayko = try #require(try await users.user(handle: "bayko"))
        let records = try await users.records(of: bayko.uuid)
        #expect(records.map(\.table) == ["public.activities", "public.users"])
        #expect(records[0].rows[0]["message"] == "by bayko")
        #expect(records[0].rows[0]["likes_count"] == "0")
        #expect(records[0].rows[0]["expires_at"] == .some(nil))
        try await users.remove(bayko.uuid)
        #expect(try await users.records(of: bayko.uuid).isEmpty)
        #expect(try await users.all().count == 2)
    }

    @Test func pagesOfUsersAreAllOfThem() async throws {
        let users = PostgresUsers(url)
        var seen: [String] = []
        while true {
            let page = try await users.users(after: seen.last, limit: 2)
            seen += page.map(\.uuid)
            if page.count < 2 { break }
        }
        #expect(seen == seen.sorted() && Set(seen).count == 3)
    }

    /// As many wait as there are connections, and more than there are processors: nobody else waits with them.
    @Test func aLockedTableHoldsUpNobodyElse() async throws {
        let users = PostgresUsers(url, connections: 16, limit: .seconds(600))
        let holder = PQconnectdb(url)
        defer { PQfinish(holder) }
        PQclear(PQexec(holder, "BEGIN; LOCK TABLE public.users IN ACCESS EXCLUSIVE MODE"))
        try await withThrowingTaskGroup(of: Int.self) { tasks in
            for _ in 0..<16 { tasks.addTask { try await users.all().count } }
            // All of them wait, says the database; this very task, and one of Dispatch's threads, go on meanwhile.
            while Self.waiting(url) < 16 { await Task.yield() }
            await withCheckedContinuation { continuation in DispatchQueue.global().async { continuation.resume() } }
            PQclear(PQexec(holder, "ROLLBACK"))
            for try await count in tasks { #expect(count == 3) }
        }
    }

    private static func waiting(_ url: String) -> Int {
        let connection = PQconnectdb(url)
        defer { PQfinish(connection) }
        let result = PQexec(
            connection,
            "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE NOT granted AND datname = current_database()"
        )
        defer { PQclear(result) }
        return PQgetvalue(result, 0, 0).flatMap { Int(String(cString: $0)) } ?? 0
    }

    @Test func connectionsThatTheServerHasClosedAreReplaced() async throws {
        let users = PostgresUsers(url)
        _ = try await users.all()
        try Self.run(
            Services.postgres ?? "",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)'")
        #expect(try await users.all().count == 3)
    }

    @Test func manyAtOnceShareAFewConnections() async throws {
        let users = PostgresUsers(url, connections: 2, limit: .seconds(600))
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 { group.addTask { try await users.all().count } }
            for try await count in group { #expect(count == 3) }
        }
    }

    @Test func aLockedTableIsATimeOutAndNotAHang() async throws {
        let users = PostgresUsers(url, limit: .milliseconds(300))
        let holder = PQconnectdb(url)
        defer { PQfinish(holder) }
        PQclear(PQexec(holder, "BEGIN; LOCK TABLE public.users IN ACCESS EXCLUSIVE MODE"))
        await #expect(throws: PostgresError.timedOut("no answer in time")) { try await users.all() }
        PQclear(PQexec(holder, "ROLLBACK"))
        #expect(try await PostgresUsers(url, limit: .seconds(60)).all().count == 3)
    }

    @Test func aServerThatIsNotThereIsNamedAndItsPasswordIsNot() async throws {
        let users = PostgresUsers("postgresql://me:hidden@127.0.0.1:1/db")
        let error = await #expect(throws: PostgresError.self) { try await users.all() }
        #expect(error.map { "\($0)".contains("127.0.0.1") && !"\($0)".contains("hidden") } == true)
    }

    @Test func aDatabaseWithoutUsersIsSaidToBeAnother() async throws {
        let users = PostgresUsers(Services.postgres ?? "")
        let error = await #expect(throws: PostgresError.self) { try await users.all() }
        #expect(error.map { "\($0)".contains("is this Cruddur's database?") } == true)
    }
}
