/// A Cruddur user as `public.users` has it.
public struct User: Hashable, Sendable {
    public let uuid: String
    public let displayName: String
    public let email: String
    public let handle: String
    /// The `sub` of this user's tokens.
    public let cognitoUserID: String

    public init(uuid: String, displayName: String, email: String, handle: String, cognitoUserID: String) {
        self.uuid = uuid
        self.displayName = displayName
        self.email = email
        self.handle = handle
        self.cognitoUserID = cognitoUserID
    }
}

/// Who there is. Answers `nil` for nobody, throws only when it cannot be asked.
public protocol UserDirectory: Sendable {
    func user(handle: String) async throws -> User?
    func user(cognitoUserID: String) async throws -> User?
}

/// A directory that operators work on.
public protocol UserRegistry: UserDirectory {
    func user(uuid: String) async throws -> User?

    /// Every user, the oldest first. A handle may be there twice.
    func all() async throws -> [User]

    /// Gives users other Cognito ids, by handle: all of them or none.
    func setCognitoUserIDs(_ identifiers: [String: String]) async throws
}

extension StringProtocol {
    /// C's texts end at U+0000, so databases cut them there: another name would come of it.
    package var holdsNUL: Bool { utf8.contains(0) }
}

/// Something that a request needs cannot be asked at present: the same request may go well later.
public protocol UnavailableError: Error {}
