import Crypto
import Foundation

/// What makes a device one that a pool remembers: a password of its own, for `DEVICE_SRP_AUTH` from then on,
/// and for the pool a verifier of it, the `DeviceSecretVerifierConfig` of `ConfirmDevice`.
public struct DeviceVerifier: Sendable {
    /// 40 random bytes, base64. A secret: it is kept where the refresh token is.
    public let password: String
    /// `Salt`, base64.
    public let salt: String
    /// `PasswordVerifier`, base64.
    public let passwordVerifier: String

    /// - Parameter deviceGroupKey: of `NewDeviceMetadata`, as the key.
    public init(deviceGroupKey: String, deviceKey: String) {
        password = SymmetricKey(size: .init(bitCount: 320)).withUnsafeBytes { Data($0).base64EncodedString() }
        let identity = SRPIdentity(group: deviceGroupKey, user: deviceKey)
        let verifier = SRPVerifier(identity, password: password)
        salt = SRPGroup.hashed(verifier.salt).base64EncodedString()
        passwordVerifier = SRPGroup.hashed(verifier.verifier).base64EncodedString()
    }
}
