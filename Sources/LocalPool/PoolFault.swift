/// What a call is refused with, as Cognito names it.
public struct PoolFault: Error, Equatable, Sendable {
    /// `NotAuthorizedException`
    public let type: String
    public let message: String

    static let wrongPassword = PoolFault(type: "NotAuthorizedException", message: "Incorrect username or password.")
    static let wrongCode = PoolFault(
        type: "CodeMismatchException", message: "Invalid verification code provided, please try again.")
    static let endedCode = PoolFault(
        type: "ExpiredCodeException", message: "Invalid code provided, please request a code again.")
    static let badSession = PoolFault(type: "NotAuthorizedException", message: "Invalid session for the user.")
    static let tooManyTries = PoolFault(type: "NotAuthorizedException", message: "Password attempts exceeded")
    static let unknownUser = PoolFault(type: "UserNotFoundException", message: "User does not exist.")
    static let badRefresh = PoolFault(type: "NotAuthorizedException", message: "Invalid Refresh Token")
    static let revoked = PoolFault(type: "NotAuthorizedException", message: "Refresh Token has been revoked")
    static let badAccess = PoolFault(type: "NotAuthorizedException", message: "Invalid Access Token")
    static let badClient = PoolFault(
        type: "ResourceNotFoundException", message: "User pool client does not exist.")

    static func parameter(_ message: String) -> PoolFault {
        PoolFault(type: "InvalidParameterException", message: message)
    }
}
