import Foundation
import Logging
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

@testable import CruddurServer

/// ETags, answers that wait, and older messages.
struct ConditionalTests {
    private func list(
        _ server: ServerFixture, _ path: String = "/api/message_groups", tag: String? = nil, wait: Int? = nil
    ) async throws -> ServerFixture.Answer {
        var headers: [String: String] = [:]
        headers["If-None-Match"] = tag
        headers["Prefer"] = wait.map { "wait=\($0)" }
        return try await server.call(
            .GET, path, authorization: "Bearer \(server.token(ServerFixture.ada))", headers: headers)
    }

    /// The server waits by the clock that the test holds.
    private func untilAnAnswerIsHeld(_ time: HeldTime) async {
        while time.nextAlarm == nil { await Task.yield() }
    }

    @Test func whoHasTheListAlreadyIsNotSentItAgain() async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup()
            for path in ["/api/message_groups", "/api/messages/\(group)"] {
                let first = try await list(server, path)
                let tag = try #require(first.headers.first(name: "etag"))
                let again = try await list(server, path, tag: tag)
                #expect(again.status == 304)
                #expect(again.body.isEmpty)
                let other = try await list(server, path, tag: "\"other\"")
                #expect(other.status == 200)
            }
        }
    }

    @Test(arguments: ["W/TAG", "\"other\", TAG", "TAG,\"other\"", "W/\"a,b\" , W/TAG", "*"])
    func aTagIsKnownWeakOrInAListOrByAStar(_ written: String) async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup()
            for path in ["/api/message_groups", "/api/messages/\(group)"] {
                let tag = try #require(try await list(server, path).headers.first(name: "etag"))
                let again = try await list(server, path, tag: written.replacing("TAG", with: tag))
                #expect(again.status == 304)
                #expect(again.headers.first(name: "etag") == tag)
            }
        }
    }

    @Test(arguments: ["W/TAG", "\"other\", W/TAG"])
    func anAnswerIsHeldForATagThatWasMadeWeakOnItsWay(_ written: String) async throws {
        let time = HeldTime()
        try await ServerFixture.run(time: time) { server in
            let tag = try #require(try await list(server).headers.first(name: "etag"))
            async let held = list(server, tag: written.replacing("TAG", with: tag), wait: 50)
            await untilAnAnswerIsHeld(time)
            time.advance(by: .seconds(50))
            let answer = try await held
            #expect(answer.status == 304)
            #expect(answer.headers.first(name: "preference-applied") == "wait=50")
        }
    }

    @Test(arguments: [nil, "\"other\"", "W/\"other\"", "*", "", "garbage", "\"cut"])
    func anAnswerThatIsNotHeldDoesNotSayThatItWas(_ tag: String?) async throws {
        // The time stands still: an answer that were held would not come.
        try await ServerFixture.run(time: HeldTime()) { server in
            let answer = try await list(server, tag: tag, wait: 50)
            #expect(answer.status == (tag == "*" ? 304 : 200))
            #expect(answer.headers.first(name: "preference-applied") == nil)
        }
    }

    @Test func anAnswerThatWaitsComesWithTheNews() async throws {
        let time = HeldTime()
        try await ServerFixture.run(time: time) { server in
            let group = try await server.startGroup()
            let path = "/api/messages/\(group)"
            let tag = try await list(server, path).headers.first(name: "etag")
            async let held = list(server, path, tag: tag, wait: 50)
            await untilAnAnswerIsHeld(time)
            let sent = try await server.post(["message": "news", "message_group_uuid": group], as: ServerFixture.bob)
            #expect(sent.status == 200)
            let answer = try await held
            #expect(answer.status == 200)
            #expect(answer.text.contains("news"))
            #expect(answer.headers.first(name: "preference-applied") == "wait=50")
        }
    }

    @Test func withoutNewsAnAnswerComesWhenTheTimeIsOver() async throws {
        try await ServerFixture.run { server in
            let tag = try await list(server).headers.first(name: "etag")
            let answer = try await list(server, tag: tag, wait: 0)
            #expect(answer.status == 304)
            #expect(answer.headers.first(name: "preference-applied") == nil)
        }
    }

    @Test func anAnswerIsHeldAndMeasuredByTheClocksThatTheServerWasGiven() async throws {
        let time = HeldTime()
        let records = LogRecords()
        try await ServerFixture.run(time: time, logger: records.logger) { server in
            let tag = try await list(server).headers.first(name: "etag")
            async let held = list(server, tag: tag, wait: 50)
            await untilAnAnswerIsHeld(time)
            // Somebody sets the wall clock back: no answer is held longer, or took less than no time.
            time.step(bySeconds: -7200)
            time.advance(by: .seconds(50))
            let answer = try await held
            #expect(answer.status == 304)
        }
        #expect(records.values(of: "ms", in: "request") == ["0.0", "50000.0"])
    }

    @Test func nobodyIsKeptWaitingByAServerThatShutsDown() async throws {
        // The fixture's end is a graceful shutdown: it returns only if the held answer does.
        let held = HeldAnswer()
        let time = HeldTime()
        try await ServerFixture.run(time: time) { server in
            let tag = try await list(server).headers.first(name: "etag")
            await held.start { try await list(server, tag: tag, wait: 50) }
            await untilAnAnswerIsHeld(time)
        }
        let status = try await held.answer?.value.status
        #expect(status == 304)
    }

    @Test func whoMayNotReadAListCannotWaitForItEither() async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup()
            let answer = try await server.call(
                .GET, "/api/messages/\(group)", authorization: "Bearer \(server.token(ServerFixture.eve))",
                headers: ["If-None-Match": "\"x\"", "Prefer": "wait=50"])
            #expect(answer.status == 403)
        }
    }

    @Test func olderMessagesAreReadPageByPage() async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup("0")
            for number in 1...45 {
                _ = try await server.post(["message": "\(number)", "message_group_uuid": group], as: ServerFixture.ada)
            }
            var seen: [String] = []
            var before = ""
            while true {
                let query =
                    before.isEmpty ? "" : "?limit=20&before=" + before.replacingOccurrences(of: "+", with: "%2B")
                let page: [[String: String]] = try await list(server, "/api/messages/\(group)" + query).json()
                guard let oldest = page.first?["created_at"] else { break }
                seen = page.compactMap { $0["message"] } + seen
                before = oldest
            }
            #expect(seen == (0...45).map(String.init))
        }
    }

    @Test(arguments: ["limit=0", "limit=201", "limit=x", "before=yesterday"])
    func aQueryThatMakesNoSenseIsRefused(_ query: String) async throws {
        try await ServerFixture.run { server in
            let group = try await server.startGroup()
            let answer = try await list(server, "/api/messages/\(group)?\(query)")
            #expect(answer.status == 400)
        }
    }
}

/// Log lines, for a test to read.
private final class LogRecords: Sendable {
    private struct Handler: LogHandler {
        let records: LogRecords
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { records.events.withLock { $0.append(event) } }
    }

    private let events = Mutex<[LogEvent]>([])

    var logger: Logger { Logger(label: "test") { _ in Handler(records: self) } }

    /// What the lines that say `message` have at `key`, in their order.
    func values(of key: String, in message: String) -> [String] {
        events.withLock { $0.filter { $0.message.description == message }.map { "\($0.metadata?[key] ?? "")" } }
    }
}

/// A request that outlives the closure that began it.
private actor HeldAnswer {
    private(set) var answer: Task<ServerFixture.Answer, any Error>?

    func start(_ request: @escaping @Sendable () async throws -> ServerFixture.Answer) {
        answer = Task { try await request() }
    }
}
