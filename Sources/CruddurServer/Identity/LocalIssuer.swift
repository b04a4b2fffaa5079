import Crypto
import CryptoExtras
import Foundation
import JWTKit
import Timestamps
import Users

/// A user pool of our own on one machine: mints and refreshes real RS256 tokens, and
/// publishes the key that verifies them. Who has an account, and how one signs in, is `LocalPool`'s.
public struct LocalIssuer: Sendable {
    /// Seconds that an access or id token is good for; Cognito's default.
    static let tokenLifetime = 3600.0
    /// Seconds that a refresh token is good for; Cognito's default, 30 days.
    static let refreshLifetime = 2_592_000.0

    public let region: String
    public let userPoolID: String
    public let clientID: String
    private let keys: JWTKeyCollection
    private let jwk: JWK
    private let now: @Sendable () -> Timestamp

    /// Reads the signing key at `keyPath`, or makes one there, readable by its owner only; with `nil` one that is in
    /// no file.
    ///
    /// - Throws: when the key cannot be read or written.
    public init(
        keyPath: String? = nil, region: String = "local", userPoolID: String = "local_cruddur",
        clientID: String = "cruddur-terminal", now: @escaping @Sendable () -> Timestamp
    ) async throws {
        self.region = region
        self.userPoolID = userPoolID
        self.clientID = clientID
        self.now = now
        let key = try Self.signingKey(at: keyPath)
        let primitives = try key.publicKey.getKeyPrimitives()
        let digest = SHA256.hash(data: primitives.modulus).prefix(12)
        let kid = JWKIdentifier(string: digest.map { String(format: "%02x", $0) }.joined())
        keys = await JWTKeyCollection().add(rsa: key, digestAlgorithm: .sha256, kid: kid)
        jwk = .rsa(
            .rs256, identifier: kid, modulus: primitives.modulus.base64URL,
            exponent: primitives.publicExponent.base64URL)
    }

    /// The `iss` of the tokens, in the form of a real pool's.
    public var issuer: String { "https://cognito-idp.\(region).amazonaws.com/\(userPoolID)" }

    /// The key set as a pool serves it at `/{pool}/.well-known/jwks.json`.
    ///
    /// - Throws: never in practice; it encodes.
    public func jwks() throws -> String {
        let key = PublishedKey(
            kid: jwk.keyIdentifier?.string ?? "", n: jwk.modulus ?? "", e: jwk.exponent ?? "")
        return String(decoding: try JSONEncoder().encode(["keys": [key]]), as: UTF8.self)
    }

    /// A verifier for the tokens minted here.
    public func verifier() -> TokenVerifier {
        TokenVerifier(keys: PoolKeys(now: now) { try jwks() }, issuer: issuer, clientIDs: [clientID])
    }

    /// A fresh set of tokens for `user`. `lifetime` is in seconds.
    ///
    /// - Throws: when signing fails.
    public func tokens(for user: User, lifetime: Double? = nil) async throws -> IssuedTokens {
        let access = try await sign(user, use: "access", lifetime: lifetime ?? Self.tokenLifetime)
        let identity = try await sign(user, use: "id", lifetime: lifetime ?? Self.tokenLifetime)
        let refresh = try await sign(user, use: "refresh", lifetime: Self.refreshLifetime)
        return IssuedTokens(access: access, identity: identity, refresh: refresh)
    }

    /// The `sub` in a token of ours that is for `use` and has not expired.
    ///
    /// - Throws: when it is not such a token.
    func subject(of token: String, use: String) async throws -> String {
        try await claims(of: token, use: use).subject
    }

    /// - Returns: with the `sub`, when it was issued, in seconds since 1970.
    /// - Throws: as `subject`.
    func claims(of token: String, use: String) async throws -> (subject: String, issued: Double) {
        let claims = try await keys.verify(token, as: LocalClaims.self)
        guard claims.tokenUse == use, claims.issuer == issuer else { throw TokenVerifier.Refusal.tokenUse }
        return (claims.subject, claims.issuedAt.value.timeIntervalSince1970)
    }

    private func sign(_ user: User, use: String, lifetime: Double) async throws -> String {
        let claims = LocalClaims(
            subject: user.cognitoUserID, issuer: issuer,
            issuedAt: IssuedAtClaim(value: Date(timeIntervalSince1970: now().seconds)),
            expiration: ExpirationClaim(value: Date(timeIntervalSince1970: now().seconds + lifetime)),
            tokenUse: use, identifier: UUID().uuidString,
            clientID: use == "id" ? nil : clientID, audience: use == "id" ? clientID : nil,
            username: use == "id" ? nil : user.cognitoUserID,
            preferredUsername: use == "id" ? user.handle : nil, name: use == "id" ? user.displayName : nil)
        return try await keys.sign(claims, kid: jwk.keyIdentifier)
    }

    /// The one that is kept there; one is made where none is, or only what was left of one.
    private static func signingKey(at path: String?) throws -> JWTKit.Insecure.RSA.PrivateKey {
        if let path, FileManager.default.fileExists(atPath: path) {
            let kept = try String(contentsOfFile: path, encoding: .utf8)
            if let key = try? Insecure.RSA.PrivateKey(pem: kept) { return key }
        }
        let pem = try _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation
        if let path { try keep(pem, at: path) }
        return try Insecure.RSA.PrivateKey(pem: pem)
    }

    /// Behind the key's path, while it is written.
    public static let draftSuffix = ".new"

    /// Whole, or not at all.
    private static func keep(_ pem: String, at path: String) throws {
        let draft = path + draftSuffix
        let made = FileManager.default.createFile(
            atPath: draft, contents: Data(pem.utf8), attributes: [.posixPermissions: 0o600])
        guard made, rename(draft, path) == 0 else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
        }
    }
}

/// The three tokens that a sign-in answers.
public struct IssuedTokens: Sendable {
    public let access: String
    public let identity: String
    public let refresh: String

    public init(access: String, identity: String, refresh: String) {
        (self.access, self.identity, self.refresh) = (access, identity, refresh)
    }
}

/// The claims of all three kinds; a pool's refresh tokens are opaque, ours need not be.
private struct LocalClaims: JWTPayload {
    let subject: String
    let issuer: String
    let issuedAt: IssuedAtClaim
    let expiration: ExpirationClaim
    let tokenUse: String
    let identifier: String
    let clientID: String?
    let audience: String?
    let username: String?
    let preferredUsername: String?
    let name: String?

    enum CodingKeys: String, CodingKey {
        case subject = "sub"
        case issuer = "iss"
        case issuedAt = "iat"
        case expiration = "exp"
        case tokenUse = "token_use"
        case identifier = "jti"
        case clientID = "client_id"
        case audience = "aud"
        case username
        case preferredUsername = "preferred_username"
        case name
    }

    func verify(using algorithm: some JWTAlgorithm) async throws {
        try expiration.verifyNotExpired()
    }
}

/// A public RSA key as a JWKS lists it.
private struct PublishedKey: Encodable {
    var kty = "RSA"
    var alg = "RS256"
    var use = "sig"
    let kid: String
    let n: String
    let e: String
}

extension Data {
    fileprivate var base64URL: String {
        base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }
}
