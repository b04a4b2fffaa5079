import Foundation
import Logging
import TerminalText

/// A JSON object a line on standard output, as CloudWatch Logs takes it.
struct LambdaLog: LogHandler {
    private static let sink = LogSink(descriptor: STDOUT_FILENO)

    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
        fields["level"] = event.level.rawValue
        fields["message"] = "\(event.message)"
        Self.sink.write(LogLine.json(fields), notice: LogLine.json)
    }
}
