import Foundation
import TestSupport
import Testing
import Timestamps

@testable import ChatClient

/// Signing in at a pool that verifies, through real HTTP.
struct SignInTests {
    private static let tokens = ClientConfiguration.Tokens(access: "access", identity: "identity", refresh: "refresh")

    private func at(
        _ pool: VerifyingPool, _ more: [String: String] = [:], _ body: (SignIn) async throws -> Void
    ) async throws {
        try await pool.serve { url in
            // However long a proof takes on a busy machine, nobody gives up.
            let signIn = SignIn(try VerifyingPool.configuration(url, more), time: HeldTime())
            let result: Result<Void, any Error>
            do { result = .success(try await body(signIn)) } catch { result = .failure(error) }
            await signIn.close()
            try result.get()
        }
    }

    // A proof takes seconds in a debug build: most tests need none.
    private func begin(
        _ signIn: SignIn, _ flow: SignInFlow = .password, _ password: String = "Passw0rd!"
    ) async throws -> SignInStep {
        try await signIn.begin("ada@cruddur.example", password: password, by: flow)
    }

    @Test(arguments: SignInFlow.allCases, [nil, "a secret"])
    func whoHasThePasswordIsIn(flow: SignInFlow, secret: String?) async throws {
        let pool = VerifyingPool(secret: secret)
        try await at(pool, secret.map { ["cognito.client_secret": $0] } ?? [:]) { signIn in
            try await expect(.signedIn(Self.tokens)) { try await begin(signIn, flow) }
        }
        // The password itself is sent only where that was asked for.
        let sent = await pool.responses.flatMap(\.values)
        #expect(sent.contains("Passw0rd!") == (flow == .password))
    }

    @Test func aWrongPasswordIsToldAsThatAndTheRightOneGoesIn() async throws {
        try await at(VerifyingPool()) { signIn in
            for (index, wrong) in ["passw0rd!", "", "Passw0rd! ", "Passw0rd!\0", String(repeating: "x", count: 10_000)]
                .enumerated()
            {
                let flow = index == 0 ? SignInFlow.srp : .password
                let error = await #expect(throws: SignInError.self) { try await begin(signIn, flow, wrong) }
                #expect(error?.description == "no user of that name has that password")
            }
            try await expect(.signedIn(Self.tokens)) { try await begin(signIn) }
        }
    }

    @Test(arguments: SignInMethod.allCases)
    func aCodeIsAskedForUntilItIsRight(method: SignInMethod) async throws {
        try await at(VerifyingPool(then: [(method.rawValue, ["CODE_DELIVERY_DESTINATION": "a***@e***"])])) { signIn in
            try await expect(.code(method, destination: "a***@e***")) { try await begin(signIn) }
            for wrong in ["000000", "", "123456 ", "\u{1B}[31m"] {
                let error = await #expect(throws: SignInError.self) { try await signIn.answer(wrong) }
                #expect(error?.isWrongAnswer == true)
            }
            try await expect(.signedIn(Self.tokens)) { try await signIn.answer("123456") }
            await #expect(throws: SignInError.outOfTurn) { try await signIn.answer("123456") }
        }
    }

