import TestSupport
import Testing

@testable import ChatClient

/// Making an account, and setting a password anew, at a pool that checks codes, through real HTTP.
struct AccountTests {
    private static let sent = CodeDelivery(deliveryMedium: "EMAIL", destination: "g***@c***")
    private static let name = "grace@cruddur.example"

    private func at(
        _ pool: VerifyingPool, _ more: [String: String] = [:], _ body: (Account) async throws -> Void
    ) async throws {
        try await pool.serve { url in
            let account = Account(try VerifyingPool.configuration(url, more), time: HeldTime())
            let result: Result<Void, any Error>
            do { result = .success(try await body(account)) } catch { result = .failure(error) }
            await account.close()
            try result.get()
        }
    }

    @Test(arguments: [nil, "a secret"])
    func anAccountIsMadeAndConfirmedWithACodeThatMayBeSentAgain(secret: String?) async throws {
        let pool = VerifyingPool(secret: secret)
        try await at(pool, secret.map { ["cognito.client_secret": $0] } ?? [:]) { account in
            let attributes = ["email": Self.name, "name": "Grace", "preferred_username": "grace"]
            let made = try await account.signUp(Self.name, password: "N3w-Passw0rd!", attributes: attributes)
            #expect(made == .unconfirmed(Self.sent))
            #expect(await pool.attributes == attributes)
            #expect(try await account.resendCode(to: Self.name) == Self.sent)
            for (code, isWrong) in [("000000", true), ("old", false)] {
                let error = await #expect(throws: AccountError.self) {
                    try await account.confirm(Self.name, code: code)
                }
                #expect(error?.isWrongCode == isWrong && error?.isEndedCode == !isWrong)
            }
            try await account.confirm(Self.name, code: "123456")
        }
        #expect(await pool.calls.filter { $0 == "ResendConfirmationCode" }.count == 1)
    }

    @Test func aForgottenPasswordIsSetAnewWithTheCode() async throws {
        try await at(VerifyingPool()) { account in
            #expect(try await account.forgotPassword(of: Self.name) == Self.sent)
            let unfit = await #expect(throws: AccountError.self) {
                try await account.setPassword("short", of: Self.name, code: "123456")
            }
            #expect(unfit?.isUnfitPassword == true)
            try await account.setPassword("N3w-Passw0rd!", of: Self.name, code: "123456")
        }
    }

    @Test(arguments: [
        ("UsernameExistsException", "User already exists", "cruddur recover"),
        ("UserNotFoundException", "", "no such user"), ("ExpiredCodeException", "", "--resend"),
        ("NotAuthorizedException", "SignUp is not permitted for this user pool", "takes no sign-ups"),
        ("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED", "confirmed already"),
        ("NotAuthorizedException", "Unable to verify secret hash for client c", "cognito.client_secret"),
        ("NotAuthorizedException", "User is very odd", "User is very odd"),
        ("InvalidParameterException", "Username cannot be of email format, since", "--username"),
        ("InvalidParameterException", "Cannot reset password, no registered/verified email", "no confirmed address"),
        ("UserLambdaValidationException", "PreSignUp failed: no", "PreSignUp failed: no"),
        ("LimitExceededException", "Attempt limit exceeded", "slow down"),
        ("NewException", "of next year", "NewException: of next year"),
    ])
    func whatIsRefusedIsToldAsWhatItIs(type: String, message: String, words: String) {
        let told = AccountError(reason: .refused(type: type, message: message)).description
        #expect(told.contains(words))
        // It is no password that was refused.
        #expect(!told.contains("has that password"))
    }
}
