import Foundation

/// A file that only its owner can read.
enum PrivateFile {
    /// Puts `content` in the place of what is at `path`, at one moment.
    ///
    /// - Throws: `POSIXError`.
    static func write(_ content: Data, to path: String) throws {
        let draft = "\(path).\(UUID().uuidString).new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw fault() }
        do {
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
            defer { close(descriptor) }
            try file.write(contentsOf: content)
            guard fsync(descriptor) == 0 else { throw fault() }
            guard rename(draft, path) == 0 else { throw fault() }
        } catch {
            unlink(draft)
            throw error
        }
    }

    private static func fault() -> POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
