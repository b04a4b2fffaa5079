import NIOHTTP1
import Testing
import Users

@testable import CruddurServer

/// `GET /api/users?q=`, through real HTTP.
struct PeopleTests {
    @Test func whoHasSignedInFindsPeopleByHowTheyBegin() async throws {
        try await ServerFixture.run { server in
            func found(_ query: String) async throws -> [String?] {
                let rows: [[String: String]] = try await server.get("/api/users?\(query)", as: ServerFixture.ada).json()
                for row in rows { #expect(Set(row.keys) == ["uuid", "handle", "display_name"]) }
                return rows.map { $0["handle"] }
            }
            let bob = try await found("q=bo")
            #expect(bob == ["bob"])
            #expect(try await found("q=BO") == ["bob"])
            #expect(try await found("q=%40bo") == ["bob"])
            #expect(try await found("q=nobody-like-that").isEmpty)
            // What means something to a database means itself.
            for wild in ["%25", "_", "%5C", "'", "%25%25ob"] {
                #expect(try await found("q=\(wild)").isEmpty, "\(wild)")
            }
            #expect(try await found("q=b&limit=1").count <= 1)
        }
    }

    @Test(arguments: [
        "", "q=", "q=%20", "q=@", "q=%00", "q=\(String(repeating: "a", count: 65))", "q=b&limit=0", "q=b&limit=21",
        "q=b&limit=nan",
    ])
    func whatIsNoQuestionIsRefused(query: String) async throws {
        try await ServerFixture.run { server in
            let answer = try await server.get("/api/users?\(query)", as: ServerFixture.ada)
            #expect(answer.status == 400)
        }
    }

    @Test func nobodyElseIsTold() async throws {
        try await ServerFixture.run { server in
            let answer = try await server.call(.GET, "/api/users?q=bo")
            #expect(answer.status == 401)
        }
    }
}
