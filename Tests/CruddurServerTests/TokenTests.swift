import Crypto
import Foundation
import JWTKit
import NIOHTTP1
import TestSupport
import Testing
import Timestamps
import Users

@testable import CruddurServer

/// Who is let in.
struct TokenTests {
    private static let routes: [(String, String)] = [
        ("GET", "/api/message_groups"), ("GET", "/api/messages/x"), ("POST", "/api/messages"),
    ]

    private func isRefused(_ server: ServerFixture, _ authorization: String?) async throws {
        for (method, path) in Self.routes {
            let answer = try await server.call(
                .init(rawValue: method), path, authorization: authorization, contentType: "application/json", body: "{}"
            )
            #expect(answer.status == 401, "\(authorization ?? "none") on \(method) \(path)")
            #expect(answer.text == "{}")
        }
    }

    @Test func withoutAnAccessTokenOfThePoolNobodyIsLetIn() async throws {
        try await ServerFixture.run { server in
            let good = try await server.token(ServerFixture.ada)
            let tokens = try await server.issuer.tokens(for: ServerFixture.ada)
            let middle = good.index(good.startIndex, offsetBy: good.count / 2)
            let tampered = good[..<middle] + (good[middle] == "A" ? "B" : "A") + good[good.index(after: middle)...]
            for authorization in [
                nil, "", "Bearer", "Bearer ", "Bearer null", "Bearer garbage", "Bearer a.b.c", "Bearer a b", good,
                "Basic \(good)", "Bearer \(good) x", "Bearer \(tampered)", "Bearer \(good.dropLast(4))",
                "Bearer \(tokens.identity)", "Bearer \(tokens.refresh)",
            ] { try await isRefused(server, authorization) }
        }
    }

    @Test func theSchemeIsNotCaseSensitive() async throws {
        try await ServerFixture.run { server in
            let answer = try await server.call(
                .GET, "/api/message_groups", authorization: "bearer \(server.token(ServerFixture.ada))")
            #expect(answer.status == 200)
        }
    }

    @Test func anExpiredTokenIsRefused() async throws {
        try await ServerFixture.run { server in
            let tokens = try await server.issuer.tokens(for: ServerFixture.ada, lifetime: -1)
            try await isRefused(server, "Bearer \(tokens.access)")
        }
    }

    @Test func aTokenOfAnotherPoolsKeyIsRefused() async throws {
        try await ServerFixture.run { server in
            let folder = NSTemporaryDirectory() + "/other-pool-\(UUID().uuidString).pem"
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let other = try await LocalIssuer(
                keyPath: folder, now: { SystemTime().now() })
            try await isRefused(server, "Bearer \(other.tokens(for: ServerFixture.ada).access)")
        }
    }

    @Test func neitherNoAlgorithmNorTheKeyAsASecretIsAccepted() async throws {
        try await ServerFixture.run { server in
            let good = try await server.token(ServerFixture.ada)
            let parts = good.split(separator: ".")
            let none = Data(#"{"alg":"none","typ":"JWT"}"#.utf8).base64EncodedString()
                .replacingOccurrences(of: "=", with: "")
            try await isRefused(server, "Bearer \(none).\(parts[1]).")
            try await isRefused(server, "Bearer \(none).\(parts[1]).\(parts[2])")
            // The public key, used as the secret of an HMAC.
            let keys = await JWTKeyCollection().add(
                hmac: HMACKey(from: try server.issuer.jwks()), digestAlgorithm: .sha256)
            let claims = try DefaultJWTParser().parse(Array(good.utf8), as: AccessTokenClaims.self).payload
            try await isRefused(server, "Bearer \(keys.sign(claims))")
        }
    }

    @Test func aTokenOfAnotherClientOrIssuerIsRefused() async throws {
        try await ServerFixture.run { server in
            let token = try await server.token(ServerFixture.ada)
            let jwks = try server.issuer.jwks()
            let keys = PoolKeys(now: { Timestamp(microseconds: 0) }) { jwks }
            let otherClient = TokenVerifier(keys: keys, issuer: server.issuer.issuer, clientIDs: ["other"])
            await #expect(throws: TokenVerifier.Refusal.client) { try await otherClient.verify(token) }
            let otherIssuer = TokenVerifier(
                keys: keys, issuer: "https://other", clientIDs: [server.issuer.clientID])
            await #expect(throws: TokenVerifier.Refusal.issuer) { try await otherIssuer.verify(token) }
        }
    }

    @Test func aTokenWhoseUserIsGoneIsForbiddenNotUnauthorized() async throws {
        try await ServerFixture.run { server in
            let ghost = User(uuid: "g", displayName: "G", email: "g@x", handle: "ghost", cognitoUserID: "sub-ghost")
            let answer = try await server.get("/api/message_groups", as: ghost)
            #expect(answer.status == 403)
        }
    }

    /// A program that was killed while it wrote one, or a full disk, has left it.
    @Test func whatIsLeftOfAKeyIsMadeAnew() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/key.pem"
        _ = try await LocalIssuer(keyPath: path, now: { SystemTime().now() })
        let whole = try String(contentsOfFile: path, encoding: .utf8)
        for left in [0, 1, whole.utf8.count / 2] {
            try String(whole.prefix(left)).write(toFile: path, atomically: true, encoding: .utf8)
            let issuer = try await LocalIssuer(keyPath: path, now: { SystemTime().now() })
            let token = try await issuer.tokens(for: ServerFixture.ada).access
            _ = try await issuer.verifier().verify(token)
            // And it is the one that is kept.
            let again = try await LocalIssuer(keyPath: path, now: { SystemTime().now() })
            _ = try await again.verifier().verify(token)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["key.pem"])
    }

