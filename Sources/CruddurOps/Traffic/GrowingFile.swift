import Foundation
import Glibc

/// The lines of a file that others write behind: those that are whole, each once. If it is begun anew, so is this.
struct GrowingFile {
    /// Of a line; what is longer is none.
    private static let longest = 1 << 20
    private static let chunk = 1 << 18

    private let path: String
    private var file: FileHandle
    private var inode: UInt64
    private var offset: UInt64
    private var rest = Data()

    /// - Parameter fromStart: what is there already is read too.
    /// - Throws: `OpsError.refused`.
    init(path: String, fromStart: Bool) throws {
        self.path = path
        guard let (file, state) = Self.open(path) else {
            throw OpsError.refused("\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        guard state.isRegular else { throw OpsError.refused("\(path) is no file") }
        (self.file, inode, offset) = (file, state.inode, fromStart ? 0 : state.size)
    }

    /// What has come since the last time.
    ///
    /// - Throws: when it cannot be read.
    mutating func lines(_ take: (Data) -> Void) throws {
        try read(take)
        guard let (anew, state) = Self.open(path), state.isRegular else { return }
        guard state.inode != inode || state.size < offset else { return }
        // What was cut at the end of the former one stays cut.
        (file, inode, offset, rest) = (anew, state.inode, 0, Data())
        try read(take)
    }

    private mutating func read(_ take: (Data) -> Void) throws {
        try file.seek(toOffset: offset)
        while let data = try file.read(upToCount: Self.chunk), !data.isEmpty {
            offset += UInt64(data.count)
            rest += data
            var begin = rest.startIndex
            while let end = rest[begin...].firstIndex(of: 0x0A) {
                take(rest[begin..<end])
                begin = end + 1
            }
            rest = Data(rest[begin...])
            if rest.count > Self.longest { rest = Data() }
        }
    }

    private typealias State = (inode: UInt64, size: UInt64, isRegular: Bool)

    /// A pipe is not waited for.
    private static func open(_ path: String) -> (FileHandle, State)? {
        let number = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else { return nil }
        var status = stat()
        guard fstat(number, &status) == 0 else {
            close(number)
            return nil
        }
        let state = State(
            UInt64(status.st_ino), UInt64(max(0, status.st_size)), status.st_mode & S_IFMT == S_IFREG)
        return (FileHandle(fileDescriptor: number, closeOnDealloc: true), state)
    }
}
