import Foundation
import GRDB
import Timestamps

/// The file of one backend's and one user's history, which only its owner can read.
package struct HistoryFile: Sendable {
    let path: String

    /// As configured; else below `folder`, by backend and user.
    init(_ configuration: ClientConfiguration, in folder: String) {
        path = configuration.historyPath ?? Self.name(configuration).path(in: folder + "/history")
    }

    private static func name(_ configuration: ClientConfiguration) -> HistoryName {
        let subject = TokenClaims(unverified: configuration.tokens.access)?.subject
        return HistoryName(
            backend: configuration.backend,
            user: subject.map { .subject($0) } ?? configuration.handle.map { .handle($0) })
    }

    package init(path: String) {
        self.path = path
    }

    var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// Which file it is; `nil`: none, or one without its log.
    var identity: UInt64? {
        var file = stat()
        var log = stat()
        return stat(path, &file) == 0 && stat(path + "-wal", &log) == 0 ? UInt64(file.st_ino) : nil
    }

    /// An opened history, and what the person should know of it.
    package struct Opened: Sendable {
        package let history: History
        var notice: String?
    }

    /// Opens the file, or makes it. One that is damaged, or of a newer version, is set aside and
    /// never written.
    ///
    /// - Throws: `HistoryFault` when neither is possible.
    package func open(at time: Timestamp) throws(HistoryFault) -> Opened {
        try makeFile()
        // Two programs that start at once must not both make the tables, or both set aside.
        let lock = FileLock(waitingFor: path + ".lock")
        defer { lock?.release() }
        do {
            return Opened(history: try openFile())
        } catch .damaged {
            let aside = try setAside("damaged", time)
            return Opened(
                history: try openFile(), notice: "the history was damaged; what was there is in \(aside)")
        } catch .newer {
            let aside = try setAside("newer", time)
            return Opened(
                history: try openFile(),
                notice: "the history is of a newer cruddur; it is in \(aside), a new one was begun")
        }
    }

    /// Begins a new file in the place of one that was removed, in whole or in part; or takes the one that another
    /// program has begun there.
    ///
    /// - Throws: `HistoryFault` when neither is possible.
    func replace(at time: Timestamp) throws(HistoryFault) -> Opened {
        if !exists {
            for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
        } else if identity == nil {
            unlink(path)
            unlink(path + "-shm")
        }
        return try open(at: time)
    }

    /// What can still be read where nothing can be written.
    ///
    /// - Throws: `HistoryFault`.
    func openReadOnly() throws(HistoryFault) -> History {
        var configuration = Configuration()
        configuration.readonly = true
        do {
            let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
            return History(
                database: try DatabaseQueue(path: "file:\(escaped)?immutable=1", configuration: configuration))
        } catch {
            throw HistoryFault(error)
        }
    }

    private func makeFile() throws(HistoryFault) {
        let folder = (path as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw HistoryFault.readOnly
        }
        // SQLite gives its other files the same mode.
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw errno == ENOSPC ? HistoryFault.full : HistoryFault.readOnly }
        close(descriptor)
    }

    private func openFile() throws(HistoryFault) -> History {
        var configuration = Configuration()
        // Another program may be writing.
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 2
        configuration.prepareDatabase { database in
            // A message that was taken into the outbox survives also the machine's end.
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        do {
            let database = try DatabasePool(path: path, configuration: configuration)
            let migrator = HistorySchema.migrator
            if try database.read(migrator.hasBeenSuperseded) { throw HistoryFault.newer }
            if try !database.read(migrator.hasCompletedMigrations) { try migrator.migrate(database) }
            return History(database: database)
        } catch {
            throw HistoryFault(error)
        }
    }

    /// - Returns: where it is now.
    private func setAside(_ why: String, _ time: Timestamp) throws(HistoryFault) -> String {
        let aside = "\(path).\(why)-\(time.microseconds / 1_000_000)"
        for suffix in ["-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
            rename(path + suffix, aside + suffix)
        }
        guard rename(path, aside) == 0 else { throw .readOnly }
        try makeFile()
        return aside
    }
}
