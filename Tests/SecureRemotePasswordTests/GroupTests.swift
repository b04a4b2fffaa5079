import BigInt
import Testing

@testable import SecureRemotePassword

/// The group is the one that was published, and so is what is hashed of it.
@Suite struct GroupTests {
    /// RFC 3526, 4: 2^3072 - 2^3008 - 1 + 2^64 * ([2^2942 pi] + 1690314).
    @Test func thePrimeIsThatOfItsFormula() {
        let one = BigInt(1)
        // Digits to spare for what the series rounds off.
        let bits = 2942 + 64
        let pi = 4 * (4 * Self.arctangent(ofOneOver: 5, bits: bits) - Self.arctangent(ofOneOver: 239, bits: bits))
        let prime = (one << 3072) - (one << 3008) - 1 + (((pi >> 64) + 1_690_314) << 64)
        #expect(BigInt(SRPGroup.prime) == prime)
    }

    /// As Amplify for Swift's own tests have it (`SRPClientTests.testGeneratedK`).
    @Test func theMultiplierIsThePublishedOne() {
        let published = "538282c4354742d7cbbde2359fcf67f9f5b3a6b08791e5011b43b8a5b66d9ee6"
        #expect(SRPGroup.multiplier.hexadecimal == published)
    }

    /// RFC 5054's generator for this prime is 5, Cognito's is 2: of half the order, and so its power of it is 1.
    @Test func theGeneratorHasHalfTheOrder() {
        #expect(SRPGroup.power(SRPGroup.generator, (SRPGroup.prime - 1) / 2) == 1)
    }

    /// Gregory's series, as a number of 1 / 2^bits.
    private static func arctangent(ofOneOver number: Int, bits: Int) -> BigInt {
        let square = BigInt(number * number)
        var power = (BigInt(1) << bits) / BigInt(number)
        var (sum, divisor) = (power, 1)
        while power != 0 {
            power /= square
            divisor += 2
            sum += (divisor % 4 == 3 ? -1 : 1) * power / BigInt(divisor)
        }
        return sum
    }
}
