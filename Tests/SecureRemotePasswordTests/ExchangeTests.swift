import Testing

@testable import SecureRemotePassword

@Suite struct ExchangeTests {
    @Test func whoKnowsThePasswordIsAcceptedAndNobodyElse() throws {
        let verifier = SRPVerifier(poolName: "8cVfCoqbv", userIDForSRP: "6c1f0d1e", password: "Pa:ss wörd\u{0}")
        let client = SRPClient()
        let exchange = try SRPServerExchange(verifier, clientValue: client.publicValue)
        func claim(_ password: String) throws -> String {
            try client.claim(
                poolName: "8cVfCoqbv", userIDForSRP: "6c1f0d1e", password: password, salt: exchange.salt,
                serverValue: exchange.serverValue, secretBlock: "AAEC", timestamp: "Tue Nov 3 05:50:07 UTC 2026")
        }
        func isAccepted(_ claim: String, time: String = "Tue Nov 3 05:50:07 UTC 2026", block: String = "AAEC") -> Bool {
            exchange.accepts(
                claim, poolName: "8cVfCoqbv", userIDForSRP: "6c1f0d1e", secretBlock: block, timestamp: time)
        }
        let right = try claim("Pa:ss wörd\u{0}")
        #expect(isAccepted(right))
        #expect(!isAccepted(right, time: "Tue Nov 3 05:50:08 UTC 2026"))
        #expect(!isAccepted(right, block: "AAED"))
        #expect(!isAccepted(try claim("Pa:ss wörd")))
        #expect(!isAccepted(""))
    }
}
