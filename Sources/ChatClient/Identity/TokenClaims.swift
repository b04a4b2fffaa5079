import Foundation
import JWTKit
import Timestamps

/// What a token says about itself. Not verified: that is the server's to do; the
/// client only wants to know who it is and when to refresh. A claim of another kind than it should be,
/// or a time that is none, is as if it were not there.
struct TokenClaims: JWTPayload {
    /// The pool, as a URL that ends in its id.
    let issuer: String?
    let subject: String?
    let handle: String?
    let displayName: String?
    /// When it was issued, by the issuer's clock.
    let issued: Timestamp?
    /// When it ends, by the issuer's clock.
    let expires: Timestamp?

    enum CodingKeys: String, CodingKey {
        case issuer = "iss"
        case subject = "sub"
        case handle = "preferred_username"
        case displayName = "name"
        case issued = "iat"
        case expires = "exp"
    }

    /// `nil` if `token` is not a JWT.
    init?(unverified token: String) {
        guard let parsed = try? DefaultJWTParser().parse(Array(token.utf8), as: TokenClaims.self) else { return nil }
        self = parsed.payload
    }

    init(from decoder: any Decoder) throws {
        let claims = try decoder.container(keyedBy: CodingKeys.self)
        issuer = try? claims.decodeIfPresent(String.self, forKey: .issuer)
        subject = try? claims.decodeIfPresent(String.self, forKey: .subject)
        handle = try? claims.decodeIfPresent(String.self, forKey: .handle)
        displayName = try? claims.decodeIfPresent(String.self, forKey: .displayName)
        issued = Self.time(try? claims.decodeIfPresent(Double.self, forKey: .issued))
        expires = Self.time(try? claims.decodeIfPresent(Double.self, forKey: .expires))
    }

    func encode(to encoder: any Encoder) throws {
        var claims = encoder.container(keyedBy: CodingKeys.self)
        try claims.encodeIfPresent(issuer, forKey: .issuer)
        try claims.encodeIfPresent(subject, forKey: .subject)
        try claims.encodeIfPresent(handle, forKey: .handle)
        try claims.encodeIfPresent(displayName, forKey: .displayName)
        try claims.encodeIfPresent(issued?.seconds, forKey: .issued)
        try claims.encodeIfPresent(expires?.seconds, forKey: .expires)
    }

    /// How long it is good for, in seconds, as its issuer meant it: without anybody else's clock.
    var lifetime: Double? {
        guard let issued, let expires, expires > issued else { return nil }
        return expires.seconds(since: issued)
    }

    /// The end of the year 9999, in seconds since the epoch.
    private static let last = 253_402_300_799.0

    private static func time(_ seconds: Double?) -> Timestamp? {
        guard let seconds, seconds.isFinite, (1...last).contains(seconds) else { return nil }
        return Timestamp(seconds: seconds)
    }

    func verify(using algorithm: some JWTAlgorithm) async throws {}
}
