import Foundation

/// What a client asks a pool, whichever call it is. Source: Amazon Cognito Identity Provider API.
struct PoolCall: Decodable, Sendable {
    struct Attribute: Codable, Sendable {
        let name: String
        let value: String

        enum CodingKeys: String, CodingKey {
            case name = "Name"
            case value = "Value"
        }
    }

    struct DeviceSecret: Decodable, Sendable {
        let salt: String
        let passwordVerifier: String

        enum CodingKeys: String, CodingKey {
            case salt = "Salt"
            case passwordVerifier = "PasswordVerifier"
        }
    }

    let clientID: String?
    let secretHash: String?
    let username: String?
    let password: String?
    let confirmationCode: String?
    let userAttributes: [Attribute]?
    let authFlow: String?
    let authParameters: [String: String]?
    let challengeName: String?
    let challengeResponses: [String: String]?
    let session: String?
    let userCode: String?
    let accessToken: String?
    let token: String?
    let clientSecret: String?
    let deviceKey: String?
    let deviceSecret: DeviceSecret?

    enum CodingKeys: String, CodingKey {
        case clientID = "ClientId"
        case secretHash = "SecretHash"
        case username = "Username"
        case password = "Password"
        case confirmationCode = "ConfirmationCode"
        case userAttributes = "UserAttributes"
        case authFlow = "AuthFlow"
        case authParameters = "AuthParameters"
        case challengeName = "ChallengeName"
        case challengeResponses = "ChallengeResponses"
        case session = "Session"
        case userCode = "UserCode"
        case accessToken = "AccessToken"
        case token = "Token"
        case clientSecret = "ClientSecret"
        case deviceKey = "DeviceKey"
        case deviceSecret = "DeviceSecretVerifierConfig"
    }
}

/// What it answers; what is not there is left out.
struct PoolAnswer: Encodable, Sendable {
    struct Delivery: Encodable, Sendable {
        var attribute = "email"
        var medium = "EMAIL"
        let destination: String

        enum CodingKeys: String, CodingKey {
            case attribute = "AttributeName"
            case medium = "DeliveryMedium"
            case destination = "Destination"
        }
    }

    struct Result: Encodable, Sendable {
        struct Device: Encodable, Sendable {
            let key: String
            let groupKey: String

            enum CodingKeys: String, CodingKey {
                case key = "DeviceKey"
                case groupKey = "DeviceGroupKey"
            }
        }

        let accessToken: String
        let idToken: String
        var refreshToken: String?
        let expiresIn: Int
        var tokenType = "Bearer"
        var newDevice: Device?

        enum CodingKeys: String, CodingKey {
            case accessToken = "AccessToken"
            case idToken = "IdToken"
            case refreshToken = "RefreshToken"
            case expiresIn = "ExpiresIn"
            case tokenType = "TokenType"
            case newDevice = "NewDeviceMetadata"
        }
    }

    var userConfirmed: Bool?
    var userSub: String?
    var delivery: Delivery?
    var result: Result?
    var challengeName: String?
    var challengeParameters: [String: String]?
    var session: String?
    var secretCode: String?
    var status: String?
    var username: String?
    var userAttributes: [PoolCall.Attribute]?
    var needsConfirmation: Bool?

    enum CodingKeys: String, CodingKey {
        case userConfirmed = "UserConfirmed"
        case userSub = "UserSub"
        case delivery = "CodeDeliveryDetails"
        case result = "AuthenticationResult"
        case challengeName = "ChallengeName"
        case challengeParameters = "ChallengeParameters"
        case session = "Session"
        case secretCode = "SecretCode"
        case status = "Status"
        case username = "Username"
        case userAttributes = "UserAttributes"
        case needsConfirmation = "UserConfirmationNecessary"
    }
}
