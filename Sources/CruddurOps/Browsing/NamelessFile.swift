import Foundation
import Glibc
import TerminalText

/// A file that has lost its name before anything is in it: it is gone with the programs that have it open, whatever ends
/// them. Programs that this one starts have it too.
final class NamelessFile: Sendable {
    private let descriptor: Int32

    /// - Throws: `OpsError.refused`.
    init(_ content: Data) throws {
        var name = Array((NSTemporaryDirectory() + "/cruddur-XXXXXX").utf8CString)
        descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw OpsError.refused("no temporary file can be made") }
        unlink(name)
        guard Descriptor.write(Array(content), to: descriptor).fault == nil else {
            throw OpsError.refused("a temporary file cannot be written")
        }
    }

    deinit { close(descriptor) }

    /// For who has it open.
    var path: String { "/proc/self/fd/\(descriptor)" }
}
