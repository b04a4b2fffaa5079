import BigInt
import Crypto
import Foundation

/// The last step, the same on both sides: from the shared secret to the signature that claims the password.
struct SRPClaim {
    private static let keyBytes = 16
    private static let purpose = Data("Caldera Derived Key".utf8)

    let identity: SRPIdentity
    let secretBlock: Data
    let timestamp: String

    private var message: Data {
        Data((identity.group + identity.user).utf8) + secretBlock + Data(timestamp.utf8)
    }

    func signature(_ key: SymmetricKey) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: message, using: key))
    }

    /// In constant time.
    func isValid(_ signature: Data, _ key: SymmetricKey) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: message, using: key)
    }

    /// - Parameters:
    ///   - secret: S, which both sides have computed.
    ///   - scrambler: u.
    static func key(secret: BigUInt, scrambler: BigUInt) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: SRPGroup.hashed(secret)), salt: SRPGroup.hashed(scrambler),
            info: purpose, outputByteCount: keyBytes)
    }
}
