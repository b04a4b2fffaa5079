import Foundation
import HTTPExchange
import SecureRemotePassword
import Timestamps

/// The way in, a step at a time: what is asked for, an answer, the next step.
///
///     let signIn = SignIn(configuration)
///     var step = try await signIn.begin("ada@cruddur.example", password: password, by: .srp)
///     while true {
///         switch step { case .code: step = try await signIn.answer(code) ... }
///     }
///     await signIn.close()
///
/// A wrong answer (`SignInError.isWrongAnswer`) leaves it where it is.
/// Source: Amazon Cognito Identity Provider API, InitiateAuth and RespondToAuthChallenge.
public actor SignIn {
    private let http: HTTPConnector
    private let cognito: CognitoClient
    private let time: any TimeSource
    private var username = ""
    /// What the person typed; the pool may know them by another name.
    public private(set) var typedName = ""
    private var asked: Asked?
    private var proof: SRPClient?
    /// What the pool remembers this machine by, and for whom.
    private var device: (key: ClientConfiguration.Device, of: String)?

    /// The challenge that waits for an answer.
    private struct Asked {
        let name: String
        var session: String?
    }

    public init(_ configuration: ClientConfiguration, time: any TimeSource = SystemTime()) {
        http = HTTPConnector(network: configuration.network, time: time)
        cognito = CognitoClient(http: http, configuration: configuration.cognito)
        if let key = configuration.tokens.device, let name = configuration.signInName { device = (key, name) }
        self.time = time
    }

    /// To be called once, at the end.
    public func close() async { await http.shutdown() }

    // MARK: Steps

    /// - Parameter name: the e-mail address, or whatever the pool knows users by.
    /// - Throws: `SignInError`; `CancellationError`.
    public func begin(_ name: String, password: String, by flow: SignInFlow = .srp) async throws -> SignInStep {
        do {
            return try await beginOnce(name, password, flow)
        } catch SignInError.refused("ResourceNotFoundException", let message) where message.contains("Device") {
            // The pool has forgotten this machine.
            device = nil
            return try await beginOnce(name, password, flow)
        }
    }

    private func beginOnce(_ name: String, _ password: String, _ flow: SignInFlow) async throws -> SignInStep {
        (username, typedName, asked) = (name, name, nil)
        var parameters = ["USERNAME": name]
        parameters["SECRET_HASH"] = cognito.hash(of: name)
        parameters["DEVICE_KEY"] = knownDevice?.key
        switch flow {
        case .password:
            parameters["PASSWORD"] = password
            return try await step(initiate("USER_PASSWORD_AUTH", parameters).value)
        case .srp:
            guard cognito.poolName != nil else {
                throw SignInError.missing(setting: Settings.userPoolID.name)
            }
            let client = SRPClient()
            proof = client
            parameters["SRP_A"] = client.publicValue
            let (answer, offset) = try await initiate("USER_SRP_AUTH", parameters)
            guard answer.challengeName == "PASSWORD_VERIFIER" else { return try await step(answer) }
            return try await step(prove(password, client, answer, offset))
        }
    }

    /// The code, the new password, or the name of the chosen method.
    ///
    /// - Parameter attributes: what the pool wants to know besides a new password.
    /// - Throws: `SignInError`; `CancellationError`.
    public func answer(_ text: String, attributes: [String: String] = [:]) async throws -> SignInStep {
        guard let asked else { throw SignInError.outOfTurn }
        switch asked.name {
        case "NEW_PASSWORD_REQUIRED":
            var responses = ["NEW_PASSWORD": text]
            for (name, value) in attributes { responses["userAttributes." + name] = value }
            return try await respond(asked, responses)
        case "SELECT_MFA_TYPE": return try await respond(asked, ["ANSWER": text])
        case "MFA_SETUP": return try await confirmAuthenticator(asked, text)
        default:
            guard let method = SignInMethod(rawValue: asked.name) else { throw SignInError.outOfTurn }
            return try await respond(asked, [method.response: text])
        }
    }

    /// Whose tokens they are: as the id token says, else as Cognito does. `nil`: neither does.
    public func handle(of tokens: ClientConfiguration.Tokens) async -> String? {
        if let handle = tokens.identity.flatMap(TokenClaims.init(unverified:))?.handle { return handle }
        return try? await cognito.handle(accessToken: tokens.access)
    }

    private func step(_ answer: Answer) async throws -> SignInStep {
        if let result = answer.authenticationResult {
            asked = nil
            guard Token.trimmed(result.accessToken) == result.accessToken else {
                throw SignInError.notAnswered(.unexpectedAnswer("AccessToken"))
            }
            let tokens = ClientConfiguration.Tokens(
                access: result.accessToken, identity: result.idToken, refresh: result.refreshToken)
            return .signedIn(await remembered(tokens, by: result.newDeviceMetadata))
        }
        guard let name = answer.challengeName else { throw SignInError.notAnswered(.unexpectedAnswer("no challenge")) }
        let parameters = answer.challengeParameters ?? [:]
        let challenge = Asked(name: name, session: answer.session)
        if let user = parameters["USER_ID_FOR_SRP"] { username = user }
        switch name {
        case "DEVICE_SRP_AUTH": return try await step(proveDevice(challenge))
        case "NEW_PASSWORD_REQUIRED":
            asked = challenge
            let prefix = "userAttributes."
            return .newPassword(
                attributes: Self.list(parameters["requiredAttributes"]).map {
                    $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0
                })
        case "SELECT_MFA_TYPE":
            let methods = Self.list(parameters["MFAS_CAN_CHOOSE"]).compactMap(SignInMethod.init)
            guard !methods.isEmpty else { throw SignInError.unknownChallenge(name) }
            asked = challenge
            return .choice(methods)
        case "MFA_SETUP": return try await setUpAuthenticator(challenge)
        default:
            guard let method = SignInMethod(rawValue: name) else { throw SignInError.unknownChallenge(name) }
            asked = challenge
            return .code(method, destination: parameters["CODE_DELIVERY_DESTINATION"])
        }
    }

    /// A JSON array in a text: `["SMS_MFA","SOFTWARE_TOKEN_MFA"]`.
    private static func list(_ text: String?) -> [String] {
        (try? JSONDecoder().decode([String].self, from: Data((text ?? "[]").utf8))) ?? []
    }

    // MARK: The password

    private func prove(
        _ password: String, _ client: SRPClient, _ challenge: Answer, _ offset: Double
    ) async throws -> Answer {
        let parameters = challenge.challengeParameters ?? [:]
        guard let salt = parameters["SALT"], let value = parameters["SRP_B"], let block = parameters["SECRET_BLOCK"]
        else { throw SignInError.badChallenge("it lacks SALT, SRP_B or SECRET_BLOCK") }
        // The name of the proof is the one that the challenge tells.
        let user = parameters["USER_ID_FOR_SRP"] ?? username
        username = parameters["USERNAME"] ?? user
        let timestamp = SRPClient.timestamp(time.now().advanced(bySeconds: offset))
        let claim: String
        do {
            claim = try client.claim(
                poolName: cognito.poolName ?? "", userIDForSRP: user, password: password, salt: salt,
                serverValue: value, secretBlock: block, timestamp: timestamp)
        } catch {
            throw SignInError.badChallenge("\(error)")
        }
        return try await call(
            Asked(name: "PASSWORD_VERIFIER", session: challenge.session),
            ["PASSWORD_CLAIM_SIGNATURE": claim, "PASSWORD_CLAIM_SECRET_BLOCK": block, "TIMESTAMP": timestamp])
    }

    // MARK: This machine

    private var knownDevice: ClientConfiguration.Device? {
        device.flatMap { $0.of == typedName && !$0.key.password.isEmpty ? $0.key : nil }
    }

    /// Who signs in from a machine that the pool remembers proves the machine's own password as well.
    private func proveDevice(_ challenge: Asked) async throws -> Answer {
        guard let device = knownDevice else { throw SignInError.unknownChallenge(challenge.name) }
        let client = proof ?? SRPClient()
        let (answer, offset) = try await answered(
            challenge, ["SRP_A": client.publicValue, "DEVICE_KEY": device.key])
        let parameters = answer.challengeParameters ?? [:]
        guard answer.challengeName == "DEVICE_PASSWORD_VERIFIER", let salt = parameters["SALT"],
            let value = parameters["SRP_B"], let block = parameters["SECRET_BLOCK"]
        else { throw SignInError.badChallenge("it lacks SALT, SRP_B or SECRET_BLOCK of the device") }
        let timestamp = SRPClient.timestamp(time.now().advanced(bySeconds: offset))
        let claim: String
        do {
            claim = try client.deviceClaim(
                deviceGroupKey: device.groupKey, deviceKey: device.key, devicePassword: device.password, salt: salt,
                serverValue: value, secretBlock: block, timestamp: timestamp)
        } catch {
            throw SignInError.badChallenge("\(error)")
        }
        return try await call(
            Asked(name: "DEVICE_PASSWORD_VERIFIER", session: answer.session),
            [
                "PASSWORD_CLAIM_SIGNATURE": claim, "PASSWORD_CLAIM_SECRET_BLOCK": block, "TIMESTAMP": timestamp,
                "DEVICE_KEY": device.key,
            ])
    }

    /// A pool that remembers devices names this one; it is confirmed, or its refresh token would be good for nothing.
    private func remembered(
        _ tokens: ClientConfiguration.Tokens, by metadata: Answer.Result.Device?
    ) async -> ClientConfiguration.Tokens {
        struct Request: Encodable {
            struct Configuration: Encodable {
                let salt: String
                let passwordVerifier: String
            }
            let accessToken: String
            let deviceKey: String
            let deviceName = "cruddur"
            let deviceSecretVerifierConfig: Configuration
        }
        struct Confirmed: Decodable {}
        var tokens = tokens
        guard let key = metadata?.deviceKey, let group = metadata?.deviceGroupKey else {
            tokens.device = knownDevice
            return tokens
        }
        let verifier = DeviceVerifier(deviceGroupKey: group, deviceKey: key)
        let request = Request(
            accessToken: tokens.access, deviceKey: key,
            deviceSecretVerifierConfig: .init(salt: verifier.salt, passwordVerifier: verifier.passwordVerifier))
        let confirmed: (value: Confirmed, offset: Double)? = try? await ask("ConfirmDevice", request)
        // The refresh needs its key also where it could not be confirmed.
        tokens.device = .init(key: key, groupKey: group, password: confirmed == nil ? "" : verifier.password)
        return tokens
    }

    // MARK: A new authenticator

    private func setUpAuthenticator(_ challenge: Asked) async throws -> SignInStep {
        struct Request: Encodable { let session: String? }
        struct Secret: Decodable {
            let secretCode: String
            let session: String?
        }
        let secret: Secret = try await ask("AssociateSoftwareToken", Request(session: challenge.session)).value
        asked = Asked(name: challenge.name, session: secret.session)
        var uri = URLComponents()
        (uri.scheme, uri.host, uri.path) = ("otpauth", "totp", "/Cruddur:" + username)
        uri.queryItems = [
            URLQueryItem(name: "secret", value: secret.secretCode), URLQueryItem(name: "issuer", value: "Cruddur"),
        ]
        return .authenticator(secret: secret.secretCode, uri: uri.string ?? "")
    }

    private func confirmAuthenticator(_ challenge: Asked, _ code: String) async throws -> SignInStep {
        struct Request: Encodable {
            let session: String?
            let userCode: String
            let friendlyDeviceName = "cruddur"
        }
        struct Verified: Decodable {
            let status: String
            let session: String?
        }
        let verified: Verified = try await ask(
            "VerifySoftwareToken", Request(session: challenge.session, userCode: code)
        ).value
        guard verified.status == "SUCCESS" else {
            throw SignInError.refused(type: "CodeMismatchException", message: "")
        }
        return try await respond(Asked(name: challenge.name, session: verified.session), [:])
    }

    // MARK: Calls

    private struct Answer: Decodable {
        struct Result: Decodable {
            let accessToken: String
            let idToken: String?
            let refreshToken: String?
            let newDeviceMetadata: Device?

            struct Device: Decodable, Sendable {
                let deviceKey: String?
                let deviceGroupKey: String?
            }
        }
        let authenticationResult: Result?
        let challengeName: String?
        let challengeParameters: [String: String]?
        let session: String?
    }

    /// - Returns: with it, by how many seconds Cognito's clock is ahead of ours.
    private func initiate(
        _ flow: String, _ parameters: [String: String]
    ) async throws -> (value: Answer, offset: Double) {
        struct Request: Encodable {
            let authFlow: String
            let clientId: String
            let authParameters: [String: String]
        }
        return try await ask(
            "InitiateAuth",
            Request(authFlow: flow, clientId: try cognito.requiredClientID(), authParameters: parameters))
    }

    private func respond(_ challenge: Asked, _ responses: [String: String]) async throws -> SignInStep {
        try await step(call(challenge, responses))
    }

    private func call(_ challenge: Asked, _ responses: [String: String]) async throws -> Answer {
        try await answered(challenge, responses).value
    }

    private func answered(
        _ challenge: Asked, _ responses: [String: String]
    ) async throws -> (value: Answer, offset: Double) {
        struct Request: Encodable {
            let challengeName: String
            let clientId: String
            let session: String?
            let challengeResponses: [String: String]
        }
        var responses = responses
        responses["USERNAME"] = username
        responses["SECRET_HASH"] = cognito.hash(of: username)
        responses["DEVICE_KEY"] = responses["DEVICE_KEY"] ?? knownDevice?.key
        return try await ask(
            "RespondToAuthChallenge",
            Request(
                challengeName: challenge.name, clientId: try cognito.requiredClientID(), session: challenge.session,
                challengeResponses: responses))
    }

    private func ask<Value: Decodable>(
        _ action: String, _ request: some Encodable & Sendable
    ) async throws -> (value: Value, offset: Double) {
        let (value, date): (Value, String?) = try await cognito.ask(action, request)
        let now = time.now()
        let server = date.flatMap { Timestamp(httpDate: $0, now: now) } ?? now
        return (value, server.seconds(since: now))
    }
}
