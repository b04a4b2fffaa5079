import ChatClient
import CruddurDemo
import CruddurServer
import Foundation
import Logging
import TerminalText

/// The folder of a demo: its database, its users' configurations, its locks and log.
/// Only its owner may look inside.
struct DemoFolder: Sendable {
    static let runningLock = "running.lock"
    private static let logFile = "server.log"

    let path: String

    /// - Throws: `DemoError.folder`.
    init(_ path: String) throws {
        // What is kept of tokens is kept here as well, and that wants a whole path.
        self.path = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw DemoError.folder(path, (error as? CocoaError)?.localizedDescription ?? "\(error)")
        }
        guard access(path, W_OK) == 0 else { throw DemoError.folder(path, "it is not writable") }
    }

    /// The lock that somebody holds who is in the demo as `handle`.
    static func seat(_ handle: String) -> String { "seat-\(handle).lock" }

    /// Removes all that was written; the locks stay.
    ///
    /// - Throws: `DemoError.folder`.
    func clear() throws {
        for file in DemoWorld.files + ["history", "cruddur"] {
            let target = path + "/" + file
            guard FileManager.default.fileExists(atPath: target) else { continue }
            do {
                try FileManager.default.removeItem(atPath: target)
            } catch {
                throw DemoError.folder(target, "it cannot be removed")
            }
        }
    }

    // MARK: Configurations

    /// - Parameter tokens: `nil`: whoever it is for signs in.
    /// - Throws: `DemoError.folder`.
    func writeConfiguration(for handle: String, port: Int, issuer: LocalIssuer, tokens: IssuedTokens?) throws {
        let url = "http://127.0.0.1:\(port)"
        var settings: [String: Any] = [
            "backend_url": url,
            "cognito": [
                "region": issuer.region, "user_pool_id": issuer.userPoolID, "client_id": issuer.clientID,
                "endpoint": url,
            ],
            // The port is another each time; the conversations are the same.
            "history": ["path": "\(path)/history/\(handle).sqlite"],
        ]
        if let tokens {
            settings["tokens"] = [
                "access_token": tokens.access, "id_token": tokens.identity, "refresh_token": tokens.refresh,
            ]
        }
        let file = configurationPath(handle)
        let json = try JSONSerialization.data(
            withJSONObject: settings, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        // Whole or not at all, and never readable by others, not even for a moment.
        let draft = file + ".new"
        try? FileManager.default.removeItem(atPath: draft)
        guard FileManager.default.createFile(atPath: draft, contents: json, attributes: [.posixPermissions: 0o600]),
            rename(draft, file) == 0
        else { throw DemoError.folder(file, "it cannot be written") }
    }

    /// Through the same door as any other backend's.
    ///
    /// - Throws: `ConfigurationError`.
    func configuration(
        of handle: String, tokens: ClientConfiguration.TokenNeed = .required
    ) throws -> ClientConfiguration {
        // The demo's own file decides: settings for another backend do not apply. How it looks is the person's to say.
        let looks = ProcessVariables.all.filter { ClientConfiguration.variablesOfLooks.contains($0.key) }
        return try ClientConfiguration.load(
            path: configurationPath(handle), tokens: tokens, environment: looks.merging(["XDG_STATE_HOME": path]) { $1 }
        )
    }

    private func configurationPath(_ handle: String) -> String { path + "/config-\(handle).json" }

    // MARK: Locks

    /// A lock of the operating system: it goes with its process, however that ends.
    struct Lock {
        fileprivate let descriptor: Int32

        func release() { close(descriptor) }
    }

    /// `nil` if somebody else holds it.
    func lock(_ name: String) -> Lock? {
        guard let descriptor = open(name) else { return nil }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return Lock(descriptor: descriptor) }
        close(descriptor)
        return nil
    }

    func isHeld(_ name: String) -> Bool {
        guard let lock = lock(name) else { return true }
        lock.release()
        return false
    }

    /// Calls `body` once when nobody holds the lock any more. Costs nothing until then.
    func whenReleased(_ name: String, _ body: @escaping @Sendable () -> Void) {
        guard let descriptor = open(name) else { return }
        Thread.detachNewThread {
            while flock(descriptor, LOCK_SH) != 0, errno == EINTR {}
            close(descriptor)
            body()
        }
    }

    private func open(_ name: String) -> Int32? {
        let descriptor = Foundation.open(path + "/" + name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        return descriptor >= 0 ? descriptor : nil
    }

    // MARK: Log

    /// - Throws: `DemoError.folder`.
    func logger() throws -> Logger {
        let file = path + "/" + Self.logFile
        let handler: FileLogHandler
        do {
            handler = try FileLogHandler(path: file)
        } catch {
            throw DemoError.folder(file, error.reason)
        }
        return Logger(label: "cruddur.demo") { _ in handler }
    }
}
