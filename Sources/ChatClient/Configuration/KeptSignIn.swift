import Crypto
import ExactText
import Foundation
import Timestamps

/// Where a sign-in is kept: `sign-ins/NAME.json` in the XDG state folder, one for each configuration file, profile and
/// backend, 0600 in 0700, replaced at one moment; or, if that is wanted, in the desktop's keyring, and the file says so.
///
/// It stands in for the tokens of the configuration that were there when it was written, also when they are taken out.
/// Who puts others there since is obeyed.
public struct KeptSignIn: Sendable, Equatable {
    /// Whose tokens they are to stand in for.
    struct Origin: Equatable {
        let configuration: String
        let profile: String?
        let backend: BackendURL
        /// As configured.
        let access: String?
        let refresh: String?
        /// They come from a variable or an option: another program may have others.
        let isPassing: Bool
    }

    /// What is kept.
    public struct Kept: Sendable, Equatable {
        public let tokens: ClientConfiguration.Tokens
        /// Whose they are, where that is known.
        public let handle: String?
        /// What was typed to sign in, for the next time.
        public let username: String?

        public init(tokens: ClientConfiguration.Tokens, handle: String?, username: String?) {
            (self.tokens, self.handle, self.username) = (tokens, handle, username)
        }
    }

    private struct Content: Codable {
        let backend: String
        /// The hash of the configured tokens that it stands in for.
        let insteadOf: String
        /// Whose sign-in it is.
        let handle: String?
        let username: String?
        /// `nil`: they are in the keyring.
        let accessToken: String?
        let idToken: String?
        let refreshToken: String?
        let device: ClientConfiguration.Device?

        enum CodingKeys: String, CodingKey {
            case backend, handle, username, device
            case insteadOf = "instead_of"
            case accessToken = "access_token"
            case idToken = "id_token"
            case refreshToken = "refresh_token"
        }
    }

    public let path: String
    private let backend: String
    private let insteadOf: String
    private let hasOthers: Bool
    private let keyring: Keyring
    private let isForKeyring: Bool

    /// - Parameter isForKeyring: whether what is written goes into the keyring.
    init(in folders: XDGFolders, _ origin: Origin, isForKeyring: Bool, environment: [String: String]) {
        insteadOf = Self.hash("\(origin.access ?? "")\n\(origin.refresh ?? "")")
        hasOthers = origin.access != nil || origin.refresh != nil
        // None of these holds a line end.
        var place = "\(origin.configuration)\n\(origin.profile ?? "")\n\(origin.backend)"
        if hasOthers, origin.isPassing { place += "\n\(insteadOf)" }
        let name = String(Self.hash(place).prefix(32))
        path = "\(folders.state)/sign-ins/\(name).json"
        backend = origin.backend.description
        keyring = Keyring(name: name, label: "Cruddur at \(origin.backend.host)", environment: environment)
        self.isForKeyring = isForKeyring
    }

    /// `nil`: nobody has signed in here, or the configuration has other tokens since.
    func read() -> Kept? {
        guard let data = try? FileContent.read(path, limit: 1 << 18),
            let content = try? JSONDecoder().decode(Content.self, from: data), content.backend == backend,
            content.insteadOf == insteadOf || !hasOthers
        else { return nil }
        guard content.accessToken == nil else { return Self.kept(content) }
        guard let secret = keyring.read(), let content = try? JSONDecoder().decode(Content.self, from: secret) else {
            return nil
        }
        return Self.kept(content)
    }

    private static func kept(_ content: Content) -> Kept? {
        guard let access = content.accessToken, Token.trimmed(access) == access else { return nil }
        return Kept(
            tokens: .init(
                access: access, identity: content.idToken, refresh: content.refreshToken, device: content.device),
            handle: content.handle, username: content.username)
    }

    public var exists: Bool { read() != nil }

    /// - Throws: `ConfigurationError.unwritable`.
    public func write(_ kept: Kept, time: any TimeSource = SystemTime()) async throws(ConfigurationError) {
        // Who refreshes meanwhile would write over it. Somebody who stands still holds nobody up for good.
        let lock = await patientLock(time)
        defer { lock?.release() }
        try writeAlone(kept)
    }

    /// For whoever has the lock.
    ///
    /// - Throws: `ConfigurationError.unwritable`.
    func writeAlone(_ kept: Kept) throws(ConfigurationError) {
        let content = Content(
            backend: backend, insteadOf: insteadOf, handle: kept.handle, username: kept.username,
            accessToken: kept.tokens.access, idToken: kept.tokens.identity, refreshToken: kept.tokens.refresh,
            device: kept.tokens.device)
        do {
            try makeFolder()
            sweep()
            guard isForKeyring else { return try PrivateFile.write(JSONEncoder().encode(content), to: path) }
            try keyring.write(JSONEncoder().encode(content))
            // That it changes is what tells others to look.
            let pointer = Content(
                backend: backend, insteadOf: insteadOf, handle: kept.handle, username: kept.username,
                accessToken: nil, idToken: nil, refreshToken: nil, device: nil)
            try PrivateFile.write(JSONEncoder().encode(pointer), to: path)
        } catch {
            let reason = (error as? Keyring.Fault)?.description ?? (error as NSError).localizedDescription
            throw .unwritable(path: path, reason: reason)
        }
    }

    /// What somebody was writing who was killed.
    private func sweep() {
        let (folder, name) = (folder, (path as NSString).lastPathComponent)
        for found in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        where found.hasPrefix(name + ".") && found.hasSuffix(".new") { unlink("\(folder)/\(found)") }
    }

    /// - Returns: whether there was one.
    /// - Throws: `ConfigurationError.unwritable`.
    @discardableResult
    public func remove() throws(ConfigurationError) -> Bool {
        if (try? FileContent.read(path, limit: 1 << 18)) != nil { keyring.clear() }
        guard unlink(path) != 0 else { return true }
        guard errno == ENOENT else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
        return false
    }

    // MARK: With others

    /// Held by one program at a time, while it gets new tokens.
    enum Lock {
        case held(FileLock)
        case busy
        /// There can be no such lock: nothing can be kept here.
        case impossible
    }

    func lock() -> Lock {
        try? makeFolder()
        guard access(folder, W_OK) == 0 else { return .impossible }
        return FileLock(path: path + ".lock").map { .held($0) } ?? .busy
    }

    private func patientLock(_ time: any TimeSource) async -> FileLock? {
        for _ in 0..<400 {
            switch lock() {
            case .held(let lock): return lock
            case .impossible: return nil
            case .busy: do { try await time.sleep(for: .milliseconds(50)) } catch { return nil }
            }
        }
        return nil
    }

    /// An element whenever it may have been written anew, or removed.
    func changes() -> AsyncStream<Void> {
        try? makeFolder()
        return FolderWatch.changes(of: (path as NSString).lastPathComponent, in: folder)
    }

    private var folder: String { (path as NSString).deletingLastPathComponent }

    private func makeFolder() throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    private static func hash(_ text: String) -> String {
        SHA256.hash(data: Array(text.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.linked()
    }
}
