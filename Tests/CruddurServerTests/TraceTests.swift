import Foundation
import MessageTable
import NIOHTTP1
import TestSupport
import Testing
import Traces
import Users

@testable import CruddurServer

/// What a server tells of its calls, and to whom.
struct TraceTests {
    private static let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private struct Page: Decodable {
        let spans: [TraceSpan]
        let next: Int
        let lost: Bool
    }

    private func traces(_ server: ServerFixture, _ user: User, after: Int = 0) async throws -> Page {
        let answer = try await server.call(
            .GET, "/api/traces?after=\(after)", authorization: "Bearer \(try await server.token(user))")
        #expect(answer.status == 200)
        return try JSONDecoder().decode(Page.self, from: answer.body)
    }

    /// Until the stream's consumer has told `user` of a row that moved.
    private func moves(_ server: ServerFixture, _ user: User) async throws -> [TraceSpan] {
        while true {
            let spans = try await traces(server, user).spans
            if let consumer = spans.first(where: {
                $0.kind == "consumer" && $0.attributes["cruddur.moved"]?.flag == true
            }) {
                return spans.filter { $0.traceID == consumer.traceID }
            }
            await Task.yield()
        }
    }

    @Test func aMessageIsSeenFromItsCallToTheRowsThatItMoves() async throws {
        try await ServerFixture.run(isTraced: true) { server in
            let ada = "Bearer \(try await server.token(ServerFixture.ada))"
            _ = try await server.call(
                .POST, "/api/messages", authorization: ada, contentType: "application/json",
                body: #"{"message": "a secret beginning", "handle": "bob"}"#)
            let groups = try await server.call(.GET, "/api/message_groups", authorization: ada)
            let group = try #require(try groups.json([[String: Any]].self).first?["uuid"] as? String)
            let sent = try await server.call(
                .POST, "/api/messages", authorization: ada, contentType: "application/json",
                headers: ["traceparent": Self.parent],
                body: #"{"message": "a secret answer", "message_group_uuid": "\#(group)"}"#)
            #expect(sent.status == 200)

            let moved = try await moves(server, ServerFixture.bob)
            let page = try await traces(server, ServerFixture.ada)
            let call = try #require(page.spans.first { $0.traceID.hasPrefix("0af7651916cd") && $0.kind == "server" })
            // In the caller's trace, behind the caller's own step.
            #expect(call.parentSpanID == "b7ad6b7169203331")
            #expect(call.name == "POST /api/messages")
            #expect(call.attributes["http.response.status_code"] == .integer(200))
            let write = try #require(
                page.spans.first { $0.traceID == call.traceID && $0.attributes["cruddur.pattern"]?.text == "C" })
            #expect(write.name == "PutItem messages" && write.parentSpanID == call.spanID)
            #expect(write.attributes["db.system.name"] == .text("aws.dynamodb"))
            #expect((write.attributes["cruddur.write_units"]?.number ?? 0) >= 1)
            let letters = Set(page.spans.compactMap { $0.attributes["cruddur.pattern"]?.text })
            #expect(letters.isSuperset(of: ["C", "D"]))

            // The re-key is linked to the message that made it, and says both rows.
            let record = try #require(moved.first { $0.kind == "consumer" })
            #expect(record.links.map(\.traceID) == [call.traceID] && record.links.map(\.spanID) == [write.spanID])
            let rekey = try #require(moved.first { $0.name == "TransactWriteItems messages" })
            let writes = rekey.attributes["cruddur.writes"]?.texts ?? []
            #expect(writes.filter { $0.hasPrefix("Delete GRP#") }.count == 2)
            #expect(writes.filter { $0.hasPrefix("Put GRP#") }.count == 2)
            // Keys, never texts.
            let all = try JSONEncoder().encode(page.spans + moved)
            #expect(!String(decoding: all, as: UTF8.self).contains("secret"))
        }
    }

    @Test func nobodySeesWhatOthersDo() async throws {
        try await ServerFixture.run(isTraced: true) { server in
            let ada = "Bearer \(try await server.token(ServerFixture.ada))"
            _ = try await server.call(
                .POST, "/api/messages", authorization: ada, contentType: "application/json",
                body: #"{"message": "x", "handle": "bob"}"#)
            #expect(try await !traces(server, ServerFixture.ada).spans.isEmpty)
            #expect(try await traces(server, ServerFixture.eve).spans.isEmpty)
            // Nor who the message is for: the call, and its key, are the sender's.
            #expect(try await traces(server, ServerFixture.bob).spans.isEmpty)
            #expect(try await server.call(.GET, "/api/traces").status == 401)
        }
    }

    @Test func aServerThatRecordsNothingOffersNothing() async throws {
        try await ServerFixture.run { server in
            let ada = "Bearer \(try await server.token(ServerFixture.ada))"
            #expect(try await server.call(.GET, "/api/traces", authorization: ada).status == 404)
        }
    }

    @Test("a place that is none is refused", arguments: ["-1", "nan", "1e9", "x", "99999999999999999999"])
    func places(_ text: String) async throws {
        try await ServerFixture.run(isTraced: true) { server in
            let ada = "Bearer \(try await server.token(ServerFixture.ada))"
            #expect(try await server.call(.GET, "/api/traces?after=\(text)", authorization: ada).status == 400)
        }
    }
}
