import Foundation
import SecureRemotePassword
import Timestamps

// The way in, a challenge at a time.

extension LocalPool {
    /// Wrong passwords in a row before there is a pause, and its seconds.
    private static var mostWrong: Int { 5 }
    private static var pause: Double { 60 }
    /// Seconds by which a proof's time may be off.
    private static var tolerance: Double { 300 }

    func initiate(_ call: PoolCall) async throws -> PoolAnswer {
        let given = call.authParameters ?? [:]
        switch call.authFlow {
        case "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN":
            guard call.clientID == settings.clientID else { throw PoolFault.badClient }
            return try await refresh(given)
        case "USER_SRP_AUTH" where settings.flows.contains(.srp):
            let user = try entering(call, given)
            return try challenge(user, given)
        case "USER_PASSWORD_AUTH" where settings.flows.contains(.password):
            let user = try entering(call, given)
            guard
                user.verifier?.isOf(
                    password: given["PASSWORD"] ?? "", poolName: settings.poolName, userIDForSRP: user.subject) == true
            else { throw refused(user) }
            return try await passed(user, device: given["DEVICE_KEY"])
        case "USER_SRP_AUTH", "USER_PASSWORD_AUTH":
            throw PoolFault.parameter("\(call.authFlow ?? "") flow not enabled for this client")
        default: throw PoolFault.parameter("Initiate Auth method not supported.")
        }
    }

    private func entering(_ call: PoolCall, _ given: [String: String]) throws -> PoolUser {
        try check(client: call.clientID, secretHash: given["SECRET_HASH"], of: given["USERNAME"])
        guard let user = user(named: given["USERNAME"] ?? "") else { throw PoolFault.unknownUser }
        if let until = user.lockedUntil, until > now() { throw PoolFault.tooManyTries }
        if let key = given["DEVICE_KEY"], user.devices[key] == nil {
            throw PoolFault(type: "ResourceNotFoundException", message: "Device does not exist.")
        }
        return user
    }

    private func refused(_ user: PoolUser) -> PoolFault {
        var user = user
        user.wrong += 1
        if user.wrong >= Self.mostWrong {
            (user.wrong, user.lockedUntil) = (0, now().advanced(bySeconds: Self.pause))
        }
        users[user.subject] = user
        return .wrongPassword
    }

    // MARK: The password

    private func challenge(_ user: PoolUser, _ given: [String: String]) throws -> PoolAnswer {
        guard let verifier = user.verifier else { throw PoolFault.wrongPassword }
        let exchange: SRPServerExchange
        do {
            exchange = try SRPServerExchange(verifier, clientValue: given["SRP_A"] ?? "")
        } catch {
            throw PoolFault.parameter("\(error)")
        }
        let block = Self.random(64)
        // As at Cognito, the block is all that has to come back.
        begin(
            Session(
                subject: user.subject, ends: sessionEnd, challenge: .password(exchange, block: block),
                device: given["DEVICE_KEY"]), as: block)
        return PoolAnswer(
            challengeName: "PASSWORD_VERIFIER",
            challengeParameters: [
                "USER_ID_FOR_SRP": user.subject, "USERNAME": user.subject, "SALT": exchange.salt,
                "SRP_B": exchange.serverValue, "SECRET_BLOCK": block,
            ])
    }

    var sessionEnd: Timestamp { now().advanced(bySeconds: settings.sessionLifetime) }

    func respond(_ call: PoolCall) async throws -> PoolAnswer {
        let given = call.challengeResponses ?? [:]
        try check(client: call.clientID, secretHash: given["SECRET_HASH"], of: given["USERNAME"])
        let (key, found) = try session(call.session ?? given["PASSWORD_CLAIM_SECRET_BLOCK"])
        guard var user = users[found.subject], given["USERNAME"].map({ self.user(named: $0)?.subject }) == user.subject
        else { throw PoolFault.badSession }
        switch (call.challengeName, found.challenge) {
        case ("PASSWORD_VERIFIER", .password(let exchange, let block)):
            sessions[key] = nil
            guard
                isProved(given, exchange, block, group: settings.poolName, id: user.subject)
            else { throw refused(user) }
            return try await passed(user, device: found.device)
        case ("DEVICE_SRP_AUTH", .device):
            sessions[key] = nil
            return try challengeDevice(user, given)
        case ("DEVICE_PASSWORD_VERIFIER", .devicePassword(let exchange, let block, let device)):
            sessions[key] = nil
            guard let group = user.devices[device]?.groupKey,
                isProved(given, exchange, block, group: group, id: device)
            else { throw PoolFault.wrongPassword }
            return PoolAnswer(result: try await tokens(for: user, device: device))
        case ("NEW_PASSWORD_REQUIRED", .newPassword):
            let password = try Self.fit(given["NEW_PASSWORD"])
            sessions[key] = nil
            for (name, value) in given where name.hasPrefix("userAttributes.") {
                user.attributes[String(name.dropFirst("userAttributes.".count))] = value
            }
            user.verifier = SRPVerifier(poolName: settings.poolName, userIDForSRP: user.subject, password: password)
            user.status = .confirmed
            users[user.subject] = user
            return try await passed(user, device: found.device)
        case ("SOFTWARE_TOKEN_MFA", .authenticator):
            try take(given["SOFTWARE_TOKEN_MFA_CODE"] ?? "", of: &user, key)
            return PoolAnswer(result: try await tokens(for: user, device: found.device))
        case ("MFA_SETUP", .setUp(_, isVerified: true)):
            sessions[key] = nil
            return PoolAnswer(result: try await tokens(for: user, device: found.device))
        default: throw PoolFault.badSession
        }
    }

