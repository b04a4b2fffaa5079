import Crypto
import DatabaseVersion
import Foundation

/// What the history of one backend and one user is called: another name for every other backend or user.
///
///     https_api.cruddur.example_6f9619ff-8b86-d011-b42d-00c04fc964ff.sqlite
struct HistoryName {
    /// Who the history is for.
    enum User: Equatable {
        /// The `sub` of the access token: what the pool calls this user, for good.
        case subject(String)
        /// Where the token does not tell it.
        case handle(String)
    }

    /// File systems take 255 bytes, and what SQLite and the locks add must fit as well.
    private static let longest = 160

    private let backend: BackendURL
    private let user: User?

    init(backend: BackendURL, user: User?) {
        self.backend = backend
        self.user = user
    }

    /// Without its ending.
    var stem: String {
        // `_`, `@` and `~` are escaped in the parts, so they only stand where they are put here.
        let place = backend.scheme + "_" + Self.escaped(backend.place)
        let whole =
            switch user {
            case .subject(let subject): place + "_" + Self.escaped(subject)
            case .handle(let handle): place + "_@" + Self.escaped(handle)
            case nil: place
            }
        guard whole.utf8.count > Self.longest else { return whole }
        let hash = SHA256.hash(data: Data(whole.utf8)).prefix(16)
        return whole.prefix(Self.longest - 33) + "~"
            + hash.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// Percent-encoded, but for ASCII letters, digits, `.` and `-`.
    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }

    private static let plain = CharacterSet(
        charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")
}

// MARK: - Histories of cruddur 0.1

// Their names had `-` for whatever is no letter and no digit, so one name could be two users'.

extension HistoryName {
    /// Where the history is in `folder`. One that has a former name, and can be no other's, is renamed.
    func path(in folder: String) -> String {
        let path = "\(folder)/\(stem).sqlite"
        guard let former = formerStem.map({ "\(folder)/\($0).sqlite" }), Self.exists(former), !Self.exists(path),
            let lock = FileLock(waitingFor: path + ".lock")
        else { return path }
        defer { lock.release() }
        guard Self.exists(former), !Self.exists(path) else { return path }
        // Who works with it has its locks beside it, under the former name.
        guard !Self.isInUse(former) else { return former }
        // The log goes first: nobody shall find the file without it.
        for ending in [DatabaseFiles.log, DatabaseFiles.index, ""] { rename(former + ending, path + ending) }
        return path
    }

    /// The former name, if nothing in it was folded into `-` that could have been anything else: of a
    /// host's name the dots and the colon before the port, of a user nothing.
    var formerStem: String? {
        guard let user, backend.isPlainAddress else { return nil }
        let name =
            switch user {
            case .subject(let text), .handle(let text): text
            }
        let isPlain = name.utf8.allSatisfy { Self.isLetterOrDigit($0) }
        guard !name.isEmpty, isPlain || UUID(uuidString: name) != nil else { return nil }
        let place = backend.host.map { $0 == "." || $0 == ":" ? "-" : String($0) }.joined()
        let stem = "\(place)-\(name)"
        return stem.utf8.count <= 120 ? stem : nil
    }

    fileprivate static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }

    private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private static func isInUse(_ path: String) -> Bool {
        let folder = (path as NSString).deletingLastPathComponent
        let locks = (path as NSString).lastPathComponent + ".client-"
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasPrefix(locks) {
            guard let lock = FileLock(path: "\(folder)/\(name)", creates: false) else { return true }
            lock.release()
        }
        return false
    }
}

extension BackendURL {
    /// Letters, digits and dots, and perhaps a port.
    fileprivate var isPlainAddress: Bool {
        place == host && host.utf8.allSatisfy { HistoryName.isLetterOrDigit($0) || ".:".utf8.contains($0) }
    }
}
