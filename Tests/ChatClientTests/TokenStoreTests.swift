import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import TestSupport
import Testing
import Timestamps

@testable import ChatClient

/// Tokens that are refreshed, kept and shared.
struct TokenStoreTests {
    private let folder: TemporaryFolder
    private let time = HeldTime()

    init() throws { folder = try TemporaryFolder() }

    /// A pool that rotates its refresh tokens: each is good once.
    private final class Pool: Sendable {
        let calls = Mutex(0)
        let good: Mutex<Set<String>>
        let lifetime: Double

        init(good: Set<String> = ["r0"], lifetime: Double = 3600) {
            self.good = Mutex(good)
            self.lifetime = lifetime
        }

        func answer(_ body: Data, at now: Timestamp) throws -> Response {
            struct Call: Decodable {
                let parameters: [String: String]

                enum CodingKeys: String, CodingKey {
                    case parameters = "AuthParameters"
                }
            }
            let token = try JSONDecoder().decode(Call.self, from: body).parameters["REFRESH_TOKEN"] ?? ""
            let number = calls.withLock { calls in
                calls += 1
                return calls
            }
            guard good.withLock({ $0.remove(token) }) != nil else {
                return Self.json(.badRequest, #"{"__type":"NotAuthorizedException"}"#)
            }
            good.withLock { _ = $0.insert("r\(number)") }
            let access = TokenStoreTests.jwt("a\(number)", issued: now.seconds, expires: now.seconds + lifetime)
            return Self.json(
                .ok, #"{"AuthenticationResult":{"AccessToken":"\#(access)","RefreshToken":"r\#(number)"}}"#)
        }

        private static func json(_ status: HTTPResponse.Status, _ text: String) -> Response {
            Response(status: status, body: .init(byteBuffer: ByteBuffer(string: text)))
        }
    }

    private static func date(_ time: Timestamp) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.string(from: Date(timeIntervalSince1970: time.seconds))
    }

    private static func jwt(_ subject: String, issued: Double? = nil, expires: Any? = nil) -> String {
        var claims: [String: Any] = ["sub": subject]
        claims["iat"] = issued
        claims["exp"] = expires
        let data = (try? JSONSerialization.data(withJSONObject: claims)) ?? Data()
        let part = data.base64EncodedString().replacing("=", with: "").replacing("+", with: "-").replacing(
            "/", with: "_")
        return "eyJhbGciOiJub25lIn0.\(part).AAAA"
    }

    private func serving(_ pool: Pool, clock: HeldTime? = nil, _ body: (String) async throws -> Void) async throws {
        let router = Router()
        let clock = clock ?? time
        router.post("/") { request, _ in
            try pool.answer(Data(try await request.body.collect(upTo: 1 << 16).readableBytesView), at: clock.now())
        }
        try await LoopbackServer.run(router, body)
    }

    private func configuration(_ flags: [String: String]) throws -> ClientConfiguration {
        try .load(flags: flags, environment: ["HOME": folder.path, "PATH": "\(folder.path):/usr/bin:/bin"])
    }

    private var place: String { folder.path + "/.local/state/cruddur/sign-ins" }

