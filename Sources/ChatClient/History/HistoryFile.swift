import DatabaseVersion
import Foundation
import GRDB
import Timestamps

/// The file of one backend's and one user's history, which only its owner can read.
package struct HistoryFile: Sendable {
    /// Not by a link: what is beside the file is by its own name.
    let path: String
    /// Seconds that are waited while another program writes.
    var patience: Double

    /// As configured; else below `folder`, by backend and user.
    init(_ configuration: ClientConfiguration, in folder: String, patience: Double = 5) {
        self.patience = patience
        let path = configuration.historyPath ?? Self.name(configuration).path(in: folder + "/history")
        self.path = DatabaseFiles.place(of: path)
    }

    private static func name(_ configuration: ClientConfiguration) -> HistoryName {
        let subject = TokenClaims(unverified: configuration.tokens.access)?.subject
        return HistoryName(
            backend: configuration.backend,
            user: subject.map { .subject($0) } ?? configuration.handle.map { .handle($0) })
    }

    package init(path: String, patience: Double = 5) {
        (self.path, self.patience) = (DatabaseFiles.place(of: path), patience)
    }

    var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// `nil`: there is none, or not all of it.
    var identity: DatabaseFiles? { DatabaseFiles(path: path) }

    /// The file's own; no other has it as long as somebody has the file open.
    var number: UInt64? { DatabaseFiles.number(path) }

    /// An opened history, and what the person should know of it.
    package struct Opened: Sendable {
        package let history: History
        var notice: String?
        /// Which file is open.
        var identity: DatabaseFiles?
    }

    /// Opens the file, or makes it. One that is damaged, or of a newer version, is set aside and
    /// never written.
    ///
    /// - Throws: `HistoryFault` when neither is possible.
    package func open(at time: Timestamp) throws(HistoryFault) -> Opened {
        let lock = try lock()
        defer { lock?.release() }
        return try openAlone(time)
    }

    /// Begins a new file in the place of one that was removed, in whole or in part; or takes the one that another
    /// program has begun there.
    ///
    /// - Parameter former: the one that was removed, which is still open here.
    /// - Throws: `HistoryFault` when neither is possible.
    func replace(_ former: DatabaseFiles?, at time: Timestamp) throws(HistoryFault) -> Opened {
        let lock = try lock()
        defer { lock?.release() }
        // What is left of the former one. Any other file is somebody's who was faster.
        if number == nil || number == former?.file, identity != former || former == nil {
            for suffix in [DatabaseFiles.log, DatabaseFiles.index, ""] { unlink(path + suffix) }
        }
        return try openAlone(time)
    }

    /// Two programs at once must not both make the tables, or both set aside, or each remove the other's new file.
    private func lock() throws(HistoryFault) -> FileLock? {
        try makeFolder()
        return FileLock(waitingFor: path + ".lock")
    }

    private func openAlone(_ time: Timestamp) throws(HistoryFault) -> Opened {
        // Whoever removes files one after the other removes those that were just made, too.
        for _ in 1..<3 {
            do { return try openOnce(time) } catch .removed { continue }
        }
        return try openOnce(time)
    }

    private func openOnce(_ time: Timestamp) throws(HistoryFault) -> Opened {
        var notice: String?
        let history: History
        try makeFile()
        do {
            history = try openFile()
        } catch .damaged {
            let aside = try setAside("damaged", time)
            notice = "the history was damaged; what was there is in \(aside)"
            history = try openFile()
        } catch .newer {
            let aside = try setAside("newer", time)
            notice = "the history is of a newer cruddur; it is in \(aside), a new one was begun"
            history = try openFile()
        }
        // Its log, or the log's index, was removed while it was opened: nobody would notice, and whatever is opened there
        // while this is still open would share with it what is no more.
        guard let identity else { throw .removed }
        return Opened(history: history, notice: notice, identity: identity)
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

    private func makeFolder() throws(HistoryFault) {
        let folder = (path as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw HistoryFault.readOnly
        }
    }

    private func makeFile() throws(HistoryFault) {
        // SQLite gives its other files the same mode.
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw errno == ENOSPC ? HistoryFault.full : HistoryFault.readOnly }
        close(descriptor)
    }

    private func openFile() throws(HistoryFault) -> History {
        var configuration = Configuration()
        // Another program may be writing.
        configuration.busyMode = .timeout(patience)
        configuration.maximumReaderCount = 2
        configuration.prepareDatabase { database in
            // A message that was taken into the outbox survives also the machine's end.
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        do {
            let database = try DatabasePool(path: path, configuration: configuration)
            let migrator = HistorySchema.migrator
            let applied = try database.read(migrator.appliedIdentifiers)
            if !applied.isSubset(of: migrator.migrations) { throw HistoryFault.newer }
            if applied.count < migrator.migrations.count { try migrator.migrate(database) }
            return History(database: database)
        } catch {
            throw HistoryFault(error)
        }
    }

    /// - Returns: where it is now.
    private func setAside(_ why: String, _ time: Timestamp) throws(HistoryFault) -> String {
        let aside = "\(path).\(why)-\(time.microseconds / 1_000_000)"
        for suffix in [DatabaseFiles.log, DatabaseFiles.index]
        where FileManager.default.fileExists(atPath: path + suffix) {
            rename(path + suffix, aside + suffix)
        }
        guard rename(path, aside) == 0 else { throw .readOnly }
        try makeFile()
        return aside
    }
}
