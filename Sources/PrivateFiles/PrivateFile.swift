import Foundation

/// What is done where a database is opened and there is no file: who only reads makes none, so that a mistyped name is
/// said, and not taken for a table in which nothing is.
public enum MissingFile: Hashable, Sendable {
    case made
    case refused

    /// - Throws: `NoFile` where there is none and none is to be made, or what is there is no file.
    package func prepare(_ path: String) throws(NoFile) {
        if self == .refused, access(path, F_OK) != 0 { throw NoFile(path: path, kind: nil) }
        try PrivateFile.prepare(path)
    }
}

/// There is no such file, and none was to be made; or what is there can hold no database.
public struct NoFile: Error, Hashable, CustomStringConvertible {
    public let path: String
    /// What is there in its place: `a device`.
    let kind: String?

    public var description: String {
        if let kind { return "\(path) is \(kind), and no file that could hold a database" }
        return "there is no file \(path); cruddur-ops schema-load --embedded FILE makes a table and its users"
    }
}

/// A database's files are for their owner only, also those that were made with other rights.
package enum PrivateFile {
    /// Makes the file at `path` if there is none. What cannot be done is said by who opens it.
    ///
    /// - Throws: `NoFile` for what is there and no file, such as `/dev/null`: that is everybody's, and stays as it is.
    package static func prepare(_ path: String) throws(NoFile) {
        if let kind = kind(of: path) { throw NoFile(path: path, kind: kind) }
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        fchmod(descriptor, 0o600)
        // What SQLite makes beside it has its rights; what is there may have others.
        for suffix in ["-wal", "-shm", "-journal"] where lstat(path + suffix, &status) == 0 {
            if status.st_mode & S_IFMT == S_IFREG { chmod(path + suffix, 0o600) }
        }
    }

    /// `nil`: a file, or nothing.
    private static func kind(of path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: "a folder"
        case S_IFIFO: "a pipe"
        case S_IFSOCK: "a socket"
        default: "a device"
        }
    }

    /// Makes the folder at `path` and those above it, or takes from others what they may do in one that is ours.
    ///
    /// - Throws: `CocoaError`.
    package static func prepareFolder(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        var status = stat()
        // One that all may write to, such as /tmp, is everybody's.
        guard stat(path, &status) == 0, status.st_uid == geteuid(), status.st_mode & S_ISVTX == 0, isOurs(path)
        else { return }
        chmod(path, 0o700)
    }

    /// Where a folder stands in it, or a link, a device, it is not only for us: `/etc` and `/dev` stay everybody's.
    private static func isOurs(_ path: String) -> Bool {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return false }
        return names.allSatisfy { name in
            var status = stat()
            guard lstat(path + "/" + name, &status) == 0 else { return true }
            return status.st_mode & S_IFMT == S_IFREG || folders.contains(name)
        }
    }

    /// Those that we make in one of ours.
    private static let folders: Set<String> = ["cruddur", "sign-ins", "history", "recording"]
}
