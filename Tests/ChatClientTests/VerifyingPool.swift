import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import SecureRemotePassword
import TestSupport

@testable import ChatClient

/// A user pool that verifies what it is told: one user, whom it calls by another name than the person types.
actor VerifyingPool {
    static let poolName = "a1B2c3D4e"
    static let name = "6c1f0d1e-0000-4000-8000-000000000000"

    private let verifier = SRPVerifier(poolName: poolName, userIDForSRP: name, password: "Passw0rd!")
    private let secret: String?
    /// The challenges that come after the password, in their order.
    private var rest: [(name: String, parameters: [String: String])]
    private var exchange: SRPServerExchange?
    private var session = 0
    /// Every call, by its action.
    private(set) var calls: [String] = []
    /// Of the last sign-up.
    private(set) var attributes: [String: String] = [:]
    private(set) var responses: [[String: String]] = []

    init(secret: String? = nil, then rest: [(String, [String: String])] = []) {
        self.secret = secret
        self.rest = rest.map { ($0.0, $0.1) }
    }

    func answer(_ action: String, _ body: Data) throws -> Response {
        calls.append(action)
        let call = try JSONSerialization.jsonObject(with: body) as? [String: Any] ?? [:]
        guard call["ClientId"] as? String == "client" || action.hasSuffix("SoftwareToken") || action == "GlobalSignOut"
        else { return Self.fault("ResourceNotFoundException", "User pool client x does not exist.") }
        let given = (call["AuthParameters"] ?? call["ChallengeResponses"]) as? [String: String] ?? [:]
        responses.append(given)
        if let secret, let user = given["USERNAME"],
            given["SECRET_HASH"] != secretHash(username: user, clientID: "client", clientSecret: secret)
        {
            return Self.fault(
                "NotAuthorizedException", "Client client is configured with secret but SECRET_HASH was not received")
        }
        switch action {
        case "InitiateAuth": return try begin(call["AuthFlow"] as? String ?? "", given)
        case "RespondToAuthChallenge":
            guard call["Session"] as? String == "s\(session)" else {
                return Self.fault("NotAuthorizedException", "Invalid session for the user.")
            }
            return respond(call["ChallengeName"] as? String ?? "", given)
        case "AssociateSoftwareToken":
            session += 1
            return Self.json(["SecretCode": "JBSWY3DPEHPK3PXP", "Session": "s\(session)"])
        case "VerifySoftwareToken":
            guard call["UserCode"] as? String == "123456" else {
                return Self.fault("EnableSoftwareTokenMFAException", "Code mismatch")
            }
            session += 1
            return Self.json(["Status": "SUCCESS", "Session": "s\(session)"])
        case "RevokeToken": return Self.json([:])
        case "SignUp", "ConfirmSignUp", "ResendConfirmationCode", "ForgotPassword", "ConfirmForgotPassword":
            return account(action, call)
        default: return Self.fault("InvalidAction", action)
        }
    }

    private func account(_ action: String, _ call: [String: Any]) -> Response {
        let user = call["Username"] as? String ?? ""
        if let secret,
            call["SecretHash"] as? String != secretHash(username: user, clientID: "client", clientSecret: secret)
        {
            return Self.fault("NotAuthorizedException", "Unable to verify secret hash for client client")
        }
        if let code = call["ConfirmationCode"] as? String, code != "123456" {
            return code == "old"
                ? Self.fault("ExpiredCodeException", "Invalid code provided, please request a code again.")
                : Self.fault("CodeMismatchException", "Invalid verification code provided, please try again.")
        }
        if let password = call["Password"] as? String, password.count < 8 {
            return Self.fault("InvalidPasswordException", "Password did not conform with policy: not long enough")
        }
        guard action != "SignUp" || user != "ada@cruddur.example" else {
            return Self.fault("UsernameExistsException", "User already exists")
        }
        if let given = call["UserAttributes"] as? [[String: String]] {
            attributes = Dictionary(uniqueKeysWithValues: given.map { ($0["Name"] ?? "", $0["Value"] ?? "") })
        }
        let sent: [String: Any] = [
            "CodeDeliveryDetails": [
                "AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": "g***@c***",
            ]
        ]
        return Self.json(action.hasPrefix("Confirm") ? [:] : sent)
    }

    private func begin(_ flow: String, _ given: [String: String]) throws -> Response {
        guard given["USERNAME"] == "ada@cruddur.example" else {
            return Self.fault("UserNotFoundException", "User does not exist.")
        }
        if flow == "USER_PASSWORD_AUTH" {
            return given["PASSWORD"] == "Passw0rd!" ? next() : Self.wrongPassword
        }
        let exchange = try SRPServerExchange(verifier, clientValue: given["SRP_A"] ?? "")
        self.exchange = exchange
        session += 1
        return Self.json([
            "ChallengeName": "PASSWORD_VERIFIER", "Session": "s\(session)",
            "ChallengeParameters": [
                "USER_ID_FOR_SRP": Self.name, "SALT": exchange.salt, "SRP_B": exchange.serverValue,
                "SECRET_BLOCK": "AAEC",
            ],
        ])
    }

    private func respond(_ name: String, _ given: [String: String]) -> Response {
        guard given["USERNAME"] == Self.name else { return Self.fault("NotAuthorizedException", "another user") }
        switch name {
        case "PASSWORD_VERIFIER":
            let isProved = exchange?.accepts(
                given["PASSWORD_CLAIM_SIGNATURE"] ?? "", poolName: Self.poolName, userIDForSRP: Self.name,
                secretBlock: given["PASSWORD_CLAIM_SECRET_BLOCK"] ?? "", timestamp: given["TIMESTAMP"] ?? "")
            return isProved == true ? next() : Self.wrongPassword
        case "NEW_PASSWORD_REQUIRED":
            guard given["NEW_PASSWORD"] == "N3w-Passw0rd!", given["userAttributes.name"] == "Ada" else {
                return Self.fault("InvalidPasswordException", "Password does not conform to policy")
            }
            return next()
        case "SELECT_MFA_TYPE":
            rest.insert((given["ANSWER"] ?? "", [:]), at: 0)
            return next()
        case "MFA_SETUP": return next()
        default:
            guard given[name + "_CODE"] == "123456" else {
                return Self.fault("CodeMismatchException", "Invalid code")
            }
            return next()
        }
    }

    private func next() -> Response {
        session += 1
        guard let challenge = rest.first else {
            return Self.json([
                "AuthenticationResult": ["AccessToken": "access", "IdToken": "identity", "RefreshToken": "refresh"],
                "ChallengeParameters": [String: String](),
            ])
        }
        rest.removeFirst()
        return Self.json([
            "ChallengeName": challenge.name, "Session": "s\(session)",
            "ChallengeParameters": challenge.parameters.merging(["USER_ID_FOR_SRP": Self.name]) { $1 },
        ])
    }

    /// Its front door, as HTTP.
    nonisolated func serve(_ body: (String) async throws -> Void) async throws {
        let router = Router()
        router.post("/") { request, _ in
            let target = request.headers[HTTPField.Name("X-Amz-Target")!] ?? ""
            return try await self.answer(
                String(target.split(separator: ".").last ?? ""),
                Data(try await request.body.collect(upTo: 1 << 16).readableBytesView))
        }
        try await LoopbackServer.run(router, body)
    }

    /// Who is told where the pool is, and no more.
    static func configuration(_ url: String, _ more: [String: String] = [:]) throws -> ClientConfiguration {
        try .load(
            flags: [
                "backend_url": "https://api.example", "cognito.endpoint": url, "cognito.client_id": "client",
                "cognito.user_pool_id": "us-east-1_" + poolName,
            ].merging(more) { $1 }, tokens: .optional, environment: ["HOME": "/nowhere"])
    }

    private static var wrongPassword: Response {
        fault("NotAuthorizedException", "Incorrect username or password.")
    }

    private static func fault(_ type: String, _ message: String) -> Response {
        json(["__type": "com.amazonaws#" + type, "message": message], status: .badRequest)
    }

    private static func json(_ value: [String: Any], status: HTTPResponse.Status = .ok) -> Response {
        let data = (try? JSONSerialization.data(withJSONObject: value)) ?? Data()
        return Response(status: status, body: .init(byteBuffer: ByteBuffer(bytes: data)))
    }
}
