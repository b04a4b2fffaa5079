import Logging
import TerminalText
import Timestamps

/// Log lines on standard error: for people, or a JSON object each.
struct StandardErrorLog: LogHandler {
    let time: any TimeSource
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    var isJSON = false

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
        guard isJSON else {
            let details = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" as PrintableText }
            return Output.log("\(event.level): \(event.message)\(details.joined())\n") {
                "warning: \($0.lines) log lines could not be written: \($0.reason)\n"
            }
        }
        fields["level"] = event.level.rawValue
        fields["message"] = "\(event.message)"
        // To the second.
        fields["time"] = time.now().description.prefix(19) + "Z"
        Output.log(LogLine.json(fields), notice: LogLine.json)
    }
}
