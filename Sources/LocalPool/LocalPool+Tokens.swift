import Foundation
import SecureRemotePassword
import Timestamps

// Tokens, the machines that they are for, and the way out.

extension LocalPool {
    /// Those of a sign-in.
    ///
    /// - Throws: when signing fails.
    func tokens(for user: PoolUser, device: String?) async throws -> PoolAnswer.Result {
        let minted = try await mint.mint(for: user)
        var (device, metadata): (String?, PoolAnswer.Result.Device?) = (device, nil)
        if settings.remembersDevices, device == nil {
            let (key, group) = ("\(settings.poolName)_\(UUID().uuidString.lowercased())", "-" + Self.random(6))
            users[user.subject]?.devices[key] = .init(groupKey: group)
            (device, metadata) = (key, .init(key: key, groupKey: group))
        }
        return .init(
            accessToken: minted.access, idToken: minted.identity,
            refreshToken: newRefreshToken(user.subject, settings.remembersDevices ? device : nil),
            expiresIn: minted.lifetime, newDevice: metadata)
    }

    /// A refresh token for somebody whom this pool's owner lets in.
    public func refreshToken(for subject: String) -> String { newRefreshToken(subject, nil) }

    private func newRefreshToken(_ subject: String, _ device: String?) -> String {
        let token = Self.random(48)
        let time = now()
        refreshTokens = refreshTokens.filter { $0.value.ends > time }
        refreshTokens[Self.hash(token)] = RefreshToken(
            subject: subject, device: device, ends: time.advanced(bySeconds: settings.refreshLifetime))
        return token
    }

    func refresh(_ given: [String: String]) async throws -> PoolAnswer {
        let key = Self.hash(given["REFRESH_TOKEN"] ?? "")
        guard let known = refreshTokens[key], let user = users[known.subject] else { throw PoolFault.badRefresh }
        guard !known.isRevoked else { throw PoolFault.revoked }
        guard known.ends > now() else {
            throw PoolFault(type: "NotAuthorizedException", message: "Refresh Token has expired")
        }
        try check(client: settings.clientID, secretHash: given["SECRET_HASH"], of: user.subject)
        guard known.device == nil || known.device == given["DEVICE_KEY"] else { throw PoolFault.badRefresh }
        if let graceEnds = known.graceEnds, graceEnds <= now() { throw PoolFault.badRefresh }
        let minted = try await mint.mint(for: user)
        var result = PoolAnswer.Result(
            accessToken: minted.access, idToken: minted.identity, expiresIn: minted.lifetime)
        if settings.rotates {
            if known.graceEnds == nil {
                refreshTokens[key]?.graceEnds = now().advanced(bySeconds: settings.grace)
            }
            let next = newRefreshToken(known.subject, known.device)
            families[Self.hash(next)] = families[key] ?? key
            result.refreshToken = next
        }
        return PoolAnswer(result: result)
    }

    private func owner(_ token: String?) async throws -> PoolUser {
        guard let token, let owner = await mint.owner(ofAccess: token), let user = users[owner.subject] else {
            throw PoolFault.badAccess
        }
        // Issued in the same second as all were signed out, it is taken for one of before.
        if let out = user.signedOutAt, owner.issued <= out.seconds {
            throw PoolFault(type: "NotAuthorizedException", message: "Access Token has been revoked")
        }
        return user
    }

    func user(_ call: PoolCall) async throws -> PoolAnswer {
        let user = try await owner(call.accessToken)
        let attributes = user.attributes.merging(["sub": user.subject]) { $1 }.sorted { $0.key < $1.key }
        return PoolAnswer(
            username: user.subject, userAttributes: attributes.map { .init(name: $0.key, value: $0.value) })
    }

    // MARK: Machines

    func challengeDevice(_ user: PoolUser, _ given: [String: String]) throws -> PoolAnswer {
        guard let key = given["DEVICE_KEY"], let verifier = user.devices[key]?.verifier else {
            throw PoolFault(type: "ResourceNotFoundException", message: "Device does not exist.")
        }
        let exchange: SRPServerExchange
        do {
            exchange = try SRPServerExchange(verifier, clientValue: given["SRP_A"] ?? "")
        } catch {
            throw PoolFault.parameter("\(error)")
        }
        let block = Self.random(64)
        let session = Session(
            subject: user.subject, ends: sessionEnd, challenge: .devicePassword(exchange, block: block, key: key),
            device: key)
        return PoolAnswer(
            challengeName: "DEVICE_PASSWORD_VERIFIER",
            challengeParameters: [
                "DEVICE_KEY": key, "USERNAME": user.subject, "SALT": exchange.salt, "SRP_B": exchange.serverValue,
                "SECRET_BLOCK": block,
            ], session: begin(session))
    }

    func confirmDevice(_ call: PoolCall) async throws -> PoolAnswer {
        let user = try await owner(call.accessToken)
        guard let key = call.deviceKey, user.devices[key] != nil, let secret = call.deviceSecret else {
            throw PoolFault(type: "ResourceNotFoundException", message: "Device does not exist.")
        }
        do {
            users[user.subject]?.devices[key]?.verifier = try SRPVerifier(
                deviceSalt: secret.salt, devicePasswordVerifier: secret.passwordVerifier)
        } catch {
            throw PoolFault.parameter("\(error)")
        }
        return PoolAnswer(needsConfirmation: false)
    }

    // MARK: Out

    func revoke(_ call: PoolCall) throws -> PoolAnswer {
        guard call.clientID == settings.clientID, call.clientSecret == settings.clientSecret else {
            throw PoolFault.badClient
        }
        // Whoever revokes what is none is not told so.
        let key = Self.hash(call.token ?? "")
        let family = families[key] ?? key
        for other in refreshTokens.keys where other == key || other == family || families[other] == family {
            refreshTokens[other]?.isRevoked = true
        }
        return PoolAnswer()
    }

    func signOutEverywhere(_ call: PoolCall) async throws -> PoolAnswer {
        let user = try await owner(call.accessToken)
        users[user.subject]?.signedOutAt = now()
        for key in refreshTokens.keys where refreshTokens[key]?.subject == user.subject {
            refreshTokens[key]?.isRevoked = true
        }
        return PoolAnswer()
    }
}
