import Glibc

/// Which files a database with a write-ahead log is made of: itself, its log, and the log's index, which holds the locks too.
/// Where one of them is another than what a program has open, it writes into a void: nobody else sees that, or waits for it.
/// Source: SQLite, "How To Corrupt An SQLite Database File", 2.4 (unlinking or renaming while in use).
public struct DatabaseFiles: Equatable, Sendable {
    /// The database's own; no other has it as long as somebody has the file open.
    public let file: UInt64
    private let log: UInt64
    private let index: UInt64

    /// What the names of the log and its index end with.
    public static let (log, index) = ("-wal", "-shm")

    /// Those that are there now; `nil`: not all of them are.
    ///
    /// - Parameter path: of a database that is open, and has been read.
    public init?(path: String) {
        let path = Self.place(of: path)
        guard let file = Self.number(path), let log = Self.number(path + Self.log),
            let index = Self.number(path + Self.index)
        else { return nil }
        (self.file, self.log, self.index) = (file, log, index)
    }

    /// Whether another stands in the place of one of these now, or none.
    public func areGone(from path: String) -> Bool {
        let path = Self.place(of: path)
        return Self.isOther(path, than: file) || Self.isOther(path + Self.log, than: log)
            || Self.isOther(path + Self.index, than: index)
    }

    /// Where a database is that is opened by this name: the log is beside what a link leads to.
    public static func place(of path: String) -> String {
        var place = path
        // As many as the kernel follows.
        for _ in 0..<40 {
            guard let target = target(of: place) else { return place }
            let folder = place.lastIndex(of: "/").map { place[...$0] } ?? ""
            place = target.hasPrefix("/") ? target : folder + target
        }
        return path
    }

    /// Of a file; `nil`: there is none.
    public static func number(_ path: String) -> UInt64? {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
    }

    private static func isOther(_ path: String, than number: UInt64) -> Bool {
        var status = stat()
        // A folder that cannot be looked into says nothing.
        guard stat(path, &status) == 0 else { return errno == ENOENT || errno == ENOTDIR }
        return UInt64(status.st_ino) != number
    }

    private static func target(of path: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            let count = buffer.baseAddress.map { readlink(path, $0, buffer.count) } ?? 0
            guard count > 0, count < buffer.count else { return nil }
            return String(
                decoding: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]), as: UTF8.self)
        }
    }
}
