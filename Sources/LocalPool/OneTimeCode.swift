import Crypto
import Foundation

/// Six digits that an authenticator shows for half a minute. Source: RFC 6238, with SHA-1, as authenticators do.
public struct OneTimeCode: Sendable {
    private static let period: Int64 = 30
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    private let secret: [UInt8]

    init(secret: [UInt8]) { self.secret = secret }

    /// - Parameter base32: as an authenticator is given it. `nil` for anything else.
    public init?(base32 text: String) {
        var (bits, count, bytes): (UInt64, Int, [UInt8]) = (0, 0, [])
        for character in text.uppercased() where character != "=" {
            guard let value = Self.alphabet.firstIndex(of: character) else { return nil }
            bits = bits << 5 | UInt64(value)
            count += 5
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(count)))
            }
        }
        self.init(secret: bytes)
    }

    /// As an authenticator is given it.
    var base32: String {
        var (bits, count, text): (UInt64, Int, String) = (0, 0, "")
        for byte in secret {
            bits = bits << 8 | UInt64(byte)
            count += 8
            while count >= 5 {
                count -= 5
                text.append(Self.alphabet[Int(bits >> UInt64(count) & 31)])
            }
        }
        if count > 0 { text.append(Self.alphabet[Int(bits << UInt64(5 - count) & 31)]) }
        return text
    }

    /// - Parameter seconds: since 1970.
    public func digits(at seconds: Double) -> String { digits(step: Int64(seconds) / Self.period) }

    /// The time step of which `digits` are, if it is this one or one beside it, and after `last`.
    func step(of digits: String, at seconds: Double, after last: Int64?) -> Int64? {
        let now = Int64(seconds) / Self.period
        return (now - 1...now + 1).first { step in
            step > last ?? .min
                && SHA256.hash(data: Data(self.digits(step: step).utf8)) == SHA256.hash(data: Data(digits.utf8))
        }
    }

    private func digits(step: Int64) -> String {
        let message = withUnsafeBytes(of: step.bigEndian) { Data($0) }
        let hash = Array(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: SymmetricKey(data: secret)))
        let offset = Int(hash[hash.count - 1] & 15)
        let number = hash[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let text = String(number % 1_000_000)
        return String(repeating: "0", count: 6 - text.count) + text
    }
}
