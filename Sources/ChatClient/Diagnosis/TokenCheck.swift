import Foundation
import JWTKit
import Timestamps

/// What an access token says of where it comes from and what it is for. Nothing that names its user is read.
struct TokenFacts: JWTPayload {
    let issuer: String?
    let use: String?
    let client: String?
    let expires: Double?

    enum CodingKeys: String, CodingKey {
        case issuer = "iss"
        case use = "token_use"
        case client = "client_id"
        case expires = "exp"
    }

    /// `nil` if `token` is not a JWT.
    init?(unverified token: String) {
        guard let parsed = try? DefaultJWTParser().parse(Array(token.utf8), as: TokenFacts.self) else { return nil }
        self = parsed.payload
    }

    init(from decoder: any Decoder) throws {
        let claims = try decoder.container(keyedBy: CodingKeys.self)
        issuer = try? claims.decodeIfPresent(String.self, forKey: .issuer)
        use = try? claims.decodeIfPresent(String.self, forKey: .use)
        client = try? claims.decodeIfPresent(String.self, forKey: .client)
        expires = try? claims.decodeIfPresent(Double.self, forKey: .expires)
    }

    func verify(using algorithm: some JWTAlgorithm) async throws {}

    /// `https://cognito-idp.REGION.amazonaws.com/POOL`: its last part; `nil` for what is no pool's.
    var pool: String? {
        issuer?.split(separator: "/").last.map(String.init).flatMap { UserPoolID($0)?.description }
    }
}

/// The access token in use: whose it is, for what, how long.
enum TokenCheck {
    static func of(
        _ token: String, hasRefreshToken: Bool, _ cognito: ClientConfiguration.Cognito, now: Timestamp
    ) -> Check {
        guard let facts = TokenFacts(unverified: token) else {
            return Check(
                .token, .warning, "the access token is not a JWT: nothing is known of it",
                advice: "if the backend does not take it, sign in anew")
        }
        if let problem = problem(facts, cognito) { return problem }
        let place = facts.pool.map { "of the pool \($0)" } ?? "of an unknown pool"
        let renewal = hasRefreshToken ? "; it can be refreshed" : "; there is no refresh token"
        guard let end = facts.expires.flatMap({ $0.isFinite ? Timestamp(seconds: $0) : nil }) else {
            return Check(.token, .warning, "\(place), without an end\(renewal)", advice: "sign in anew")
        }
        let left = end.seconds(since: now)
        guard left > 0 else {
            return Check(
                .token, .problem, "\(place), ended \(duration(-left)) ago\(renewal)",
                advice: "sign in anew: cruddur login")
        }
        return Check(.token, .ok, "\(place), for \(duration(left)) more\(renewal)")
    }

    private static func problem(_ facts: TokenFacts, _ cognito: ClientConfiguration.Cognito) -> Check? {
        if let pool = facts.pool, let configured = cognito.userPoolID, pool != configured {
            return Check(
                .token, .problem, "it is of the pool \(pool), and cognito.user_pool_id is \(configured)",
                advice: "sign in anew, or correct cognito.user_pool_id")
        }
        if let use = facts.use, use != "access" {
            let isKnown = use == "id"
            return Check(
                .token, .warning, "it is \(isKnown ? "an id token" : "no access token"), not an access token",
                advice: "set tokens.access_token to the access token; backends may refuse another")
        }
        if let client = facts.client, let configured = cognito.clientID, client != configured {
            return Check(
                .token, .warning, "it is of another app client than cognito.client_id: it cannot be refreshed",
                advice: "sign in anew, or correct cognito.client_id")
        }
        return nil
    }

    private static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<120: "\(Int(seconds)) s"
        case ..<7200: "\(Int(seconds / 60)) min"
        case ..<172_800: "\(Int(seconds / 3600)) h"
        default: "\(Int(min(seconds / 86_400, 999_999))) days"
        }
    }
}
