import Foundation
import SecureRemotePassword
import Timestamps

// Accounts: made, confirmed, and opened again with another password.

extension LocalPool {
    func signUp(_ call: PoolCall) async throws -> PoolAnswer {
        let name = try checkedName(call)
        guard user(named: name) == nil else {
            throw PoolFault(type: "UsernameExistsException", message: "User already exists")
        }
        let password = try Self.fit(call.password)
        var attributes = Dictionary((call.userAttributes ?? []).map { ($0.name, $0.value) }) { $1 }
        if name.contains("@") { attributes["email"] = attributes["email"] ?? name }
        guard attributes["email"]?.contains("@") == true else {
            throw PoolFault.parameter("Attributes did not conform to the schema: email is required")
        }
        try await examine(attributes)
        guard self.user(named: name) == nil else {
            throw PoolFault(type: "UsernameExistsException", message: "User already exists")
        }
        let subject = UUID().uuidString.lowercased()
        var user = PoolUser(
            subject: subject, name: name, attributes: attributes,
            verifier: SRPVerifier(poolName: settings.poolName, userIDForSRP: subject, password: password),
            status: .unconfirmed)
        let code = newCode()
        user.confirmation = code
        users[subject] = user
        return PoolAnswer(
            userConfirmed: false, userSub: subject,
            delivery: send(code.digits, to: user, for: .newAccount))
    }

    func confirmSignUp(_ call: PoolCall) async throws -> PoolAnswer {
        guard var user = user(named: try checkedName(call)) else { throw PoolFault.endedCode }
        guard user.status == .unconfirmed else {
            throw PoolFault(
                type: "NotAuthorizedException",
                message: "User cannot be confirmed. Current status is \(user.status.rawValue)")
        }
        do {
            defer { users[user.subject] = user }
            try take(call.confirmationCode, &user.confirmation)
            user.status = .confirmed
            user.attributes["email_verified"] = "true"
        }
        try await greet(user)
        return PoolAnswer()
    }

    func resendCode(_ call: PoolCall) throws -> PoolAnswer {
        guard var user = user(named: try checkedName(call)) else { throw PoolFault.unknownUser }
        guard user.status == .unconfirmed else { throw PoolFault.parameter("User is already confirmed.") }
        let code = newCode()
        user.confirmation = code
        users[user.subject] = user
        return PoolAnswer(delivery: send(code.digits, to: user, for: .newAccount))
    }

    func forgotPassword(_ call: PoolCall) throws -> PoolAnswer {
        guard var user = user(named: try checkedName(call)) else { throw PoolFault.unknownUser }
        guard user.status != .unconfirmed else {
            throw PoolFault.parameter(
                "Cannot reset password for the user as there is no registered/verified email or phone_number")
        }
        let code = newCode()
        user.recovery = code
        users[user.subject] = user
        return PoolAnswer(delivery: send(code.digits, to: user, for: .forgottenPassword))
    }

    func confirmForgotPassword(_ call: PoolCall) throws -> PoolAnswer {
        let password = try Self.fit(call.password)
        guard var user = user(named: try checkedName(call)) else { throw PoolFault.endedCode }
        defer { users[user.subject] = user }
        try take(call.confirmationCode, &user.recovery)
        user.verifier = SRPVerifier(poolName: settings.poolName, userIDForSRP: user.subject, password: password)
        (user.status, user.wrong, user.lockedUntil) = (.confirmed, 0, nil)
        return PoolAnswer()
    }

    private func checkedName(_ call: PoolCall) throws -> String {
        try check(client: call.clientID, secretHash: call.secretHash, of: call.username)
        guard let name = call.username, !name.isEmpty, name.utf8.count <= 128 else {
            throw PoolFault.parameter("Username is needed, of at most 128 bytes.")
        }
        return name
    }

    private func newCode() -> PoolUser.Code {
        .init(digits: Self.digits(), ends: now().advanced(bySeconds: settings.codeLifetime))
    }

    /// A code is good once, for its time, and against a few guesses.
    private func take(_ given: String?, _ code: inout PoolUser.Code?) throws {
        guard let known = code, known.ends > now(), known.triesLeft > 0 else { throw PoolFault.endedCode }
        guard Self.hash(known.digits) == Self.hash(given ?? "") else {
            code?.triesLeft -= 1
            throw PoolFault.wrongCode
        }
        code = nil
    }

    /// As pools of the web library want them by default.
    static func fit(_ password: String?) throws -> String {
        func fault(_ what: String) -> PoolFault {
            PoolFault(type: "InvalidPasswordException", message: "Password did not conform with policy: \(what)")
        }
        guard let password, password.count >= 8 else { throw fault("Password not long enough") }
        guard password.utf8.count <= 256 else { throw fault("Password too long") }
        guard password.contains(where: \.isLowercase) else { throw fault("Password must have lowercase characters") }
        guard password.contains(where: \.isUppercase) else { throw fault("Password must have uppercase characters") }
        guard password.contains(where: \.isNumber) else { throw fault("Password must have numeric characters") }
        return password
    }
}