    @Test func aPasswordThatSomebodyElseHasSetIsReplacedAndThenACodeIsAskedFor() async throws {
        let pool = VerifyingPool(then: [
            ("NEW_PASSWORD_REQUIRED", ["requiredAttributes": "[\"userAttributes.name\"]"]),
            ("SELECT_MFA_TYPE", ["MFAS_CAN_CHOOSE": "[\"SMS_MFA\",\"SOFTWARE_TOKEN_MFA\",\"NEW_MFA\"]"]),
        ])
        try await at(pool) { signIn in
            try await expect(.newPassword(attributes: ["name"])) { try await begin(signIn) }
            let error = await #expect(throws: SignInError.self) {
                try await signIn.answer("short", attributes: ["name": "Ada"])
            }
            #expect(error?.isWrongAnswer == true)
            let next = try await signIn.answer("N3w-Passw0rd!", attributes: ["name": "Ada"])
            #expect(next == .choice([.sms, .authenticator]))
            try await expect(.code(.authenticator, destination: nil)) { try await signIn.answer("SOFTWARE_TOKEN_MFA") }
            try await expect(.signedIn(Self.tokens)) { try await signIn.answer("123456") }
        }
    }

    @Test func anAuthenticatorIsSetUp() async throws {
        try await at(VerifyingPool(then: [("MFA_SETUP", ["MFAS_CAN_SETUP": "[\"SOFTWARE_TOKEN_MFA\"]"])])) { signIn in
            let step = try await begin(signIn)
            #expect(
                step
                    == .authenticator(
                        secret: "JBSWY3DPEHPK3PXP",
                        uri: "otpauth://totp/Cruddur:\(VerifyingPool.name)?secret=JBSWY3DPEHPK3PXP&issuer=Cruddur"))
            let error = await #expect(throws: SignInError.self) { try await signIn.answer("000000") }
            #expect(error?.isWrongAnswer == true)
            try await expect(.signedIn(Self.tokens)) { try await signIn.answer("123456") }
        }
    }

    @Test func whatIsWrongIsSaidByName() async throws {
        try await at(VerifyingPool(), ["cognito.client_id": "x"]) { signIn in
            let error = await #expect(throws: SignInError.self) { try await begin(signIn) }
            #expect(error?.description.contains("check cognito.client_id") == true)
        }
        try await at(VerifyingPool(secret: "a secret")) { signIn in
            let error = await #expect(throws: SignInError.self) { try await begin(signIn) }
            #expect(error?.description == "this app client has a secret: set cognito.client_secret")
        }
        try await at(VerifyingPool(then: [("CUSTOM_CHALLENGE", [:])])) { signIn in
            let error = await #expect(throws: SignInError.self) { try await begin(signIn) }
            #expect(error == .unknownChallenge("CUSTOM_CHALLENGE"))
        }
        let signIn = SignIn(try VerifyingPool.configuration("http://127.0.0.1:1"))
        let error = await #expect(throws: SignInError.self) { try await begin(signIn) }
        #expect(error?.description.hasPrefix("cannot reach Cognito") == true)
        await signIn.close()
    }

    private func expect(_ step: SignInStep, _ body: () async throws -> SignInStep) async throws {
        let found = try await body()
        #expect(found == step)
    }

    // MARK: What is kept

    @Test func aSignInStandsInForTheTokensThatWereThereAndForNoOthers() async throws {
        let folder = try TemporaryFolder()
        func load(_ flags: [String: String] = [:]) throws -> ClientConfiguration {
            try .load(
                flags: ["backend_url": "https://api.example"].merging(flags) { $1 }, tokens: .optional,
                environment: ["HOME": folder.path])
        }
        let old = ["tokens.access_token": "old", "tokens.refresh_token": "r"]
        try await load(old).signIn.write(.init(tokens: Self.tokens, handle: nil, username: nil))
        #expect(try load(old).tokens == Self.tokens)
        // Who puts others there is obeyed; and another backend gets none of these.
        #expect(try load(["tokens.access_token": "new", "tokens.refresh_token": "r"]).tokens.access == "new")
        #expect(try load(["tokens.access_token": "old", "tokens.refresh_token": "r2"]).tokens.access == "old")
        #expect(try load(old.merging(["backend_url": "https://other.example"]) { $1 }).tokens.access == "old")
        #expect(try load().tokens.access.isEmpty)
        let path = try load(old).signIn.path
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        // Who has signed in is known better than who was expected to.
        try await load(old).signIn.write(.init(tokens: Self.tokens, handle: "bob", username: nil))
        #expect(try load(old.merging(["handle": "ada"]) { $1 }).ownHandle == "bob")
        #expect(try load(["handle": "ada"]).ownHandle == "ada")
        try load(old).signIn.remove()
        #expect(try load(old).tokens.access == "old")
    }
}
