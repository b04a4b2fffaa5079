import Foundation

/// A file that one process at a time holds; the system lets go of it when the process ends,
/// however it does.
struct FileLock: Sendable {
    private let descriptor: Int32

    /// `nil` if another holds it, or there can be no such file.
    init?(path: String, creates: Bool = true) {
        self.init(path, creates ? O_CREAT : 0, LOCK_EX | LOCK_NB)
    }

    /// `nil` if there can be no such file.
    init?(waitingFor path: String) {
        self.init(path, O_CREAT, LOCK_EX)
    }

    private init?(_ path: String, _ flags: Int32, _ operation: Int32) {
        descriptor = open(path, O_RDWR | O_CLOEXEC | flags, 0o600)
        guard descriptor >= 0 else { return nil }
        guard flock(descriptor, operation) == 0 else {
            close(descriptor)
            return nil
        }
    }

    /// Whether who asks for the file of this name finds the one that is held here. Somebody may have removed it.
    func isAt(_ path: String) -> Bool {
        var (held, found) = (stat(), stat())
        // A folder that cannot be looked into says nothing.
        guard stat(path, &found) == 0 else { return errno != ENOENT && errno != ENOTDIR }
        guard fstat(descriptor, &held) == 0 else { return false }
        return held.st_ino == found.st_ino && held.st_dev == found.st_dev
    }

    func release() {
        close(descriptor)
    }
}
