import Foundation
import HTTPExchange
import TestSupport
import Testing
import Timestamps

@testable import ChatClient

/// What each check makes of what it is told.
struct DiagnosisTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private static func jwt(_ claims: [String: Any]) throws -> String {
        let parts = try [["alg": "RS256", "typ": "JWT"], claims].map { part in
            try JSONSerialization.data(withJSONObject: part).base64EncodedString().replacingOccurrences(
                of: "=", with: ""
            )
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
        }
        return parts.joined(separator: ".") + ".c2ln"
    }

    private static func cognito(pool: String? = "us-east-1_aBcDeFgHi", client: String? = "client")
        -> ClientConfiguration.Cognito
    {
        ClientConfiguration.Cognito(
            region: "us-east-1", userPoolID: pool, clientID: client, clientSecret: nil, endpoint: nil)
    }

    private func token(
        _ claims: [String: any Sendable], refresh: Bool = true, _ cognito: ClientConfiguration.Cognito = cognito()
    ) throws -> Check {
        TokenCheck.of(try Self.jwt(claims), hasRefreshToken: refresh, cognito, now: Self.now)
    }

    private static let good: [String: any Sendable] = [
        "iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_aBcDeFgHi", "token_use": "access",
        "client_id": "client", "exp": 1_800_003_000, "username": "mei@cruddur.example", "sub": "secret-sub",
    ]

    @Test func aGoodTokenSaysWhoseItIsAndHowLong() throws {
        let check = try token(Self.good)
        #expect(check.verdict == .ok)
        #expect(check.text == "of the pool us-east-1_aBcDeFgHi, for 50 min more; it can be refreshed")
        #expect(try token(Self.good, refresh: false).text.hasSuffix("there is no refresh token"))
    }

    @Test(arguments: [
        ("exp", 1_799_999_000 as any Sendable, Check.Verdict.problem, "ended 16 min ago"),
        ("iss", "https://x/us-east-1_Other1234", .problem, "it is of the pool us-east-1_Other1234"),
        ("token_use", "id", .warning, "it is an id token"),
        ("client_id", "other", .warning, "it is of another app client"),
        ("exp", "never", .warning, "without an end"),
    ])
    func whatIsWrongWithATokenIsSaid(_ claim: String, _ value: any Sendable, _ verdict: Check.Verdict, _ words: String)
        throws
    {
        let check = try token(Self.good.merging([claim: value]) { $1 })
        #expect(check.verdict == verdict && check.text.contains(words), "\(check)")
        #expect(check.advice?.isEmpty == false)
    }

    @Test func whatIsNoTokenAtAllIsSaidWithoutRepeatingIt() {
        let check = TokenCheck.of("secret-token", hasRefreshToken: false, Self.cognito(), now: Self.now)
        #expect(check.verdict == .warning && !check.text.contains("secret"))
    }

    @Test func timesBeyondAllTimesEndNobody() throws {
        for end in [1e300, -1e300, 0, 253_402_300_800] { _ = try token(Self.good.merging(["exp": end]) { $1 }) }
    }

    // MARK: The clock

    private func clock(aheadBy seconds: Double, date: Bool = true) -> Check {
        let headers = date ? [(name: "Date", value: "Fri, 15 Jan 2027 08:00:00 GMT")] : []
        let answer = HTTPAnswer(
            status: 200, headers: headers, body: Data("{}".utf8), received: Self.now.advanced(bySeconds: seconds))
        return ClockCheck.of(HealthAnswer(route: "/health", answer))
    }

    @Test(arguments: [
        (0.9, Check.Verdict.ok, "as the backend's"), (-1, .ok, "as"), (31, .warning, "31 s ahead of"),
        (-45, .warning, "45 s behind"), (7200, .problem, "7200 s ahead"), (-86_400 * 400, .problem, "behind"),
    ])
    func clocksAreCompared(_ ahead: Double, _ verdict: Check.Verdict, _ words: String) {
        let check = clock(aheadBy: ahead)
        #expect(check.verdict == verdict && check.text.contains(words), "\(check)")
        #expect((check.advice == nil) == (verdict == .ok))
    }

    @Test func aBackendThatDoesNotTellItsTimeIsNotJudged() {
        #expect(clock(aheadBy: 0, date: false).verdict == .skipped)
        #expect(ClockCheck.of(nil).verdict == .skipped)
    }

    // MARK: Health

    private func health(_ status: Int, _ body: String) -> HealthAnswer {
        HealthAnswer(route: "/health", HTTPAnswer(status: status, body: Data(body.utf8), received: Self.now))
    }

    @Test func aPageThatIsServedForEveryPathIsNoBackend() {
        for body in ["{\"success\": true}", "OK", "ok\n", "\"OK\""] { #expect(health(200, body).isWell) }
        for body in ["<!doctype html>", "", "[]", "1", "okay then", "\u{0}"] { #expect(!health(200, body).isWell) }
        #expect(!health(503, "{}").isWell)
        #expect(HealthCheck.of(.other(health(503, "<h1>")), seconds: 1).verdict == .problem)
        #expect(HealthCheck.of(.other(health(200, "<h1>")), seconds: 1).verdict == .warning)
        #expect(HealthCheck.of(.silent(.timedOut), seconds: 1).verdict == .problem)
    }

    // MARK: Lists

    private func rows(_ times: [String], uuids: [String]? = nil, bad: Int = 0) throws -> ListedRows {
        var list: [[String: Any]] = times.enumerated().map { index, time in
            ["uuid": uuids?[index] ?? "m\(index)", "handle": "mei", "message": "secret", "created_at": time]
        }
        for _ in 0..<bad { list.append(["uuid": 1]) }
        return ListedRows(
            try JSONDecoder().decode(ReadableRows.self, from: JSONSerialization.data(withJSONObject: list)))
    }

    @Test func eachTrapOfTheListsIsTold() throws {
        func text(_ change: (inout TrapsCheck) throws -> Void) rethrows -> String {
            var traps = TrapsCheck()
            try change(&traps)
            return traps.check.text
        }
        let (aware, naive) = ("2026-11-24T05:50:07.058076+00:00", "2026-11-24T05:50:08.058076")
        #expect(try text { $0.pages = [try rows([aware])] }.hasPrefix("times with offset;"))
        #expect(try text { $0.pages = [try rows([naive])] }.hasPrefix("times without offset;"))
        #expect(try text { $0.pages = [try rows([aware, naive])] }.hasPrefix("times with and without offset;"))
        for form in ["2026-11-24T05:50:07Z", "2026-11-24T05:50:07-05:00"] {
            #expect(try text { $0.pages = [try rows([form])] }.hasPrefix("times with offset;"))
        }
        #expect(try text { $0.pages = [try rows(["2026-11-24T05:50:07"])] }.hasPrefix("times without offset;"))
        #expect(try text { $0.pages = [try rows([naive, aware])] }.contains("messages out of order"))
        #expect(
            try text { $0.pages = [try rows(Array(repeating: aware, count: 50))] }.contains("the newest 50 messages"))
        #expect(
            try text { $0.pages = [try rows([aware, aware], uuids: ["u", "u"])] }.contains("messages share uuids"))
        #expect(text { $0.holdsAnswers = false }.contains("no long poll"))
        #expect(text { $0.holdsAnswers = true }.contains("holds answers"))
        #expect(text { $0.errorsAreHTML = true }.contains("errors in HTML"))
        #expect(text { $0.nobody = .emptyObject }.contains("an unknown handle is answered with 200 and {}"))
        #expect(text { $0.nobody = .status(500) }.contains("an unknown handle is answered with 500"))
    }

    @Test func peopleWhoCannotBeLookedUpAreAWarningWithWhatToDo() {
        var traps = TrapsCheck()
        traps.somebody = .status(500)
        #expect(traps.check.verdict == .warning && traps.check.text.contains("people cannot be looked up (500)"))
        traps.somebody = .status(404)
        #expect(traps.check.advice?.contains("paths.user_short") == true)
        traps.somebody = .status(200)
        #expect(traps.check.verdict == .ok)
    }

    @Test func rowsThatCannotBeReadAreAWarning() throws {
        #expect(GroupsCheck.of(try rows([], bad: 2)).verdict == .warning)
        #expect(MessagesCheck.of([try rows([], bad: 1)]).verdict == .warning)
        #expect(MessagesCheck.of([]).verdict == .skipped)
    }

    @Test func aListThatIsBehindItsConversationIsSaidWithHowFar() {
        let check = StreamCheck.of([
            (row: Self.now, message: Self.now), (row: Self.now, message: Self.now.advanced(bySeconds: 90)),
        ])
        #expect(check.verdict == .warning && check.text.contains("by up to 90 s"))
        #expect(StreamCheck.of([(row: Self.now, message: Self.now)]).verdict == .ok)
        // A row may be dated ahead of what is written after it.
        #expect(StreamCheck.of([(row: Self.now, message: Self.now.advanced(bySeconds: -900))]).verdict == .ok)
        let ends = (row: Timestamp(microseconds: .min), message: Timestamp(microseconds: .max))
        #expect(StreamCheck.of([ends]).verdict == .warning)
        #expect(StreamCheck.of([]).verdict == .skipped)
    }

    // MARK: Files

    @Test func whatOthersCanReadIsNamedWithTheCommandThatMendsIt() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/config.json"
        let folders = XDGFolders(["HOME": folder.path])
        #expect(PermissionsCheck.of([path], folders).verdict == .ok)
        try "{}".write(toFile: path, atomically: false, encoding: .utf8)
        for (mode, verdict) in [(0o600, Check.Verdict.ok), (0o640, .warning), (0o604, .warning), (0o620, .warning)] {
            chmod(path, mode_t(mode))
            #expect(PermissionsCheck.of([path], folders).verdict == verdict)
        }
        #expect(PermissionsCheck.of([path], folders).advice == "chmod 600 ~/config.json")
    }
}
