import Foundation
import HTTPExchange
import TestSupport
import Testing
import Timestamps

@testable import ChatClient

/// What errors say, of which server, and what of its words.
struct APIErrorTests {
    private static let hostile = "\u{1B}]0;x\u{7}\u{9B}31m\r\n<b>\u{202E}é\u{0}日"

    private func error(_ status: Int, _ body: String = "", type: String? = nil, retryAfter: String? = nil) -> APIError?
    {
        var headers: [(name: String, value: String)] = []
        if let type { headers.append(("Content-Type", type)) }
        if let retryAfter { headers.append(("Retry-After", retryAfter)) }
        let answer = HTTPAnswer(
            status: status, headers: headers, body: Data(body.utf8), received: Timestamp(microseconds: 0))
        return #expect(throws: APIError.self) { try answer.decode([String].self) }
    }

    @Test func nothingThatAServerWroteStandsInAnErrorAsItCame() throws {
        let codes = String(decoding: try JSONEncoder().encode([Self.hostile, "message_blank"]), as: UTF8.self)
        let rejected = try #require(error(422, codes))
        #expect(rejected == .rejected([Self.hostile, "message_blank"]))
        for error in [
            rejected, error(200, "x", type: Self.hostile), .unexpectedAnswer(Self.hostile),
            .signIn(.unexpectedAnswer(Self.hostile)), .signIn(.rejected([Self.hostile])),
        ] {
            let said = try #require(error).description
            #expect(said.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "\(said.debugDescription)")
            #expect(!said.contains("<"))
            #expect(said.contains("\\u{1b}") && said.utf8.count < 400)
        }
        #expect("\(rejected)".hasSuffix("the message is blank"))
        let long = APIError.rejected(Array(repeating: String(repeating: "x", count: 100_000), count: 1000))
        #expect(long.description.utf8.count < 400)
    }

    @Test func answersThatAreNotOursAreNamed() {
        #expect(error(200, " \n<!doctype html>", type: "text/html; charset=utf-8") == .unexpectedAnswer("HTML"))
        #expect(error(200, "x", type: "text/plain") == .unexpectedAnswer("text/plain"))
        #expect(error(200, "x") == .unexpectedAnswer("no content type"))
        #expect(error(422, "<html>") == .rejected([]))
        #expect(error(201, "[]") == .unexpectedAnswer("status 201"))
        // It may have been stored all the same.
        #expect(error(201)?.mayHaveArrived == true)
        #expect(error(302) == .redirected)
        #expect(error(418) == .refused(status: 418))
    }

    @Test func theWaitThatAServerAsksForIsFinite() {
        #expect(error(429, retryAfter: "7") == .rateLimited(retryAfter: 7))
        #expect(error(503, retryAfter: "Thu, 01 Jan 1970 00:00:09 GMT")?.retryAfter == 9)
        for value in ["nan", "inf", "-inf", "-1e30", "1e30", "0x1", "", "soon"] {
            #expect(error(502, retryAfter: value) == .server(status: 502, retryAfter: nil))
        }
    }

    @Test func whichServerFailedIsSaidInEveryCase() {
        let faults: [APIError] = [
            .unreachable("connection refused"), .timedOut, .connectionLost, .forbidden, .notFound, .rejected([]),
            .refused(status: 400), .rateLimited(retryAfter: nil), .server(status: 500, retryAfter: 3), .redirected,
            .unexpectedAnswer("HTML"), .answerTooLarge,
        ]
        for fault in faults {
            let signIn = APIError.signIn(fault)
            #expect(!"\(fault)".contains("Cognito"))
            #expect("\(signIn)".lowercased().contains("cognito") && !"\(signIn)".contains("the server"))
            // The backend was not asked, so nothing arrived; it may go better the next time.
            #expect(!signIn.mayHaveArrived)
            #expect(signIn.isPassing == fault.isPassing)
            #expect(signIn.retryAfter == fault.retryAfter)
        }
        #expect("\(APIError.signIn(.unreachable("no such host")))" == "cannot reach Cognito (no such host)")
    }
}

/// The calls of the API with servers that do not end their answers.
struct StalledAnswerTests {
    @Test(
        "a call whose answer does not end is out of time, and may have arrived",
        arguments: ["HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[", "HTTP/1.1 304 Not Modified\r\nETag: "])
    func stalls(_ answer: String) async throws {
        let server = try RawServer(answer)
        let configuration = try ClientConfiguration.load(
            flags: ["backend_url": server.url, "tokens.access_token": "t", "cognito.endpoint": server.url],
            environment: ["HOME": "/nowhere"])
        let http = HTTPConnector(limit: .milliseconds(100))
        let tokens = TokenStore(configuration, http: http, time: HeldTime())
        let api = CruddurAPI(http: http, tokens: tokens, backend: configuration.backend, paths: configuration.paths)
        let calls: [() async throws -> Void] = [
            { _ = try await api.groups(PollTicket()) }, { _ = try await api.messages(in: "g", PollTicket()) },
            { _ = try await api.send("hi", to: .group("g"), key: "k") },
            { _ = try await api.send("hi", to: .handle("mei"), key: "k") },
            { _ = try await api.user(handle: "mei", knownToExist: "me") },
        ]
        for call in calls {
            let error = await #expect(throws: APIError.self) { try await call() }
            #expect(error == .timedOut)
            #expect(error?.mayHaveArrived == true)
        }
        await http.shutdown()
    }
}
