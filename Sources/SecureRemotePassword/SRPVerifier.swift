import BigInt
import Crypto
import Foundation

/// What a pool keeps instead of a password: a salt, and g to the power of both. It does not let anybody in.
public struct SRPVerifier: Codable, Hashable, Sendable {
    private static let saltBits = 128

    let salt: BigUInt
    let verifier: BigUInt

    /// Of a user's password, with a fresh salt.
    ///
    /// - Parameters:
    ///   - poolName: what follows the `_` in the pool's id.
    ///   - userIDForSRP: under which name the user proves it; another one makes it worthless.
    public init(poolName: String, userIDForSRP: String, password: String) {
        self.init(SRPIdentity(group: poolName, user: userIDForSRP), password: password)
    }

    /// Of a device's password, as `ConfirmDevice` brings it, both base64.
    ///
    /// - Throws: `SRPError.verifier`.
    public init(deviceSalt: String, devicePasswordVerifier: String) throws(SRPError) {
        guard let saltBytes = Data(base64Encoded: deviceSalt), let bytes = Data(base64Encoded: devicePasswordVerifier),
            (1...65).contains(saltBytes.count), bytes.count <= SRPGroup.byteCount + 1
        else { throw .verifier }
        self.init(salt: BigUInt(saltBytes), verifier: BigUInt(bytes))
        guard verifier > 1, verifier < SRPGroup.prime else { throw .verifier }
    }

    init(_ identity: SRPIdentity, password: String) {
        self.init(identity, password: password, salt: SRPGroup.secret(bits: Self.saltBits))
    }

    init(_ identity: SRPIdentity, password: String, salt: BigUInt) {
        let exponent = SRPGroup.exponent(identity, password: password, salt: SRPGroup.hashed(salt))
        self.init(salt: salt, verifier: SRPGroup.power(SRPGroup.generator, exponent))
    }

    private init(salt: BigUInt, verifier: BigUInt) {
        self.salt = salt
        self.verifier = verifier
    }

    /// Whether it is of this password: for a pool that is told it, in `USER_PASSWORD_AUTH`. The comparison
    /// takes the same time for every password.
    ///
    /// - Parameter userIDForSRP: the name that it was made for.
    public func isOf(password: String, poolName: String, userIDForSRP: String) -> Bool {
        let identity = SRPIdentity(group: poolName, user: userIDForSRP)
        let other = SRPVerifier(identity, password: password, salt: salt)
        // Digests are compared in constant time.
        return SHA256.hash(data: SRPGroup.hashed(other.verifier)) == SHA256.hash(data: SRPGroup.hashed(verifier))
    }

    /// `SALT` of a challenge, hexadecimal.
    public var hexadecimalSalt: String { salt.hexadecimal }

    private enum CodingKeys: String, CodingKey {
        case salt, verifier
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func number(_ key: CodingKeys) throws -> BigUInt {
            guard let bytes = Data(hexadecimal: try container.decode(String.self, forKey: key)) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container, debugDescription: "it is not hexadecimal")
            }
            return BigUInt(bytes)
        }
        self.init(salt: try number(.salt), verifier: try number(.verifier))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(salt.hexadecimal, forKey: .salt)
        try container.encode(verifier.hexadecimal, forKey: .verifier)
    }
}
