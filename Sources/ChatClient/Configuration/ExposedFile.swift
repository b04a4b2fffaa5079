import Foundation

/// A file of ours that others can read or write.
public struct ExposedFile: Sendable, Equatable {
    public let path: String
    /// `644`
    public let mode: String

    /// `nil`: nobody else can, or there is none.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 != 0 else {
            return nil
        }
        self.path = path
        mode = String(status.st_mode & 0o777, radix: 8)
    }

    /// - Parameter shown: the path, as people read it.
    public func warning(_ shown: String) -> String {
        "\(shown) holds what is secret, and can be read or written by others (\(mode)): chmod 600 \(shown)"
    }
}