    private func isProved(
        _ given: [String: String], _ exchange: SRPServerExchange, _ block: String, group: String, id: String
    ) -> Bool {
        guard let timestamp = given["TIMESTAMP"], given["PASSWORD_CLAIM_SECRET_BLOCK"] == block,
            isNow(timestamp)
        else { return false }
        return exchange.accepts(
            given["PASSWORD_CLAIM_SIGNATURE"] ?? "", poolName: group, userIDForSRP: id, secretBlock: block,
            timestamp: timestamp)
    }

    /// `Tue Nov 3 05:50:07 UTC 2026`, within some minutes of now: those around are written the same way, and compared.
    private func isNow(_ timestamp: String) -> Bool {
        let time = now()
        return (0...Int(Self.tolerance)).contains { second in
            [-second, second].contains {
                SRPClient.timestamp(time.advanced(bySeconds: Double($0))) == timestamp
            }
        }
    }

    // MARK: What comes after it

    private func passed(_ user: PoolUser, device: String?) async throws -> PoolAnswer {
        var user = user
        (user.wrong, user.lockedUntil) = (0, nil)
        users[user.subject] = user
        switch user.status {
        case .unconfirmed:
            throw PoolFault(type: "UserNotConfirmedException", message: "User is not confirmed.")
        case .mustResetPassword:
            throw PoolFault(type: "PasswordResetRequiredException", message: "Password reset required for the user")
        case .mustChangePassword:
            return ask("NEW_PASSWORD_REQUIRED", .newPassword, user, device, ["requiredAttributes": "[]"])
        case .confirmed: break
        }
        // Who proves the machine's password is not asked for a code.
        if let device, user.devices[device]?.verifier != nil {
            return ask("DEVICE_SRP_AUTH", .device, user, device, [:])
        }
        if let secret = user.secret {
            show(secret, to: user)
            return ask("SOFTWARE_TOKEN_MFA", .authenticator, user, device, [:])
        }
        if settings.requiresAuthenticator {
            return ask(
                "MFA_SETUP", .setUp(nil, isVerified: false), user, device,
                ["MFAS_CAN_SETUP": "[\"SOFTWARE_TOKEN_MFA\"]"])
        }
        return PoolAnswer(result: try await tokens(for: user, device: device))
    }

    private func ask(
        _ name: String, _ challenge: Challenge, _ user: PoolUser, _ device: String?, _ parameters: [String: String]
    ) -> PoolAnswer {
        let session = Session(subject: user.subject, ends: sessionEnd, challenge: challenge, device: device)
        return PoolAnswer(
            challengeName: name, challengeParameters: parameters.merging(["USER_ID_FOR_SRP": user.subject]) { $1 },
            session: begin(session))
    }

    // MARK: The authenticator

    private func take(_ digits: String, of user: inout PoolUser, _ key: String) throws {
        guard let secret = user.secret,
            let step = OneTimeCode(secret: secret).step(of: digits, at: now().seconds, after: user.lastStep)
        else { throw wrongCode(key) }
        sessions[key] = nil
        user.lastStep = step
        users[user.subject] = user
    }

    private func wrongCode(_ key: String, _ fault: PoolFault = .wrongCode) -> PoolFault {
        sessions[key]?.triesLeft -= 1
        if let left = sessions[key]?.triesLeft, left <= 0 { sessions[key] = nil }
        return fault
    }

    func associate(_ call: PoolCall) throws -> PoolAnswer {
        let (key, found) = try session(call.session)
        guard case .setUp = found.challenge else { throw PoolFault.badSession }
        let secret = (0..<20).map { _ in UInt8.random(in: .min ... .max) }
        sessions[key] = nil
        if let user = users[found.subject] { show(secret, to: user) }
        var session = found
        session.challenge = .setUp(secret, isVerified: false)
        return PoolAnswer(session: begin(session), secretCode: OneTimeCode(secret: secret).base32)
    }

    func verify(_ call: PoolCall) throws -> PoolAnswer {
        let (key, found) = try session(call.session)
        guard case .setUp(let secret?, isVerified: false) = found.challenge, var user = users[found.subject] else {
            throw PoolFault.badSession
        }
        guard let step = OneTimeCode(secret: secret).step(of: call.userCode ?? "", at: now().seconds, after: nil) else {
            throw wrongCode(key, .init(type: "EnableSoftwareTokenMFAException", message: "Code mismatch"))
        }
        (user.secret, user.lastStep) = (secret, step)
        users[user.subject] = user
        sessions[key] = nil
        var session = found
        session.challenge = .setUp(secret, isVerified: true)
        return PoolAnswer(session: begin(session), status: "SUCCESS")
    }
}
