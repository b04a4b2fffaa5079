import Foundation
import TestSupport
import Testing
import Timestamps

@testable import HTTPExchange

/// Exchanges with servers that do not behave. No test waits for time to go by: they hold the clock.
struct HTTPConnectionsTests {
    private static let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    private static let bounds = HTTPBounds(time: .seconds(120), size: 1000)

    /// What comes of a call when its deadline passes after the server has given what it gives.
    private func fault(
        _ answer: String, closes: Bool = false, deadlinePasses: Bool,
        call: (String) -> HTTPCall = { HTTPCall(.get, $0) }
    ) async throws -> HTTPFault? {
        let server = try RawServer(answer, closes: closes)
        let time = HeldTime()
        let connections = HTTPConnections(connect: .seconds(3600), time: time)
        let call = call(server.url)
        let sending = Task { try await connections.send(call, within: Self.bounds) }
        for await _ in server.answered { break }
        if deadlinePasses {
            while time.nextAlarm == nil { await Task.yield() }
            #expect(time.nextAlarm == .seconds(120) + call.patience)
            time.advance(by: .seconds(120) + call.patience)
        }
        let result = await sending.result
        await connections.shutdown()
        do {
            _ = try result.get()
            return nil
        } catch {
            return try #require(error as? HTTPFault)
        }
    }

    @Test(
        "an answer that does not end by the deadline is out of time, wherever it stops",
        arguments: [
            "", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n", head + "Content-Length: 1000\r\n\r\n",
            head + "Content-Length: 1000\r\n\r\n[", head + "Transfer-Encoding: chunked\r\n\r\n1\r\n[\r\n",
            head + "Transfer-Encoding: chunked\r\n\r\n400", head + "\r\n[",
        ])
    func stalls(_ answer: String) async throws {
        #expect(try await fault(answer, deadlinePasses: true) == .timedOut)
    }

    @Test func whatTheServerMayTakeOnPurposeIsAddedToTheDeadline() async throws {
        #expect(
            try await fault(
                Self.head + "Content-Length: 2\r\n\r\n[", deadlinePasses: true,
                call: { HTTPCall(.get, $0, patience: .seconds(50)) }) == .timedOut)
    }

    @Test(
        "a connection that ends within an answer is no answer",
        arguments: [
            "", "HTTP/1.1 20", head + "Content-Length: 1000\r\n\r\n[1]",
            head + "Transfer-Encoding: chunked\r\n\r\n3\r\n[1]\r\n", "nonsense\r\n\r\n",
            "HTTP/1.1 000 X\r\nContent-Length: 2\r\n\r\n[]", "HTTP/1.1 099 X\r\n\r\n", "HTTP/1.1 001 X\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n[]",
            "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n[]", "HTTP/1.1 99999999999 OK\r\n\r\n",
        ])
    func endsEarly(_ answer: String) async throws {
        #expect(try await fault(answer, closes: true, deadlinePasses: false) == .connectionLost)
    }

    @Test(
        "an answer larger than its bound is not read to its end",
        arguments: [
            head + "Content-Length: 1001\r\n\r\n", head + "Content-Length: 9223372036854775807\r\n\r\n",
            head + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + String(repeating: "x", count: 1001) + "\r\n",
            head + "\r\n" + String(repeating: "x", count: 5000),
        ])
    func tooLarge(_ answer: String) async throws {
        #expect(try await fault(answer, deadlinePasses: false) == .tooLarge)
    }

    @Test func aWholeAnswerIsTakenWhateverItsStatusAndRedirectsAreNotFollowed() async throws {
        let server = try RawServer(
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 4\r\nX-It: a\r\n\r\nbody")
        let time = HeldTime()
        let connections = HTTPConnections(connect: .seconds(3600), headers: ["Accept": "text/plain"], time: time)
        let answer = try await connections.send(
            HTTPCall(.post, server.url + "/path", headers: ["X-Own": "1"], body: Data("hi".utf8)), within: Self.bounds)
        await connections.shutdown()
        #expect(answer.status == 302)
        #expect(answer.body == Data("body".utf8))
        #expect(answer[header: "x-IT"] == "a")
        #expect(answer.received == time.now())
        let head = try #require(server.heads.first?.lowercased())
        #expect(server.heads.count == 1)
        #expect(head.hasPrefix("post /path http/1.1\r\n"))
        for line in ["accept: text/plain", "x-own: 1", "content-length: 2"] { #expect(head.contains(line)) }
    }

    @Test(
        "a task that is cancelled ends its exchange at once, wherever it is",
        arguments: ["", head + "Content-Length: 1000\r\n\r\n["])
    func cancelled(_ answer: String) async throws {
        let server = try RawServer(answer)
        let connections = HTTPConnections(connect: .seconds(3600), time: HeldTime())
        for bounds in [Self.bounds, HTTPBounds(time: nil, size: 1000)] {
            let sending = Task { try await connections.send(HTTPCall(.get, server.url), within: bounds) }
            for await _ in server.answered { break }
            sending.cancel()
            let result = await sending.result
            #expect(throws: CancellationError.self) { try result.get() }
            // The server hears of it too.
            for await _ in server.closed { break }
        }
        await connections.shutdown()
    }

    @Test(
        "what cannot be called is said before anything is tried",
        arguments: [
            "http://127.0.0.1:65536/", "http://127.0.0.1:99999999999/x", "http://127.0.0.1:0", "http://127.0.0.1:-1",
            "http://[::1]:65536", "http://127.0.0.1:/", "http://127.0.0.1:http/", "http://u:p@127.0.0.1:70000/",
        ])
    func ports(_ url: String) async throws {
        let error = await #expect(throws: HTTPFault.self) {
            try await HTTPConnections.shared.send(HTTPCall(.get, url), within: Self.bounds)
        }
        guard case .invalid(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("a port is a number from 1 to 65535"))
        #expect(error?.mayHaveArrived == false)
    }

    @Test func aHeaderThatWouldBeTwoIsNotSent() async throws {
        for value in ["a\r\nX-Evil: 1", "a\n", "\0", "é", " a"] {
            await #expect(throws: HTTPFault.invalid("the header Authorization cannot be sent")) {
                try await HTTPConnections.shared.send(
                    HTTPCall(.get, "http://127.0.0.1:1", headers: ["Authorization": value]), within: Self.bounds)
            }
        }
    }

    @Test func nobodyThereIsSaid() async throws {
        await #expect(throws: HTTPFault.unreachable("connection refused")) {
            try await HTTPConnections.shared.send(HTTPCall(.get, "http://127.0.0.1:1/"), within: Self.bounds)
        }
    }
}
