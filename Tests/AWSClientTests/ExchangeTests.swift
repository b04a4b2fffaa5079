import Foundation
import Logging
import TestSupport
import Testing
import Timestamps

@testable import AWSClient

/// Calls to services, and to those who give credentials, that do not behave.
struct ExchangeTests {
    private func call(_ endpoint: String, within limit: Duration = .seconds(15)) async -> AWSError? {
        let now = Timestamp("2026-11-24T12:00:00Z")!
        let chain = CredentialChain(
            environment: ["AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s"], now: { now })
        let client = AWSClient(
            .dynamoDB, region: "us-east-1", endpoint: endpoint, credentials: chain,
            patience: .init(attempts: 1, answer: limit), logger: Logger(label: "") { _ in SwiftLogNoOpLogHandler() },
            now: { now })
        return await #expect(throws: AWSError.self) { try await client.call("ListTables", Data("{}".utf8)) }
    }

    @Test func anAnswerThatStopsHalfWayIsOutOfTimeAndMayHaveBeenCarriedOut() async throws {
        let server = try RawServer("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
        guard case .transport(_, let reason, let mayHaveHappened) = await call(server.url, within: .milliseconds(100))
        else {
            Issue.record("another error")
            return
        }
        #expect(reason == "no answer in time")
        #expect(mayHaveHappened)
    }

    @Test func aConnectionThatEndsWithinAnAnswerIsLost() async throws {
        let server = try RawServer("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{", closes: true)
        #expect(await call(server.url).map { "\($0)" } == "\(server.url): the connection was lost")
    }

    @Test(
        "an address that nobody can be at is said, and not tried again",
        arguments: [
            ("http://127.0.0.1:65536", "has the port \"65536\"; a port is a number from 1 to 65535"),
            ("http://127.0.0.1:99999999999", "has the port \"99999999999\"; a port is a number from 1 to 65535"),
            ("localhost:8000", "is not an http or https URL"),
        ])
    func addresses(_ endpoint: String, _ complaint: String) async {
        let error = await call(endpoint)
        #expect(error.map { "\($0)" } == "\(endpoint) \(complaint)")
        #expect(error?.isTransient == false)
    }

    @Test func credentialsAreNeitherTakenFromElsewhereNorAskedForThere() async throws {
        let server = try RawServer("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
        func find(_ url: String) async -> AWSError? {
            await #expect(throws: AWSError.self) {
                try await CredentialChain(
                    environment: ["HOME": "/nowhere", "AWS_CONTAINER_CREDENTIALS_FULL_URI": url],
                    now: { Timestamp(microseconds: 0) }
                ).current()
            }
        }
        #expect(await find(server.url + "/a").map { "\($0)".contains("does not answer") } == true)
        #expect(server.heads.count == 1)
        for url in ["http://127.evil.example/", "http://localhost.evil.example/", "http://127.0.0.1:70000/"] {
            #expect(await find(url).map { "\($0)".contains("neither https nor this machine") } == true)
        }
    }
}
