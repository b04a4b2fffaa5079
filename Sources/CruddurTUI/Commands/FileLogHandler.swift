import Foundation
import Logging
import Synchronization

/// Writes log lines as JSON objects to a file, which begins anew with each start.
struct FileLogHandler: LogHandler {
    private final class File: Sendable {
        private let handle: Mutex<FileHandle>

        init(_ handle: FileHandle) { self.handle = Mutex(handle) }

        func append(_ line: Data) {
            // A full disk must not end the chat.
            handle.withLock { try? $0.write(contentsOf: line) }
        }
    }

    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    private let file: File

    /// `nil` if the file cannot be written.
    init?(path: String) {
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: path)
        else { return nil }
        file = File(handle)
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
        fields["level"] = event.level.rawValue
        fields["message"] = "\(event.message)"
        fields["time"] = Date().ISO8601Format()
        guard var line = try? JSONEncoder().encode(fields) else { return }
        line.append(UInt8(ascii: "\n"))
        file.append(line)
    }
}