    private func kept() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: place).filter { $0.hasSuffix(".json") }
    }

    /// A store as a program makes it at its start.
    private func store(_ url: String, access: String = "a0", refresh: String? = "r0", _ more: [String: String] = [:])
        throws -> (
            TokenStore, HTTPConnector
        )
    {
        var flags = [
            "backend_url": "https://api.example", "tokens.access_token": access, "cognito.endpoint": url,
            "cognito.client_id": "c", "handle": "mei",
        ]
        flags["tokens.refresh_token"] = refresh
        // The exchanges go by the machine's clock: the pool does answer.
        let http = HTTPConnector(limit: .seconds(3600))
        return (TokenStore(try configuration(flags.merging(more) { $1 }), http: http, time: time), http)
    }

    @Test func aRefreshedTokenAndARotatedRefreshTokenAreThereTheNextTime() async throws {
        let pool = Pool()
        try await serving(pool) { url in
            let (first, http) = try store(url)
            let fresh = try await first.replacement(for: "a0")
            await http.shutdown()
            let (second, again) = try store(url)
            #expect(await second.accessToken() == fresh)
            // The refresh token is the rotated one: the configured one is spent.
            #expect(try await second.replacement(for: fresh) != fresh)
            #expect(pool.calls.withLock(\.self) == 2)
            await again.shutdown()
        }
    }

    @Test func aRefreshThatIsUnderWayAtTheEndIsWaitedForAndKept() async throws {
        let pool = Pool()
        try await serving(pool) { url in
            let (first, http) = try store(url)
            let asking = Task { try await first.replacement(for: "a0") }
            while pool.calls.withLock(\.self) == 0 { await Task.yield() }
            // Whoever asked has gone.
            asking.cancel()
            await first.finish(within: .seconds(60))
            await http.shutdown()
            let (second, again) = try store(url)
            #expect(await second.accessToken() != "a0")
            #expect(pool.calls.withLock(\.self) == 1)
            await again.shutdown()
        }
    }

    @Test func whatIsKeptIsForItsOwnerOnly() async throws {
        try await serving(Pool()) { url in
            let (store, http) = try store(url)
            _ = try await store.replacement(for: "a0")
            await http.shutdown()
            let path = try place + "/" + #require(kept().first)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try FileManager.default.attributesOfItem(atPath: place)[.posixPermissions] as? Int == 0o700)
            #expect(try FileManager.default.contentsOfDirectory(atPath: place).count == 2)
            #expect(try !String(contentsOfFile: path, encoding: .utf8).contains("r0"))
        }
    }

    @Test func whoPutsOtherTokensIntoTheConfigurationIsObeyed() async throws {
        let pool = Pool(good: ["r0", "other"])
        try await serving(pool) { url in
            let (first, http) = try store(url)
            _ = try await first.replacement(for: "a0")
            await http.shutdown()
            let (second, again) = try store(url, access: "b0", refresh: "other")
            #expect(await second.accessToken() == "b0")
            await again.shutdown()
            // The same refresh token with a newer access token.
            let newer = Self.jwt("new", expires: time.now().seconds + 7200)
            let (third, last) = try store(url, access: newer)
            #expect(await third.accessToken() == newer)
            await last.shutdown()
        }
    }

    @Test func twoProgramsRefreshOnceForBoth() async throws {
        let pool = Pool()
        try await serving(pool) { url in
            let (first, http) = try store(url)
            let (second, other) = try store(url)
            let tokens = try await (first.replacement(for: "a0"), second.replacement(for: "a0"))
            #expect(tokens.0 == tokens.1)
            #expect(pool.calls.withLock(\.self) == 1)
            // And neither is led back to an older one by the file.
            let next = try await first.replacement(for: tokens.0)
            #expect(try await second.replacement(for: tokens.1) == next)
            #expect(pool.calls.withLock(\.self) == 2)
            await http.shutdown()
            await other.shutdown()
        }
    }

    @Test(
        "a kept file that is damaged is as if there were none",
        arguments: ["", "{", "[]", "{\"from\":\"x\"}", "\u{0}", "{\"from\":1,\"tokens\":{\"access_token\":\"a b\"}}"])
    func damaged(_ content: String) async throws {
        try await serving(Pool()) { url in
            let (first, other) = try store(url)
            _ = try await first.replacement(for: "a0")
            await other.shutdown()
            try content.write(toFile: place + "/" + #require(kept().first), atomically: true, encoding: .utf8)
        }
        try await serving(Pool()) { url in
            let (store, http) = try store(url)
            #expect(await store.accessToken() == "a0")
            #expect(try await store.replacement(for: "a0") != "a0")
            await http.shutdown()
        }
    }

    @Test func aFileThatCannotBeWrittenDoesNotStopTheRefresh() async throws {
        let pool = Pool()
        // A file stands where the folder would be.
        try FileManager.default.createDirectory(
            atPath: folder.path + "/.local/state", withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: folder.path + "/.local/state/cruddur"))
        try await serving(pool) { url in
            let (store, http) = try store(url)
            #expect(try await store.replacement(for: "a0") != "a0")
            await http.shutdown()
        }
    }

    // MARK: Others

    @Test func whatSomebodyKeepsInAnotherTerminalIsTakenUpWhileItRuns() async throws {
        let (store, http) = try store("http://127.0.0.1:1", access: Self.jwt("mei"), refresh: nil)
        let running = Task { await store.run() }
        let login = try configuration(["backend_url": "https://api.example", "tokens.access_token": Self.jwt("mei")])
        let fresh = Self.jwt("mei", issued: 1, expires: 2)
        try await login.signIn.write(
            .init(tokens: .init(access: fresh, identity: nil, refresh: nil), handle: "mei", username: nil))
        for await event in store.events where event == .renewed { break }
        #expect(await store.accessToken() == fresh)
        // Somebody else's are not: what is on its way would go in their name.
        try await login.signIn.write(
            .init(tokens: .init(access: Self.jwt("bob"), identity: nil, refresh: nil), handle: "bob", username: nil))
        for await event in store.events {
            #expect(event == .anothers("bob"))
            break
        }
        #expect(await store.accessToken() == fresh)
        running.cancel()
        await http.shutdown()
    }

    @Test func tokensThatAreTakenOutOfTheConfigurationAreKept() async throws {
        try await serving(Pool()) { url in
            let path = folder.path + "/config.json"
            let tokens = #""tokens": {"access_token": "a0", "refresh_token": "r0"}, "#
            func load(_ tokens: String) throws -> ClientConfiguration {
                try
                    #"{\#(tokens)"backend_url": "https://a.example", "cognito": {"client_id": "c", "endpoint": "\#(url)"}}"#
                    .write(toFile: path, atomically: true, encoding: .utf8)
                return try .load(path: path, tokens: .optional, environment: ["HOME": folder.path])
            }
            let http = HTTPConnector(limit: .seconds(3600))
            let store = TokenStore(try load(tokens), http: http, time: time)
            let fresh = try await store.replacement(for: "a0")
            for await event in store.events {
                #expect(event == .imported(path: try load("").signIn.path))
                break
            }
            #expect(try load("").tokens.access == fresh)
            await http.shutdown()
        }
    }

    @Test func aProgramThatPrintsTokensIsAskedAgainWhenOneIsRefused() async throws {
        try Data("a1".utf8).write(to: URL(fileURLWithPath: folder.path + "/token"))
        let command = "cat \(folder.path)/token; env > \(folder.path)/environment"
        let configuration = try ClientConfiguration.load(
            flags: ["backend_url": "https://api.example", "tokens.command": command],
            environment: ["HOME": folder.path, "PATH": "/usr/bin:/bin", "CRUDDUR_PASSWORD": "secret"])
        let http = HTTPConnector(limit: .seconds(3600))
        let store = TokenStore(configuration, http: http, time: time)
        #expect(await store.accessToken() == "a1")
        await #expect(throws: APIError.unauthorized) { try await store.replacement(for: "a1") }
        #expect(await store.refusal?.contains("tokens.command") == true)
        try Data(#"{"access_token": "a2"}"#.utf8).write(to: URL(fileURLWithPath: folder.path + "/token"))
        #expect(try await store.replacement(for: "a1") == "a2")
        #expect(try !String(contentsOfFile: folder.path + "/environment", encoding: .utf8).contains("secret"))
        #expect(!FileManager.default.fileExists(atPath: place))
        await http.shutdown()
    }

    @Test(arguments: [("exit 3", "failed (3)"), ("true", "printed neither"), ("echo a b", "printed neither")])
    func aProgramThatPrintsNoTokenIsSaidToBeThat(command: String, words: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try configuration(["backend_url": "https://api.example", "tokens.command": command])
        }
        #expect(error?.description.contains(words) == true)
    }

    @Test func inTheKeyringNoTokenIsOnDiskAndOthersAreTold() async throws {
        let tool = """
            #!/bin/sh
            case $1 in
            store) cat > '\(folder.path)/ring' ;;
            lookup) cat '\(folder.path)/ring' ;;
            clear) rm '\(folder.path)/ring' ;;
            esac
            """
        try tool.write(toFile: folder.path + "/secret-tool", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path + "/secret-tool")
        func load(_ isOn: Bool) throws -> ClientConfiguration {
            try .load(
                flags: ["backend_url": "https://api.example", "tokens.keyring": "\(isOn)"], tokens: .optional,
                environment: ["HOME": folder.path, "PATH": "\(folder.path):/usr/bin:/bin"])
        }
        let tokens = ClientConfiguration.Tokens(access: "a1", identity: nil, refresh: "r1")
        try await load(true).signIn.write(.init(tokens: tokens, handle: "mei", username: nil))
        let path = try load(true).signIn.path
        #expect(try !String(contentsOfFile: path, encoding: .utf8).contains("a1"))
        // Where it is says the file, whatever the setting says now.
        for isOn in [true, false] { #expect(try load(isOn).tokens == tokens && load(isOn).handle == "mei") }
        try load(false).signIn.remove()
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/ring"))
        try FileManager.default.removeItem(atPath: folder.path + "/secret-tool")
        let error = await #expect(throws: ConfigurationError.self) {
            try await load(true).signIn.write(.init(tokens: tokens, handle: nil, username: nil))
        }
        #expect(error?.description.contains("libsecret-tools") == true)
    }

    @Test func aFileWithTokensThatOthersCanReadIsSaidWithWhatMendsIt() throws {
        let path = folder.path + "/config.json"
        func load(_ tokens: String, _ mode: Int) throws -> [ExposedFile] {
            try #"{\#(tokens)"backend_url": "https://a.example"}"#.write(
                toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            return try ClientConfiguration.load(path: path, tokens: .optional, environment: ["HOME": folder.path])
                .exposed
        }
        let tokens = #""tokens": {"refresh_token": "r0"}, "#
        #expect(try load(tokens, 0o600) == [])
        #expect(try load("", 0o644) == [])
        let found = try #require(try load(tokens, 0o644).first)
        #expect(found.warning(found.path).contains("(644): chmod 600 \(path)"))
    }

    // MARK: Clocks

    @Test func aTokenEndsByTheServersClockWhateverOursSays() async throws {
        let pool = Pool()
        try await serving(pool) { url in
            let (store, http) = try store(url, access: Self.jwt("old", expires: time.now().seconds + 90))
            #expect(await TokenClaims(unverified: store.accessToken())?.subject == "old")
            // The server's clock is a minute ahead of ours: by it, the token is about to end.
            await store.note(date: Self.date(time.now().advanced(bySeconds: 60)))
            #expect(await TokenClaims(unverified: store.accessToken())?.subject == "a1")
            // A date that is none, or that says that all is over, does not make every call a refresh.
            for date in ["", "soon", Self.date(time.now().advanced(bySeconds: 9e6))] {
                await store.note(date: date)
                #expect(await TokenClaims(unverified: store.accessToken())?.subject == "a1")
            }
            #expect(pool.calls.withLock(\.self) == 1)
            await http.shutdown()
        }
    }

    @Test func aClockThatIsWrongDoesNotMakeEveryCallARefresh() async throws {
        for seconds in [-7200.0, 7200, 1e9] {
            let pool = Pool()
            // The pool's clock stands elsewhere than ours.
            let theirs = HeldTime(time.now().advanced(bySeconds: seconds))
            try await serving(pool, clock: theirs) { url in
                let (store, http) = try store(
                    url, access: Self.jwt("old \(seconds)", expires: time.now().seconds - 10))
                let fresh = await store.accessToken()
                for _ in 0..<5 { #expect(await store.accessToken() == fresh) }
                #expect(pool.calls.withLock(\.self) == 1)
                // Near its end by what its issuer meant, it is refreshed.
                time.advance(by: .seconds(3590))
                #expect(await store.accessToken() != fresh)
                await http.shutdown()
            }
        }
    }

    @Test(
        "claims that are no times are as if they were not there",
        arguments: [
            "1e30", "-1e30", "-1", "0", "1e400", "\"soon\"", "\"1700000000\"", "true", "null", "[]", "{}",
            "253402300800",
            "9223372036854775808",
        ])
    func claims(_ value: String) throws {
        let json = #"{"sub":"s","preferred_username":"mei","exp":\#(value),"iat":\#(value)}"#
        let part = Data(json.utf8).base64EncodedString().replacing("=", with: "").replacing("+", with: "-")
            .replacing("/", with: "_")
        guard let claims = TokenClaims(unverified: "eyJhbGciOiJub25lIn0.\(part).AAAA") else {
            // A number that no reader of JSON takes.
            return #expect(value == "1e400")
        }
        #expect(claims.subject == "s" && claims.handle == "mei")
        #expect(claims.expires == nil && claims.issued == nil && claims.lifetime == nil)
    }

    // MARK: Faults

    @Test func whenCognitoCannotBeReachedItIsSaidToBeCognito() async throws {
        let (store, http) = try store("http://127.0.0.1:1")
        let error = await #expect(throws: APIError.self) { try await store.replacement(for: "a0") }
        #expect(error == .signIn(.unreachable("connection refused")))
        #expect(await store.accessToken() == "a0")
        await http.shutdown()
    }

    @Test(
        "what the pool says no to",
        arguments: [
            ("NotAuthorizedException", APIError.unauthorized),
            ("TooManyRequestsException", .signIn(.rateLimited(retryAfter: nil))),
            ("com.amazonaws#ResourceNotFoundException", .signIn(.rejected(["ResourceNotFoundException"]))),
        ])
    func refusals(_ type: String, _ expected: APIError) async throws {
        let router = Router()
        router.post("/") { _, _ in
            Response(status: .badRequest, body: .init(byteBuffer: ByteBuffer(string: #"{"__type":"\#(type)"}"#)))
        }
        try await LoopbackServer.run(router) { url in
            let (store, http) = try store(url)
            let error = await #expect(throws: APIError.self) { try await store.replacement(for: "a0") }
            #expect(error == expected)
            await http.shutdown()
        }
    }

    @Test func whoIsCancelledDoesNotWaitForARefreshThatGoesOn() async throws {
        let server = try RawServer("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
        let (store, http) = try store(server.url)
        let asking = Task { try await store.replacement(for: "a0") }
        for await _ in server.answered { break }
        asking.cancel()
        let result = await asking.result
        #expect(throws: CancellationError.self) { try result.get() }
        await http.shutdown()
    }
}
