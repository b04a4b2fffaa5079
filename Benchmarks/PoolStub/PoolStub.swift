import Foundation
import HTTPTypes
import Hummingbird
import LocalPool
import Logging
import NIOCore
import Timestamps

/// A user pool behind HTTP, whose tokens are soon over and whose refresh tokens are replaced each time. Its arguments are
/// the seconds that an access token is good for, those that a replaced refresh token goes on being taken, and how many
/// users there are. It prints its port, then for each user a refresh token.
@main
struct PoolStub {
    private static let target = HTTPField.Name("X-Amz-Target")!

    static func main() async throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        guard numbers.count == 3 else {
            print("usage: PoolStub TOKEN_SECONDS GRACE_SECONDS USERS")
            exit(64)
        }
        var settings = PoolSettings(poolName: "a1B2c3D4e", clientID: "client")
        (settings.rotates, settings.grace) = (true, Double(numbers[1]))
        let now: @Sendable () -> Timestamp = { SystemTime().now() }
        let pool = LocalPool(settings, mint: UnsignedTokens(lifetime: numbers[0], now: now), now: now)
        var tokens: [String] = []
        for number in 0..<numbers[2] {
            await pool.add("user\(number)", subject: "me-\(number)", password: nil, attributes: [:])
            tokens.append(await pool.refreshToken(for: "me-\(number)"))
        }
        let router = Router()
        router.post("/") { request, _ in
            let action = request.headers[target]?.split(separator: ".").last
            let body = try await request.body.collect(upTo: 1 << 16)
            let (status, json) = await pool.answer(String(action ?? ""), Data(body.readableBytesView))
            return Response(status: .init(code: status), body: .init(byteBuffer: ByteBuffer(bytes: json)))
        }
        var logger = Logger(label: "pool")
        logger.logLevel = .error
        let lines = tokens
        try await Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: {
                print($0.localAddress?.port ?? 0)
                for line in lines { print(line) }
                fflush(nil)
            }, logger: logger
        ).run()
    }
}

/// Tokens that nobody signs: what is tried reads only when they end.
private struct UnsignedTokens: TokenMint {
    let lifetime: Int
    let now: @Sendable () -> Timestamp

    func mint(for user: PoolUser) async throws -> MintedTokens {
        MintedTokens(access: try token(user, "access"), identity: try token(user, "id"), lifetime: lifetime)
    }

    private func token(_ user: PoolUser, _ use: String) throws -> String {
        let issued = Int(now().seconds)
        let claims: [String: Any] = [
            "sub": user.subject, "iat": issued, "exp": issued + lifetime, "jti": UUID().uuidString, "token_use": use,
            "preferred_username": "me",
        ]
        let part = try JSONSerialization.data(withJSONObject: claims).base64EncodedString()
            .replacing("=", with: "").replacing("+", with: "-").replacing("/", with: "_")
        return "eyJhbGciOiJub25lIn0.\(part).AAAA"
    }

    func owner(ofAccess token: String) async -> (subject: String, issued: Double)? { nil }
}
