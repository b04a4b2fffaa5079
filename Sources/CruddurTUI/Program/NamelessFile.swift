import Foundation

/// A file without a name, for a program's input or output: nobody waits for who reads or writes it, nothing is cut, and
/// whatever ends this program leaves nothing of it.
struct NamelessFile {
    let descriptor: Int32

    /// Holds `text`, and is read from its start.
    ///
    /// - Throws: `POSIXError`; Foundation's errors.
    init(_ text: String = "") throws {
        var path = Array("\(NSTemporaryDirectory())/cruddur-XXXXXX".utf8CString)
        descriptor = mkstemp(&path)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        unlink(path)
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        do {
            try handle.write(contentsOf: Data(text.utf8))
            try handle.seek(toOffset: 0)
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// To be called once.
    func end() { close(descriptor) }

    /// What a program has written into it.
    func text(atMost count: Int) -> String {
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        guard (try? handle.seek(toOffset: 0)) != nil, let bytes = try? handle.read(upToCount: count) else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }
}
