import LocalPool
import TestSupport
import Testing
import Timestamps

@testable import ChatClient

/// The pool of our own and our client, each held to the other through real HTTP.
struct LocalPoolTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func with<Value>(
        _ url: String, _ time: HeldTime, _ more: [String: String] = [:], _ body: (SignIn) async throws -> Value
    ) async throws -> Value {
        let signIn = SignIn(try PoolFixture.configuration(url, in: folder, more), time: time)
        let result: Result<Value, any Error>
        do { result = .success(try await body(signIn)) } catch { result = .failure(error) }
        await signIn.close()
        return try result.get()
    }

    private func keep(_ tokens: ClientConfiguration.Tokens, _ url: String) async throws {
        try await PoolFixture.configuration(url, in: folder).signIn.write(
            .init(tokens: tokens, handle: "grace", username: PoolFixture.name))
    }

    private func signUp(_ pool: PoolFixture, _ url: String) async throws {
        let account = Account(try PoolFixture.configuration(url, in: folder), time: pool.time)
        let attributes = ["email": PoolFixture.name, "name": "Grace", "preferred_username": "grace"]
        let made = try await account.signUp(PoolFixture.name, password: PoolFixture.password, attributes: attributes)
        #expect(made == .unconfirmed(.init(deliveryMedium: "EMAIL", destination: "g***@c***")))
        let early = await #expect(throws: SignInError.self) {
            try await with(url, pool.time) {
                try await $0.begin(PoolFixture.name, password: PoolFixture.password, by: .password)
            }
        }
        #expect(early?.isUnconfirmed == true)
        let first = try #require(pool.lastCode)
        _ = try await account.resendCode(to: PoolFixture.name)
        let code = try #require(pool.lastCode)
        // What was sent before is good no more (or happens to be the same).
        for wrong in [first, "", "abcdef"] where wrong != code {
            let error = await #expect(throws: AccountError.self) {
                try await account.confirm(PoolFixture.name, code: wrong)
            }
            #expect(error?.isWrongCode == true)
        }
        try await account.confirm(PoolFixture.name, code: code)
        let again = await #expect(throws: AccountError.self) { try await account.confirm(PoolFixture.name, code: code) }
        #expect(again?.isConfirmedAlready == true)
        await account.close()
    }

    @Test func fromNobodyToSignedInWithAnAuthenticatorAndTheNextTimeByTheMachineAlone() async throws {
        let fixture = PoolFixture {
            ($0.requiresAuthenticator, $0.remembersDevices) = (true, true)
        }
        try await fixture.serve { _, url in
            try await signUp(fixture, url)
            let step = try await with(url, fixture.time) { signIn in
                let begun = try await signIn.begin(PoolFixture.name, password: PoolFixture.password)
                guard case .authenticator(let secret, _) = begun else { return begun }
                let wrong = await #expect(throws: SignInError.self) { try await signIn.answer("000000x") }
                #expect(wrong?.isWrongAnswer == true)
                let code = try #require(OneTimeCode(base32: secret)).digits(at: fixture.now().seconds)
                return try await signIn.answer(code)
            }
            guard case .signedIn(let tokens) = step else { return #expect(step == .outOfReach) }
            #expect(tokens.device != nil)
            try await keep(tokens, url)
            // The machine proves itself: no code is asked for.
            let next = try await with(url, fixture.time) {
                try await $0.begin(PoolFixture.name, password: PoolFixture.password)
            }
            guard case .signedIn(let others) = next else { return #expect(next == .outOfReach) }
            #expect(others.device == tokens.device)
        }
    }

    @Test func aWrongPasswordIsRefusedByItsProofAndManyMakeAPause() async throws {
        let fixture = PoolFixture()
        try await fixture.serve { pool, url in
            await pool.add("ada", subject: "sub-ada", password: PoolFixture.password, attributes: ["email": "ada@x"])
            for (number, flow) in [SignInFlow.srp, .password, .password, .password, .password].enumerated() {
                let error = await #expect(throws: SignInError.self) {
                    try await with(url, fixture.time) {
                        try await $0.begin("ada", password: "wrong \(number)", by: flow)
                    }
                }
                #expect(error?.description == "no user of that name has that password")
            }
            let locked = await #expect(throws: SignInError.self) {
                try await with(url, fixture.time) {
                    try await $0.begin("ada", password: PoolFixture.password, by: .password)
                }
            }
            #expect(locked?.description.contains("too many wrong passwords") == true)
            fixture.time.advance(by: .seconds(61))
            let step = try await with(url, fixture.time) {
                try await $0.begin("ada", password: PoolFixture.password, by: .password)
            }
            guard case .signedIn = step else { return #expect(step == .outOfReach) }
        }
    }

    @Test func aRefreshNeedsTheMachineAndIsRotatedAndRevoked() async throws {
        let fixture = PoolFixture { ($0.remembersDevices, $0.rotates, $0.grace) = (true, true, 10) }
        try await fixture.serve { pool, url in
            await pool.add("ada", subject: "sub-ada", password: PoolFixture.password, attributes: ["email": "ada@x"])
            let step = try await with(url, fixture.time) {
                try await $0.begin("ada", password: PoolFixture.password, by: .password)
            }
            guard case .signedIn(let first) = step else { return #expect(step == .outOfReach) }
            let http = HTTPConnector(time: fixture.time)
            let cognito = CognitoClient(
                http: http, configuration: try PoolFixture.configuration(url, in: folder).cognito)
            let second = try await cognito.refresh(try #require(first.refresh), with: first)
            #expect(second.refresh != nil && second.refresh != first.refresh)
            // Who was killed before it was kept may ask once more; not for ever, and not from another machine.
            _ = try await cognito.refresh(try #require(first.refresh), with: first)
            fixture.time.advance(by: .seconds(11))
            await #expect(throws: SignInEnded.self) {
                try await cognito.refresh(try #require(first.refresh), with: first)
            }
            let elsewhere = ClientConfiguration.Tokens(access: first.access, identity: nil, refresh: nil)
            await #expect(throws: SignInEnded.self) {
                try await cognito.refresh(try #require(second.refresh), with: elsewhere)
            }
            try await keep(
                .init(access: first.access, identity: nil, refresh: second.refresh, device: first.device), url)
            #expect(
                await SignOut(try PoolFixture.configuration(url, in: folder), time: fixture.time)
                    .revoke(everywhere: false) == nil)
            let ended = await #expect(throws: SignInEnded.self) {
                try await cognito.refresh(try #require(second.refresh), with: first)
            }
            #expect(ended?.words == "it was revoked")
            await http.shutdown()
        }
    }

    @Test func aForgottenPasswordIsSetAnewAndOneThatWasSetForSomebodyIsReplaced() async throws {
        let fixture = PoolFixture { $0.clientSecret = "a secret" }
        let secret = ["cognito.client_secret": "a secret"]
        try await fixture.serve { pool, url in
            await pool.add(
                "ada", subject: "sub-ada", password: "F1rst-one", attributes: ["email": "ada@cruddur.example"],
                mustChange: true)
            let step = try await with(url, fixture.time, secret) { signIn in
                let begun = try await signIn.begin("ada", password: "F1rst-one", by: .password)
                #expect(begun == .newPassword(attributes: []))
                let unfit = await #expect(throws: SignInError.self) { try await signIn.answer("short") }
                #expect(unfit?.isWrongAnswer == true)
                return try await signIn.answer("S3cond-one")
            }
            guard case .signedIn = step else { return #expect(step == .outOfReach) }
            let account = Account(try PoolFixture.configuration(url, in: folder, secret), time: fixture.time)
            let sent = try await account.forgotPassword(of: "ada@cruddur.example")
            #expect(sent?.destination == "a***@c***")
            try await account.setPassword("Th1rd-one", of: "ada@cruddur.example", code: try #require(fixture.lastCode))
            await account.close()
            await #expect(throws: SignInError.self) {
                try await with(url, fixture.time, secret) {
                    try await $0.begin("ada", password: "S3cond-one", by: .password)
                }
            }
            let last = try await with(url, fixture.time, secret) {
                try await $0.begin("ada", password: "Th1rd-one", by: .password)
            }
            guard case .signedIn = last else { return #expect(last == .outOfReach) }
        }
    }

    @Test(arguments: ["SignUp", "InitiateAuth", "RespondToAuthChallenge", "GetUser", "ConfirmDevice", "Nonsense"])
    func whatIsNoneOfItsCallsIsRefusedByName(action: String) async throws {
        let fixture = PoolFixture()
        try await fixture.serve { pool, _ in
            for body in ["", "[]", "{}", #"{"ClientId":"client"}"#, #"{"ClientId":1}"#, #"{"Session":"s"}"#] {
                let (status, json) = await pool.answer(action, .init(body.utf8))
                #expect(status == 400 && String(decoding: json, as: UTF8.self).contains("__type"))
            }
        }
    }
}

extension SignInStep {
    /// What no pool answers.
    fileprivate static let outOfReach = SignInStep.choice([])
}
