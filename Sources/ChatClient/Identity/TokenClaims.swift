import Foundation
import JWTKit
import Timestamps

/// What a token says about itself. Not verified: that is the server's to do; the
/// client only wants to know who it is and when to refresh.
struct TokenClaims: JWTPayload {
    let subject: String?
    let handle: String?
    let displayName: String?
    private let expiration: Double?

    enum CodingKeys: String, CodingKey {
        case subject = "sub"
        case handle = "preferred_username"
        case displayName = "name"
        case expiration = "exp"
    }

    /// `nil` if `token` is not a JWT.
    init?(unverified token: String) {
        guard let parsed = try? DefaultJWTParser().parse(Array(token.utf8), as: TokenClaims.self) else { return nil }
        self = parsed.payload
    }

    var expires: Timestamp? { expiration.map(Timestamp.init(seconds:)) }

    func verify(using algorithm: some JWTAlgorithm) async throws {}
}
