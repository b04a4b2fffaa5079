import BigInt
import Foundation
import Testing

@testable import SecureRemotePassword

/// The same values give the same proof as PyPI's pycognito. Vectors/make.py makes them.
struct PeerTests {
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        let secret, publicValue, serverValue, salt, name, password, block, time, signature: String
        /// Which numbers begin with a zero byte.
        let zero: [String]

        enum CodingKeys: String, CodingKey {
            case salt, name, password, block, time, signature, zero
            case secret = "a"
            case publicValue = "A"
            case serverValue = "B"
        }

        var testDescription: String { "zero bytes in front of: \(zero), salt \(salt.prefix(4))..." }
    }

    /// A few; with `SRP_VECTORS` those of that file, which may be a thousand: `make.py 1000 FILE`.
    static let vectors: [Vector] = {
        let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Vectors/pycognito.json")
        let file = ProcessInfo.processInfo.environment["SRP_VECTORS"].map { URL(fileURLWithPath: $0) } ?? beside
        return (try? JSONDecoder().decode([Vector].self, from: Data(contentsOf: file))) ?? []
    }()

    @Test(arguments: vectors)
    func theProofIsTheSameAsThatOfAnotherProgram(_ vector: Vector) throws {
        let client = SRPClient(secret: try #require(BigUInt(vector.secret, radix: 16)))
        #expect(BigUInt(client.publicValue, radix: 16) == BigUInt(vector.publicValue, radix: 16))
        let claim = try client.claim(
            poolName: "8cVfCoqbv", userIDForSRP: vector.name, password: vector.password, salt: vector.salt,
            serverValue: vector.serverValue, secretBlock: vector.block, timestamp: vector.time)
        #expect(claim == vector.signature)
    }

    @Test func numbersWithZeroBytesInFrontAreAmongThem() {
        #expect(Set(Self.vectors.flatMap(\.zero)) == ["A", "B", "S", "u", "x"])
    }

    @Test func aChallengeThatMayNotBeAnsweredIsNot() throws {
        let client = SRPClient()
        func claim(_ value: String, salt: String = "ab", block: String = "AAEC") throws -> String {
            try client.claim(
                poolName: "p", userIDForSRP: "u", password: "p", salt: salt, serverValue: value, secretBlock: block,
                timestamp: "t")
        }
        let prime = String(SRPGroup.prime, radix: 16)
        for value in ["", "0", "00", prime, String(SRPGroup.prime * 2, radix: 16), "xyz", "-1", "1 "] {
            #expect(throws: SRPError.publicValue) { try claim(value) }
        }
        #expect(throws: SRPError.salt) { try claim("2", salt: "no") }
        #expect(throws: SRPError.secretBlock) { try claim("2", block: "A") }
    }
}
