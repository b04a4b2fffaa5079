import Foundation
import Glibc
import TerminalText

/// A file that has lost its name before anything is in it: it is gone with the programs that have it open, whatever ends
/// them. A program has it that it is handed over to.
final class NamelessFile: Sendable {
    let descriptor: Int32

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
}
