import Glibc

/// A file that lines are put behind, again and again: what somebody else's file holds stays as it is.
package enum OwnLines {
    /// Whether a file with something else in it is there.
    ///
    /// - Parameter marks: what each line of ours holds.
    package static func isAnothers(_ path: String, marks: [String]) -> Bool {
        let opened = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard opened >= 0 else { return false }
        defer { close(opened) }
        var status = stat()
        guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = read(opened, &bytes, bytes.count)
        guard count > 0 else { return false }
        let beginning = String(decoding: bytes.prefix(count), as: UTF8.self)
        return marks.contains { !beginning.contains($0) }
    }
}
