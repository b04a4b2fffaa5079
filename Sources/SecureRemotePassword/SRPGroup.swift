import BigInt
import Crypto
import Foundation

/// The group that Cognito computes in, and the hashes over its numbers.
///
/// N is the 3072-bit prime of RFC 5054, appendix A (RFC 3526, group 15). Unlike RFC 5054, which has
/// 5 for it and SHA-1, Cognito takes 2 as the generator and SHA-256; and numbers are hashed as long
/// as they are, with a zero byte in front of a high bit, not filled up to the length of N.
enum SRPGroup {
    static let prime = BigUInt(words: primeWords)
    static let generator = BigUInt(2)
    /// k: what hides the verifier in the server's value.
    static let multiplier = hash(hashed(prime) + hashed(generator))

    /// Bytes of the longest number below N.
    static let byteCount = 384

    /// `number`, as every hash here takes it: its bytes, big-endian, one at least, and a zero byte in
    /// front where the first would be read as a sign.
    static func hashed(_ number: BigUInt) -> Data { padded(number.serialize()) }

    static func padded(_ bytes: Data) -> Data {
        guard let first = bytes.first else { return Data([0]) }
        return first >= 0x80 ? Data([0]) + bytes : bytes
    }

    static func hash(_ bytes: Data) -> BigUInt { BigUInt(Data(SHA256.hash(data: bytes))) }

    /// u: what ties the secret to both public values.
    static func scrambler(_ clientValue: BigUInt, _ serverValue: BigUInt) -> BigUInt {
        hash(hashed(clientValue) + hashed(serverValue))
    }

    /// x: the password as an exponent.
    ///
    /// - Parameter salt: as it is hashed, with its zero byte.
    static func exponent(_ identity: SRPIdentity, password: String, salt: Data) -> BigUInt {
        let inner = SHA256.hash(data: Data((identity.group + identity.user + ":" + password).utf8))
        return hash(salt + Data(inner))
    }

    static func power(_ base: BigUInt, _ exponent: BigUInt) -> BigUInt { base.power(exponent, modulus: prime) }

    /// A number that nobody can guess, and that is not 0.
    static func secret(bits: Int) -> BigUInt {
        var generator = SystemRandomNumberGenerator()
        return BigUInt.randomInteger(withExactWidth: bits, using: &generator)
    }

    /// A public value that somebody sent: hexadecimal, above 0 and below N.
    static func publicValue(_ hex: String) -> BigUInt? {
        guard hex.utf8.count <= 2 * byteCount + 2, let bytes = Data(hexadecimal: hex) else { return nil }
        let value = BigUInt(bytes)
        // What is 0 modulo N makes the secret known to everybody.
        return value > 0 && value < prime ? value : nil
    }

    private static let primeWords: [UInt] = [
        0xFFFF_FFFF_FFFF_FFFF, 0xC90F_DAA2_2168_C234, 0xC4C6_628B_80DC_1CD1, 0x2902_4E08_8A67_CC74,
        0x020B_BEA6_3B13_9B22, 0x514A_0879_8E34_04DD, 0xEF95_19B3_CD3A_431B, 0x302B_0A6D_F25F_1437,
        0x4FE1_356D_6D51_C245, 0xE485_B576_625E_7EC6, 0xF44C_42E9_A637_ED6B, 0x0BFF_5CB6_F406_B7ED,
        0xEE38_6BFB_5A89_9FA5, 0xAE9F_2411_7C4B_1FE6, 0x4928_6651_ECE4_5B3D, 0xC200_7CB8_A163_BF05,
        0x98DA_4836_1C55_D39A, 0x6916_3FA8_FD24_CF5F, 0x8365_5D23_DCA3_AD96, 0x1C62_F356_2085_52BB,
        0x9ED5_2907_7096_966D, 0x670C_354E_4ABC_9804, 0xF174_6C08_CA18_217C, 0x3290_5E46_2E36_CE3B,
        0xE39E_772C_180E_8603, 0x9B27_83A2_EC07_A28F, 0xB5C5_5DF0_6F4C_52C9, 0xDE2B_CBF6_9558_1718,
        0x3995_497C_EA95_6AE5, 0x15D2_2618_98FA_0510, 0x1572_8E5A_8AAA_C42D, 0xAD33_170D_0450_7A33,
        0xA855_21AB_DF1C_BA64, 0xECFB_8504_58DB_EF0A, 0x8AEA_7157_5D06_0C7D, 0xB397_0F85_A6E1_E4C7,
        0xABF5_AE8C_DB09_33D7, 0x1E8C_94E0_4A25_619D, 0xCEE3_D226_1AD2_EE6B, 0xF12F_FA06_D98A_0864,
        0xD876_0273_3EC8_6A64, 0x521F_2B18_177B_200C, 0xBBE1_1757_7A61_5D6C, 0x7709_88C0_BAD9_46E2,
        0x08E2_4FA0_74E5_AB31, 0x43DB_5BFC_E0FD_108E, 0x4B82_D120_A93A_D2CA, 0xFFFF_FFFF_FFFF_FFFF,
    ].reversed()
}

/// Who proves a password: a user of a pool, or a device of a group.
struct SRPIdentity: Hashable, Sendable {
    /// The pool's name, what follows the `_` in its id; of a device, its group's key.
    let group: String
    /// `USER_ID_FOR_SRP`; of a device, its key.
    let user: String
}

extension Data {
    /// The bytes that `text` writes, two digits each; an odd first digit stands for a byte of its own.
    /// `nil` for anything else, and for nothing.
    init?(hexadecimal text: String) {
        let digits = text.utf8.map { UInt8(hexadecimalDigit: $0) }
        guard !digits.isEmpty, !digits.contains(nil) else { return nil }
        var values = digits.compactMap { $0 }
        if values.count % 2 == 1 { values.insert(0, at: 0) }
        self.init(stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] })
    }
}

extension UInt8 {
    fileprivate init?(hexadecimalDigit byte: UInt8) {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self = byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self = byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self = byte - UInt8(ascii: "A") + 10
        default: return nil
        }
    }
}

extension BigUInt {
    /// As Cognito writes numbers: lower case, no zeros in front.
    var hexadecimal: String { String(self, radix: 16) }
}
