import ChatClient
import Foundation
import Logging
import Programs
import TerminalText

extension ClientLog {
    /// The log that the configuration asks for, if any.
    ///
    /// - Throws: `LogError`.
    static func configured(_ settings: LogSettings) throws -> ClientLog {
        guard let path = settings.file else { return .none }
        // Only its owner may look inside the folder that is made for it.
        let folder = XDGFolders.current.state
        if path.hasPrefix(folder + "/") {
            try? FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        let handler: FileLogHandler
        do {
            handler = try FileLogHandler(path: path)
        } catch {
            throw LogError(path: path, reason: error.reason)
        }
        var logger = Logger(label: "cruddur") { _ in handler }
        logger.logLevel = Logger.Level(settings.level)
        logger[metadataKey: "process"] = "\(ProcessInfo.processInfo.processIdentifier)"
        return ClientLog(logger)
    }

    /// Runs `body` with the log that the configuration asks for; begin and end are written into it.
    ///
    /// - Throws: what `body` throws; `LogError`.
    static func during<Value>(
        _ work: StaticString, _ configuration: ClientConfiguration, _ body: (ClientLog) async throws -> Value
    ) async throws -> Value {
        let log = try ClientLog.configured(configuration.log)
        log.note(
            .started(
                work, version: Release.version, backend: configuration.backend, profile: configuration.profile))
        do {
            let value = try await body(log)
            log.note(.ended(work))
            return value
        } catch {
            log.note(.ended(work, badly: true))
            throw error
        }
    }
}

/// Why there is no log.
struct LogError: Error, CustomStringConvertible {
    let path: String
    let reason: String

    var description: String {
        "the log \(path) cannot be written: \(reason). Name another with --log FILE or log.file, or leave it out."
    }
}

extension Logger.Level {
    fileprivate init(_ level: LogSettings.Level) {
        switch level {
        case .debug: self = .debug
        case .info: self = .info
        case .warning: self = .warning
        case .error: self = .error
        }
    }
}
