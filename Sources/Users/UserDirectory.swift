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

/// Who there is. Answers `nil` for nobody, throws only when it cannot be asked, or `SharedIdentity`.
public protocol UserDirectory: Sendable {
    func user(handle: String) async throws -> User?
    func user(cognitoUserID: String) async throws -> User?

    /// Those whose handle, name or a word of it begins so, whatever the case: first by the handle, at most `limit`.
    func users(beginning text: String, limit: Int) async throws -> [User]
}

/// A directory that operators work on.
public protocol UserRegistry: UserDirectory {
    func user(uuid: String) async throws -> User?

    /// Every user, the oldest first. A handle may be there twice.
    func all() async throws -> [User]

    /// At most `limit` users in the order of their uuids, those behind `uuid`; for who does not hold them all.
    func users(after uuid: String?, limit: Int) async throws -> [User]

    /// Gives users other Cognito ids: all of them or none. An id is one user's afterwards.
    ///
    /// - Throws: `SharedIdentity` if two users would hold one of these ids.
    func setCognitoUserIDs(_ changes: IdentityChanges) async throws

    /// Ids that more than one user holds, but for those that stand for none yet.
    func sharedIdentities() async throws -> [SharedIdentity]

    /// What else the directory's database keeps of a user, and of whom it is: rows of whatever table names them.
    func records(of uuid: String) async throws -> [UserRecords]

    /// Removes a user, and what `records(of:)` finds.
    func remove(_ uuid: String) async throws
}

/// Who is to have which Cognito id.
public struct IdentityChanges: Hashable, Sendable {
    /// By handle.
    public var given: [String: String]
    /// The uuids of those who are to have none any more.
    public var taken: [String]

    public init(given: [String: String], taken: [String] = []) {
        self.given = given
        self.taken = taken
    }
}

/// The rows of one table that are about one user.
public struct UserRecords: Sendable {
    /// `public.activities`
    public let table: String
    /// By column; `nil` where there is nothing.
    public let rows: [[String: String?]]

    public init(table: String, rows: [[String: String?]]) {
        self.table = table
        self.rows = rows
    }
}

/// One Cognito id that several users hold: nobody can say whose it is, and what one of them writes would go out in
/// another's name.
public struct SharedIdentity: Error, Hashable, CustomStringConvertible {
    public let cognitoUserID: String
    public let handles: [String]

    public init(cognitoUserID: String, handles: [String]) {
        self.cognitoUserID = cognitoUserID
        self.handles = handles
    }

    public var description: String {
        let holders = handles.map { "@\($0)" }.joined(separator: " and ")
        return
            "\(holders) hold one Cognito id, \(cognitoUserID); cruddur-ops update-cognito-user-ids --take-over mends it"
    }
}

extension User {
    /// What stands for "none yet" in the seed's database.
    public static let noCognitoUserID = "MOCK"

    /// For a user who has none: no token has it, and no two users.
    public static func noCognitoUserID(of uuid: String) -> String { "none-\(uuid)" }
}

extension User {
    /// Whether the handle, the name or a word of it begins with `text`, whatever the case.
    package func begins(with text: String) -> Bool {
        let wanted = text.lowercased()
        return handle.lowercased().hasPrefix(wanted) || displayName.lowercased().hasPrefix(wanted)
            || displayName.lowercased().split(separator: " ").contains { $0.hasPrefix(wanted) }
    }
}

extension StringProtocol {
    /// C's texts end at U+0000, so databases cut them there: another name would come of it.
    package var holdsNUL: Bool { utf8.withContiguousStorageIfAvailable { $0.contains(0) } ?? utf8.contains(0) }
}

/// Something that a request needs cannot be asked at present: the same request may go well later.
public protocol UnavailableError: Error {}
