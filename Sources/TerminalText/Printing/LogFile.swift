import Glibc

/// A log's file, for its owner only. Lines are put at its end, also by several programs at once. Before it grows beyond
/// its limit it becomes `cruddur.log.1`, that one `cruddur.log.2`, and so on; the last is removed.
package struct LogFile: Sendable {
    /// Why there can be no log there.
    package struct Fault: Error, Equatable, Sendable {
        package let reason: String
    }

    private let path: String
    /// Bytes of one file.
    private let limit: Int
    /// With the one that is written.
    private let count: Int
    /// -1 while it cannot be opened.
    private var descriptor: Int32 = -1

    /// - Throws: `Fault`, if nothing could ever be written there. A disk that is full may not stay so.
    package init(path: String, limit: Int = 5 << 20, count: Int = 3) throws(Fault) {
        self.path = path
        self.limit = limit
        self.count = count
        guard !OwnLines.isAnothers(path, marks: ["\"level\":\"", "\"message\":\""]) else {
            throw Fault(reason: "it is there and is no log: nothing was written to it")
        }
        let code = open()
        guard code == 0 || Self.mayPass(code) else { throw Fault(reason: Self.reason(code)) }
    }

    /// The descriptor for so many more bytes; -1 if there is none for now, and `errno` says why.
    mutating func descriptor(for bytes: Int) -> Int32 {
        if descriptor >= 0, isMoved { close() }
        if descriptor < 0 {
            let code = open()
            if code != 0 { errno = code }
        }
        if isFull(with: bytes) { moveOn() }
        return descriptor
    }

    mutating func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// - Returns: an `errno`, 0 for none.
    private mutating func open() -> Int32 {
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
        let opened = Glibc.open(path, flags, 0o600)
        guard opened >= 0 else { return errno }
        // A pipe may have no reader who reads on, and a terminal is for the chat: both would hold up the program.
        guard let kind = Self.status(opened)?.st_mode, Self.isFile(kind) || kind & S_IFMT == S_IFCHR,
            isatty(opened) == 0
        else {
            Glibc.close(opened)
            return ENXIO
        }
        if Self.isFile(kind) { fchmod(opened, 0o600) }
        descriptor = opened
        return 0
    }

    /// Another program has moved it, or somebody has removed it.
    private var isMoved: Bool {
        var (there, ours) = (stat(), stat())
        guard fstat(descriptor, &ours) == 0, Self.isFile(ours.st_mode) else { return false }
        return lstat(path, &there) != 0 || there.st_ino != ours.st_ino || there.st_dev != ours.st_dev
    }

    private func isFull(with bytes: Int) -> Bool {
        guard let status = Self.status(descriptor), Self.isFile(status.st_mode) else { return false }
        return status.st_size > 0 && Int(status.st_size) + bytes > limit
    }

    /// One program at a time: who comes second finds that it has moved.
    private mutating func moveOn() {
        guard flock(descriptor, LOCK_EX) == 0 else { return }
        if !isMoved {
            for number in stride(from: count - 2, to: 0, by: -1) {
                rename("\(path).\(number)", "\(path).\(number + 1)")
            }
            // Where it cannot be moved, it begins anew: it must not grow for ever.
            if rename(path, "\(path).1") != 0 {
                ftruncate(descriptor, 0)
                flock(descriptor, LOCK_UN)
                return
            }
        }
        close()
        let code = open()
        if code != 0 { errno = code }
    }

    private static func status(_ descriptor: Int32) -> stat? {
        var status = stat()
        return descriptor >= 0 && fstat(descriptor, &status) == 0 ? status : nil
    }

    private static func isFile(_ mode: mode_t) -> Bool { mode & S_IFMT == S_IFREG }

    private static func mayPass(_ code: Int32) -> Bool {
        [ENOSPC, EDQUOT, EMFILE, ENFILE, ENOMEM, EINTR].contains(code)
    }

    private static func reason(_ code: Int32) -> String {
        switch code {
        case ENOENT: "there is no such folder"
        case EACCES, EPERM: "you may not write it"
        case EISDIR: "it is a folder"
        case ELOOP: "it is a link"
        case ENXIO: "it is no file"
        default: Descriptor.reason(code)
        }
    }
}