    /// A token of the pool's own key that says more than Cognito's do.
    private func refusal(_ header: [String: JWTHeaderField], notBefore: Double?) async throws -> (any Error)? {
        let folder = try TemporaryFolder()
        let path = folder.path + "/key.pem"
        let issuer = try await LocalIssuer(keyPath: path, now: { SystemTime().now() })
        let good = try await issuer.tokens(for: ServerFixture.ada).access
        let parsed = try DefaultJWTParser().parse(Array(good.utf8), as: AccessTokenClaims.self)
        let kid = JWKIdentifier(string: parsed.header.kid ?? "")
        let key = try Insecure.RSA.PrivateKey(pem: String(contentsOfFile: path, encoding: .utf8))
        let keys = await JWTKeyCollection().add(rsa: key, digestAlgorithm: .sha256, kid: kid)
        var claims = parsed.payload
        claims.notBefore = notBefore.map { NotBeforeClaim(value: Date(timeIntervalSinceNow: $0)) }
        let token = try await keys.sign(claims, kid: kid, header: JWTHeader(fields: header))
        do {
            _ = try await issuer.verifier().verify(token)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [["exp"], [], ["b64"], ["https://example.com/ext"]])
    func anExtensionThatMustBeUnderstoodIsNotIgnored(_ names: [String]) async throws {
        let error = try await refusal(["crit": .array(names.map { .string($0) })], notBefore: nil)
        #expect(error as? TokenVerifier.Refusal == .extensions)
        let malformed = try await refusal(["crit": .int(1)], notBefore: nil)
        #expect(malformed as? TokenVerifier.Refusal == .extensions)
        let other = try await refusal(["x-unknown": .string("x")], notBefore: nil)
        #expect(other == nil)
    }

    @Test func aTokenOfTheFutureIsRefusedUntilThen() async throws {
        let future = try await refusal([:], notBefore: 600)
        #expect(future is JWTError)
        let past = try await refusal([:], notBefore: -600)
        #expect(past == nil)
    }

    // MARK: The pool's keys

    /// A pool that answers one thing after the other, the last of them for ever.
    private actor Answers {
        private var answers: [Result<String, any Error>]
        private(set) var count = 0

        init(_ answers: [Result<String, any Error>]) { self.answers = answers }

        func next() throws -> String {
            count += 1
            return try (answers.count > 1 ? answers.removeFirst() : answers[0]).get()
        }
    }

    private struct Unreachable: Error {}

    private func keySet(_ body: (String, String) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let issuer = try await LocalIssuer(keyPath: folder.path + "/key.pem", now: { Timestamp(microseconds: 0) })
        struct Set: Decodable {
            struct Key: Decodable { let kid: String }
            let keys: [Key]
        }
        let json = try issuer.jwks()
        try await body(json, JSONDecoder().decode(Set.self, from: Data(json.utf8)).keys[0].kid)
    }

    @Test func aFetchThatFailedIsMadeAgainAtTheNextNeed() async throws {
        try await keySet { json, kid in
            for fault in [.failure(Unreachable()), .success("<html>"), .success("{\"keys\": []}")]
                as [Result<String, any Error>]
            {
                let answers = Answers([fault, .success(json)])
                // No time goes by.
                let keys = PoolKeys(now: { Timestamp(microseconds: 0) }) { try await answers.next() }
                await #expect(throws: PoolKeys.Unavailable.self) { try await keys.keys(with: kid) }
                _ = try await keys.keys(with: kid)
                #expect(await answers.count == 2)
            }
        }
    }

    @Test func keysThatAreKnownGoOnServingWhateverThePoolAnswersLater() async throws {
        try await keySet { json, kid in
            for fault in [.failure(Unreachable()), .success("<html>"), .success("{\"keys\": []}")]
                as [Result<String, any Error>]
            {
                let answers = Answers([.success(json), fault])
                let time = HeldTime()
                let keys = PoolKeys(now: { time.now() }) { try await answers.next() }
                _ = try await keys.keys(with: kid)
                time.advance(by: .seconds(60))
                // Somebody's token with another key: the pool is asked, and is of no help.
                _ = try await keys.keys(with: "unknown")
                #expect(await answers.count == 2)
                _ = try await keys.keys(with: kid)
                #expect(await answers.count == 2)
            }
        }
    }

    // MARK: Tokens that were verified before

    @Test func aTokenThatWasVerifiedIsRefusedOnceItsKeyIsGone() async throws {
        let folder = try TemporaryFolder()
        let time = HeldTime()
        let issuer = try await LocalIssuer(keyPath: folder.path + "/a.pem", now: { SystemTime().now() })
        let other = try await LocalIssuer(keyPath: folder.path + "/b.pem", now: { SystemTime().now() })
        let token = try await issuer.tokens(for: ServerFixture.ada).access
        let answers = Answers([.success(try issuer.jwks()), .success(try other.jwks())])
        let keys = PoolKeys(now: { time.now() }) { try await answers.next() }
        let verifier = TokenVerifier(keys: keys, issuer: issuer.issuer, clientIDs: [issuer.clientID])
        for _ in 0..<3 { #expect(try await verifier.verify(token).subject == ServerFixture.ada.cognitoUserID) }
        #expect(await answers.count == 1)
        time.advance(by: .seconds(60))
        // Somebody comes with the new key: from then on the former one is nobody's.
        _ = try await verifier.verify(other.tokens(for: ServerFixture.bob).access)
        #expect(await answers.count == 2)
        await #expect(throws: (any Error).self) { try await verifier.verify(token) }
    }

    @Test func aTokenThatWasVerifiedEndsWithItsTime() async throws {
        let folder = try TemporaryFolder()
        let issuer = try await LocalIssuer(keyPath: folder.path + "/a.pem", now: { SystemTime().now() })
        let token = try await issuer.tokens(for: ServerFixture.ada, lifetime: -1).access
        let claims = try DefaultJWTParser().parse(Array(token.utf8), as: AccessTokenClaims.self).payload
        let (keys, known) = (JWTKeyCollection(), VerifiedTokens())
        let digest = SHA256.hash(data: Data(token.utf8))
        known.remember(digest, claims, kid: "k", keys)
        await #expect(throws: JWTError.self) { _ = try await known.claims(of: digest) { _ in keys } }
        // Another set of keys: it is to be verified anew.
        #expect(try await known.claims(of: digest) { _ in JWTKeyCollection() } == nil)
    }

    // MARK: The local pool

    private func cognito(_ server: ServerFixture, _ action: String, _ body: [String: Any]) async throws
        -> ServerFixture.Answer
    {
        let data = try JSONSerialization.data(withJSONObject: body)
        return try await server.call(
            .POST, "/", contentType: "application/x-amz-json-1.1",
            headers: ["X-Amz-Target": "AWSCognitoIdentityProviderService.\(action)"],
            body: String(decoding: data, as: UTF8.self))
    }

    private func refresh(_ server: ServerFixture, _ token: String) async throws -> ServerFixture.Answer {
        try await cognito(
            server, "InitiateAuth",
            [
                "AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": server.issuer.clientID,
                "AuthParameters": ["REFRESH_TOKEN": token],
            ])
    }

    @Test func aRefreshTokenGetsANewAccessTokenAndAnAccessTokenTellsItsUser() async throws {
        try await ServerFixture.run { server in
            let tokens = try await server.issuer.tokens(for: ServerFixture.ada)
            let refreshed = try await refresh(server, tokens.refresh)
            #expect(refreshed.status == 200)
            let result: [String: [String: Any]] = try refreshed.json()
            let access = result["AuthenticationResult"]?["AccessToken"] as? String ?? ""
            #expect(try await server.call(.GET, "/api/message_groups", authorization: "Bearer \(access)").status == 200)
            let user = try await cognito(server, "GetUser", ["AccessToken": access])
            #expect(user.text.contains(#"{"Name":"preferred_username","Value":"ada"}"#))
        }
    }

    @Test func anAccessTokenDoesNotRefreshAndARefreshTokenTellsNobody() async throws {
        try await ServerFixture.run { server in
            let tokens = try await server.issuer.tokens(for: ServerFixture.ada)
            let refreshed = try await refresh(server, tokens.access)
            #expect(refreshed.status == 400)
            #expect(refreshed.text.contains("NotAuthorizedException"))
            let answer = try await cognito(server, "GetUser", ["AccessToken": tokens.refresh])
            #expect(answer.status == 400)
        }
    }
}
