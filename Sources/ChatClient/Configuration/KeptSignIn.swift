import Crypto
import Foundation

/// The file in which a sign-in is kept: `sign-ins/NAME.json` in the XDG state folder, one for each backend and profile,
/// 0600 in 0700, replaced at one moment.
///
/// It stands in for the tokens of the configuration that were there when it was written. Who puts others there since is
/// obeyed.
public struct KeptSignIn: Sendable, Equatable {
    private struct Content: Codable {
        let backend: String
        /// The hash of the configured tokens that it stands in for.
        let insteadOf: String
        /// Whose sign-in it is.
        let handle: String?
        let accessToken: String
        let idToken: String?
        let refreshToken: String?

        enum CodingKeys: String, CodingKey {
            case backend, handle
            case insteadOf = "instead_of"
            case accessToken = "access_token"
            case idToken = "id_token"
            case refreshToken = "refresh_token"
        }
    }

    public let path: String
    private let backend: String
    private let insteadOf: String

    /// - Parameters:
    ///   - access: as configured.
    ///   - refresh: as configured.
    init(in folders: XDGFolders, profile: String?, backend: BackendURL, insteadOf access: String?, _ refresh: String?) {
        // Neither a profile nor a URL holds a line end.
        let name = Self.hash("\(profile ?? "")\n\(backend)").prefix(32)
        path = "\(folders.state)/sign-ins/\(name).json"
        self.backend = backend.description
        insteadOf = Self.hash("\(access ?? "")\n\(refresh ?? "")")
    }

    /// `nil`: nobody has signed in here, or the configuration has other tokens since.
    func tokens() -> ClientConfiguration.Tokens? { read()?.tokens }

    /// - Returns: with the tokens, whose they are, where that was to be known.
    func read() -> (tokens: ClientConfiguration.Tokens, handle: String?)? {
        guard let data = try? FileContent.read(path, limit: 1 << 18),
            let content = try? JSONDecoder().decode(Content.self, from: data),
            content.backend == backend, content.insteadOf == insteadOf,
            Token.trimmed(content.accessToken) == content.accessToken
        else { return nil }
        let tokens = ClientConfiguration.Tokens(
            access: content.accessToken, identity: content.idToken, refresh: content.refreshToken)
        return (tokens, content.handle)
    }

    public var exists: Bool { tokens() != nil }

    /// - Parameter handle: whose they are, if that is known.
    /// - Throws: `ConfigurationError.unwritable`.
    public func write(_ tokens: ClientConfiguration.Tokens, of handle: String?) throws(ConfigurationError) {
        let content = Content(
            backend: backend, insteadOf: insteadOf, handle: handle, accessToken: tokens.access,
            idToken: tokens.identity,
            refreshToken: tokens.refresh)
        do {
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            try PrivateFile.write(JSONEncoder().encode(content), to: path)
        } catch {
            throw .unwritable(path: path, reason: (error as NSError).localizedDescription)
        }
    }

    /// - Returns: whether there was one.
    /// - Throws: `ConfigurationError.unwritable`.
    @discardableResult
    public func remove() throws(ConfigurationError) -> Bool {
        guard unlink(path) != 0 else { return true }
        guard errno == ENOENT else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
        return false
    }

    private static func hash(_ text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
