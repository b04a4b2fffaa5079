import Logging
import TerminalText
import Timestamps

/// Writes log lines as JSON objects to a file.
struct FileLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    private let sink: LogSink
    private let time: any TimeSource

    /// - Throws: `LogFile.Fault`.
    init(path: String, time: any TimeSource = SystemTime()) throws(LogFile.Fault) {
        sink = LogSink(try LogFile(path: path))
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
        fields["time"] = time.now().description
        // A full disk does not end the chat.
        sink.write(LogLine.json(fields), notice: LogLine.json)
    }
}
