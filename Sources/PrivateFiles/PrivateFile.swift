import Foundation

/// What is done where a database is opened and there is no file: who only reads makes none, so that a mistyped name is
/// said, and not taken for a table in which nothing is.
public enum MissingFile: Hashable, Sendable {
    case made
    case refused

    /// - Throws: `NoFile` where there is none and none is to be made.
    package func prepare(_ path: String) throws(NoFile) {
        if self == .refused, access(path, F_OK) != 0 { throw NoFile(path: path) }
        PrivateFile.prepare(path)
    }
}

/// There is no such file, and none was to be made.
public struct NoFile: Error, Hashable, CustomStringConvertible {
    public let path: String

    public var description: String {
        "there is no file \(path); cruddur-ops schema-load --embedded FILE makes a table and its users"
    }
}

/// A database's files are for their owner only, also those that were made with other rights.
package enum PrivateFile {
    /// Makes the file at `path` if there is none. What cannot be done is said by who opens it.
    package static func prepare(_ path: String) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        fchmod(descriptor, 0o600)
        close(descriptor)
        // What SQLite makes beside it has its rights; what is there may have others.
        for suffix in ["-wal", "-shm", "-journal"] { chmod(path + suffix, 0o600) }
    }

    /// Makes the folder at `path` and those above it, or takes from others what they may do in one that is ours.
    ///
    /// - Throws: `CocoaError`.
    package static func prepareFolder(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        var status = stat()
        // One that all may write to, such as /tmp, is everybody's.
        guard stat(path, &status) == 0, status.st_uid == geteuid(), status.st_mode & S_ISVTX == 0 else { return }
        chmod(path, 0o700)
    }
}
