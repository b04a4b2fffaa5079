import BigInt
import Crypto
import Foundation

/// One sign-in, the server's side: its own secret number, and what follows from the client's value.
///
///     let exchange = try SRPServerExchange(verifier, clientValue: request.srpA)
///     // PASSWORD_VERIFIER with SRP_B: exchange.serverValue, SALT: exchange.salt
///     exchange.accepts(signature, poolName: name, userIDForSRP: id, secretBlock: block, timestamp: time)
public struct SRPServerExchange: Sendable {
    /// RFC 5054, section 2.5.4: at least as many.
    private static let secretBits = 256

    private let verifier: SRPVerifier
    private let secret: BigUInt
    private let clientValue: BigUInt
    private let value: BigUInt
    private let scrambler: BigUInt

    /// - Parameter clientValue: `SRP_A`, hexadecimal.
    /// - Throws: `SRPError.publicValue` when it is 0 modulo N, or no number of the group.
    public init(_ verifier: SRPVerifier, clientValue: String) throws(SRPError) {
        try self.init(verifier, clientValue: clientValue, secret: SRPGroup.secret(bits: Self.secretBits))
    }

    init(_ verifier: SRPVerifier, clientValue: String, secret: BigUInt) throws(SRPError) {
        guard let other = SRPGroup.publicValue(clientValue) else { throw .publicValue }
        self.verifier = verifier
        self.secret = secret
        self.clientValue = other
        let power = SRPGroup.power(SRPGroup.generator, secret)
        value = (SRPGroup.multiplier * verifier.verifier + power) % SRPGroup.prime
        scrambler = SRPGroup.scrambler(other, value)
        // A client refuses both; they do not come by chance.
        guard value != 0, scrambler != 0 else { throw .scrambler }
    }

    /// `SRP_B`, hexadecimal.
    public var serverValue: String { value.hexadecimal }

    /// `SALT`, hexadecimal.
    public var salt: String { verifier.hexadecimalSalt }

    /// Whether a user's claim proves the password. Signatures are compared in constant time.
    ///
    /// - Parameters:
    ///   - signature: `PASSWORD_CLAIM_SIGNATURE`, base64.
    ///   - poolName: what follows the `_` in the pool's id; of a device, its group's key.
    ///   - userIDForSRP: as in the challenge; of a device, its key.
    ///   - secretBlock: `SECRET_BLOCK`, base64, of the challenge.
    ///   - timestamp: `TIMESTAMP`. When it was, is for the caller to judge.
    public func accepts(
        _ signature: String, poolName: String, userIDForSRP: String, secretBlock: String, timestamp: String
    ) -> Bool {
        guard let signature = Data(base64Encoded: signature), let block = Data(base64Encoded: secretBlock) else {
            return false
        }
        let base = clientValue * SRPGroup.power(verifier.verifier, scrambler) % SRPGroup.prime
        let key = SRPClaim.key(secret: SRPGroup.power(base, secret), scrambler: scrambler)
        let identity = SRPIdentity(group: poolName, user: userIDForSRP)
        return SRPClaim(identity: identity, secretBlock: block, timestamp: timestamp).isValid(signature, key)
    }
}
