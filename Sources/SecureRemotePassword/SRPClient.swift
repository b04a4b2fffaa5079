import BigInt
import Foundation
import Timestamps

/// Cognito's SRP-6a, the client's side: 3072-bit group of RFC 5054, SHA-256, HKDF "Caldera Derived
/// Key". The password never leaves the machine, and what does is of no use to find it out.
///
///     let client = SRPClient()
///     // InitiateAuth: USER_SRP_AUTH with SRP_A: client.publicValue; the answer brings the rest.
///     let time = SRPClient.timestamp(now)
///     let signature = try client.claim(
///         poolName: "8cVfCoqbv", userIDForSRP: challenge.userID, password: password, salt: challenge.salt,
///         serverValue: challenge.serverValue, secretBlock: challenge.secretBlock, timestamp: time)
///
/// BigInt's modular power does not take the same time for every exponent. Who can measure, to fractions of
/// a millisecond, how long this process computes may learn something about `a` and the password's hash;
/// both are used here, on the person's own machine. What is compared with a secret, is so in constant time.
public struct SRPClient: Sendable {
    /// As RFC 5054, section 2.5.4, asks for at least, and as strong as the group is: more would only take longer.
    private static let secretBits = 256

    private let secret: BigUInt
    private let value: BigUInt

    /// A fresh `a`, from the system's cryptographic generator. Once for each sign-in; the challenge of
    /// a device in the same sign-in may use it again.
    public init() {
        self.init(secret: SRPGroup.secret(bits: Self.secretBits))
    }

    init(secret: BigUInt) {
        self.secret = secret
        value = SRPGroup.power(SRPGroup.generator, secret)
    }

    /// `SRP_A`, hexadecimal.
    public var publicValue: String { value.hexadecimal }

    /// `PASSWORD_CLAIM_SIGNATURE`, base64.
    ///
    /// - Parameters:
    ///   - poolName: what follows the `_` in the pool's id.
    ///   - userIDForSRP: `USER_ID_FOR_SRP` of the challenge, which need not be what the person typed.
    ///   - salt: `SALT`, hexadecimal.
    ///   - serverValue: `SRP_B`, hexadecimal.
    ///   - secretBlock: `SECRET_BLOCK`, base64; it goes back as it is.
    ///   - timestamp: the very `TIMESTAMP` that is sent with it, of `timestamp(_:)`.
    /// - Throws: `SRPError`, when the challenge is not one that may be answered.
    public func claim(
        poolName: String, userIDForSRP: String, password: String, salt: String, serverValue: String,
        secretBlock: String, timestamp: String
    ) throws(SRPError) -> String {
        let identity = SRPIdentity(group: poolName, user: userIDForSRP)
        return try claim(identity, password, salt, serverValue, secretBlock, timestamp)
    }

    /// The same for a remembered device, in `DEVICE_PASSWORD_VERIFIER`.
    ///
    /// - Parameters:
    ///   - deviceGroupKey: of `NewDeviceMetadata`, as the key.
    ///   - devicePassword: of the `DeviceVerifier` with which the device was confirmed.
    /// - Throws: `SRPError`, when the challenge is not one that may be answered.
    public func deviceClaim(
        deviceGroupKey: String, deviceKey: String, devicePassword: String, salt: String, serverValue: String,
        secretBlock: String, timestamp: String
    ) throws(SRPError) -> String {
        let identity = SRPIdentity(group: deviceGroupKey, user: deviceKey)
        return try claim(identity, devicePassword, salt, serverValue, secretBlock, timestamp)
    }

    private func claim(
        _ identity: SRPIdentity, _ password: String, _ salt: String, _ serverValue: String, _ secretBlock: String,
        _ timestamp: String
    ) throws(SRPError) -> String {
        guard let other = SRPGroup.publicValue(serverValue) else { throw .publicValue }
        guard let salt = Data(hexadecimal: salt) else { throw .salt }
        // As other clients read it: a deployment's stand-in for Cognito need not be as strict.
        guard let block = Data(base64Encoded: secretBlock, options: .ignoreUnknownCharacters) else {
            throw .secretBlock
        }
        let scrambler = SRPGroup.scrambler(value, other)
        guard scrambler != 0 else { throw .scrambler }
        let exponent = SRPGroup.exponent(identity, password: password, salt: SRPGroup.padded(salt))
        let verifier = SRPGroup.power(SRPGroup.generator, exponent)
        let hidden = SRPGroup.multiplier * verifier % SRPGroup.prime
        let shared = SRPGroup.power(other + SRPGroup.prime - hidden, secret + scrambler * exponent)
        let claim = SRPClaim(identity: identity, secretBlock: block, timestamp: timestamp)
        return claim.signature(SRPClaim.key(secret: shared, scrambler: scrambler)).base64EncodedString()
    }

    /// `time` as Cognito wants it in a claim, in UTC: `Tue Nov 3 05:50:07 UTC 2026`.
    public static func timestamp(_ time: Timestamp) -> String {
        let seconds = Int(time.microseconds / 1_000_000)
        let days = seconds / 86_400 - (seconds % 86_400 < 0 ? 1 : 0)
        let date = CivilDate(daysSinceEpoch: days)
        let second = seconds - days * 86_400
        let clock = [second / 3600, second / 60 % 60, second % 60].map { ($0 < 10 ? "0" : "") + String($0) }
        return "\(weekdays[date.weekday]) \(months[date.month - 1]) \(date.day) "
            + clock.joined(separator: ":") + " UTC \(date.year)"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
