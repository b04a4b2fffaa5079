import Foundation
import Testing
import Timestamps

@testable import HTTPExchange

/// What stands in headers.
struct HTTPAnswerTests {
    private static let received = Timestamp("2026-11-24T12:00:00Z")!

    private func retryAfter(_ value: String, date: String? = nil) -> Double? {
        var headers = [(name: "RETRY-after", value: value)]
        if let date { headers.append((name: "date", value: date)) }
        return HTTPAnswer(status: 503, headers: headers, received: Self.received).retryAfter
    }

    @Test func secondsAreBetweenNoneAndADay() {
        #expect(retryAfter("120") == 120)
        #expect(retryAfter(" 0.5 ") == 0.5)
        #expect(retryAfter("0") == 0)
        #expect(retryAfter("100000") == 86_400)
        #expect(retryAfter("99999999999999999999999") == 86_400)
    }

    @Test(
        "what says no time is as if it were not there",
        arguments: [
            "nan", "-nan", "inf", "-inf", "infinity", "-1e30", "1e30", "1e3", "0x10", "", " ", "-5", "soon", "1;2",
            "Tue, 24 Nov 2026 25:00:00 GMT", String(repeating: "9", count: 400),
        ])
    func noTime(_ value: String) {
        #expect(retryAfter(value) == nil)
    }

    @Test(
        "a date is honoured in each of its forms",
        arguments: ["Tue, 24 Nov 2026 12:02:00 GMT", "Tuesday, 24-Nov-26 12:02:00 GMT", "Tue Nov 24 12:02:00 2026"])
    func dates(_ value: String) {
        #expect(retryAfter(value) == 120)
    }

    @Test func aDateIsHeldAgainstTheServersOwnClock() {
        // Its clock is two hours behind ours.
        #expect(retryAfter("Tue, 24 Nov 2026 10:02:00 GMT", date: "Tue, 24 Nov 2026 10:01:00 GMT") == 60)
        #expect(retryAfter("Tue, 24 Nov 2026 11:59:00 GMT") == 0)
        #expect(retryAfter("Fri, 31 Dec 9999 23:59:59 GMT") == 86_400)
        #expect(retryAfter("Tue, 24 Nov 2026 12:02:00 GMT", date: "no date") == 120)
    }

    @Test func aTagThatCannotBeSentBackIsNone() {
        for (tag, known) in [
            ("\"a\"", "\"a\""), ("W/\"a b\"", "W/\"a b\""), ("\"é\"", nil), ("\"\u{1B}\"", nil), ("", nil),
        ] {
            #expect(HTTPAnswer(status: 200, headers: [("etag", tag)], received: Self.received).entityTag == known)
        }
    }

    @Test(
        "addresses that requests can be made from",
        arguments: [
            ("http://LOCALHOST", true), ("HTTP://LocalHost:80/", true), ("http://localhost.", true),
            ("http://127.1.2.3:1", true), ("http://[::1]", true), ("http://[::1]:65535/", true),
            ("http://127.evil.example", false), ("http://127.0.0.1.evil.example", false), ("http://127.0.0.999", false),
            ("http://localhost.evil.example", false), ("http://[::2]", false), ("http://10.0.0.1", false),
        ])
    func loopback(_ text: String, _ isLoopback: Bool) throws {
        let url = try BaseURL(parsing: text)
        #expect(url.isLoopback == isLoopback)
        #expect(url.isPlainAndRemote == !isLoopback)
    }

    @Test(
        "what is wrong with an address is said",
        arguments: [
            ("http://h:65536", "has the port \"65536\"; a port is a number from 1 to 65535"),
            ("https://h:0/", "has the port \"0\"; a port is a number from 1 to 65535"),
            ("http://h:99999999999/x", "has the port \"99999999999\"; a port is a number from 1 to 65535"),
            ("http://[::1]:70000", "has the port \"70000\"; a port is a number from 1 to 65535"),
            ("ftp://h", "is not an http or https URL"), ("h", "is not an http or https URL"),
            ("http://", "is not an http or https URL"), ("", "is not an http or https URL"),
            ("http://u:p@h", "holds more than a scheme, a host and a path"),
            ("http://h/?q", "holds more than a scheme, a host and a path"),
        ])
    func complaints(_ text: String, _ complaint: String) {
        #expect(throws: BaseURL.Complaint(description: complaint)) { try BaseURL(parsing: text) }
    }

    @Test func theDoorIsTheOnlyOneThatKnowsTheClientLibrary() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../Sources")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "swift" {
            guard !file.path.contains("/Sources/HTTPExchange/") else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(!text.contains("AsyncHTTPClient") && !text.contains("URLSession"), "\(file.lastPathComponent)")
        }
    }
}
