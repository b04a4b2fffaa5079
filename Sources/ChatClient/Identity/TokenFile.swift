import Crypto
import Foundation

/// The tokens that were got since the configuration was written, kept for the next start. The
/// configuration itself is never written; and who puts another refresh token into it is obeyed: what is
/// kept then came from another one, and does not count.
struct TokenFile: Sendable {
    struct Tokens: Codable, Equatable {
        let access: String
        let identity: String?
        let refresh: String?

        enum CodingKeys: String, CodingKey {
            case access = "access_token"
            case identity = "id_token"
            case refresh = "refresh_token"
        }
    }

    private struct Content: Codable {
        /// Of which configured refresh token they are the successors: its hash.
        let from: String
        let tokens: Tokens
    }

    let path: String
    private let origin: String

    /// - Parameter refreshToken: the configured one.
    init(path: String, successorsOf refreshToken: String) {
        self.path = path
        origin = SHA256.hash(data: Data(refreshToken.utf8)).map {
            String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
        }
        .joined()
    }

    /// The successors of the configured tokens, if there are any.
    func read() -> Tokens? {
        guard let data = try? FileContent.read(path, limit: 1 << 18),
            let content = try? JSONDecoder().decode(Content.self, from: data), content.from == origin,
            Token.trimmed(content.tokens.access) == content.tokens.access
        else { return nil }
        return content.tokens
    }

    /// Whole or not at all, and never readable by others.
    ///
    /// - Throws: `POSIXError`.
    func write(_ tokens: Tokens) throws {
        try PrivateFile.write(try JSONEncoder().encode(Content(from: origin, tokens: tokens)), to: path)
    }

    /// Held by one program at a time, while it gets new tokens.
    enum Lock {
        case held(FileLock)
        case busy
        /// There can be no such lock: nothing can be kept here.
        case impossible
    }

    func lock() -> Lock {
        let folder = (path as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        guard access(folder, W_OK) == 0 else { return .impossible }
        return FileLock(path: path + ".lock").map { .held($0) } ?? .busy
    }
}
