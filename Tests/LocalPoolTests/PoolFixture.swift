import Foundation
import HTTPTypes
import Hummingbird
import LocalPool
import NIOCore
import Synchronization
import TestSupport
import Timestamps

@testable import ChatClient

/// A pool of our own behind HTTP, and what it has sent.
final class PoolFixture: Sendable {
    static let poolName = "a1B2c3D4e"
    static let name = "grace@cruddur.example"
    static let password = "Passw0rd!"

    /// The client's clock. It starts as the servers' of this machine, whose `Date` corrects it.
    let time = HeldTime(SystemTime().now())
    private let sent = Mutex<[LocalPool.SentCode]>([])
    private let settings: PoolSettings

    init(_ change: (inout PoolSettings) -> Void = { _ in }) {
        var settings = PoolSettings(poolName: Self.poolName, clientID: "client")
        settings.flows = [.srp, .password, .refresh]
        change(&settings)
        self.settings = settings
    }

    /// The pool's clock.
    func now() -> Timestamp {
        let ahead = time.elapsed().components
        return SystemTime().now().advanced(bySeconds: Double(ahead.seconds) + Double(ahead.attoseconds) * 1e-18)
    }

    var lastCode: String? { sent.withLock { $0.last?.digits } }

    /// - Parameter body: is told where the pool is.
    func serve(_ body: (LocalPool, String) async throws -> Void) async throws {
        let pool = LocalPool(settings, mint: PlainMint(now: now), now: now) { code in
            self.sent.withLock { $0.append(code) }
        }
        let router = Router()
        router.post("/") { request, _ in
            let target = request.headers[HTTPField.Name("X-Amz-Target")!] ?? ""
            let (status, json) = await pool.answer(
                String(target.split(separator: ".").last ?? ""),
                Data(try await request.body.collect(upTo: 1 << 16).readableBytesView))
            return Response(status: .init(code: status), body: .init(byteBuffer: ByteBuffer(bytes: json)))
        }
        try await LoopbackServer.run(router) { try await body(pool, $0) }
    }

    /// Somebody who works with it, with what they have kept.
    static func configuration(
        _ url: String, in folder: TemporaryFolder, _ more: [String: String] = [:]
    ) throws -> ClientConfiguration {
        try .load(
            flags: [
                "backend_url": "https://api.example", "cognito.endpoint": url, "cognito.client_id": "client",
                "cognito.user_pool_id": "us-east-1_" + poolName,
            ].merging(more) { $1 }, tokens: .optional, environment: ["HOME": folder.path])
    }
}

/// Tokens that nobody signs.
private struct PlainMint: TokenMint {
    let now: @Sendable () -> Timestamp

    func mint(for user: PoolUser) async throws -> MintedTokens {
        MintedTokens(access: try token(user, "access"), identity: try token(user, "id"), lifetime: 3600)
    }

    private func token(_ user: PoolUser, _ use: String) throws -> String {
        let claims: [String: Any] = [
            "sub": user.subject, "iat": now().seconds, "exp": now().seconds + 3600, "jti": UUID().uuidString,
            "token_use": use, "preferred_username": user.attributes["preferred_username"] ?? "",
        ]
        let data = try JSONSerialization.data(withJSONObject: claims)
        let part = data.base64EncodedString().replacing("=", with: "").replacing("+", with: "-")
            .replacing("/", with: "_")
        return "eyJhbGciOiJub25lIn0.\(part).AAAA"
    }

    func owner(ofAccess token: String) async -> (subject: String, issued: Double)? {
        guard let claims = TokenClaims(unverified: token), let subject = claims.subject, let issued = claims.issued,
            let end = claims.expires, end > now()
        else { return nil }
        return (subject, issued.seconds)
    }
}
