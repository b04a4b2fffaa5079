import Foundation
import Logging
import TerminalText
import Timestamps

/// Writes log lines as JSON objects to a file, which begins anew with each start.
struct FileLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    private let sink: LogSink
    private let time: any TimeSource

    /// `nil` if the file cannot be written.
    init?(path: String, time: any TimeSource = SystemTime()) {
        guard let sink = LogSink(path: path) else { return nil }
        self.sink = sink
        self.time = time
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
        fields["level"] = event.level.rawValue
        fields["message"] = "\(event.message)"
        fields["time"] = Date(timeIntervalSince1970: time.now().seconds).ISO8601Format()
        // A full disk does not end the chat.
        sink.write(LogLine.json(fields), notice: LogLine.json)
    }
}
