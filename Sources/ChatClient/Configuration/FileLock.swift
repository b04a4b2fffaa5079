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

    func release() {
        close(descriptor)
    }
}
