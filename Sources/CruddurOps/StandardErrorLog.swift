import Logging
import Synchronization
import TerminalText
import Timestamps

/// Log lines on standard error: for people, or a JSON object each.
struct StandardErrorLog: LogHandler {
    private static let own = ["level", "message", "time"]
    private static let second = WholeSecond()

    let time: any TimeSource
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    var isJSON = false

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = (event.metadata ?? [:]).map { (name: $0.key, value: Self.text($0.value)) }
        for (name, value) in metadata where event.metadata?[name] == nil {
            fields.append((name: name, value: Self.text(value)))
        }
        guard isJSON else {
            let details = fields.sorted { $0.name < $1.name }.map { " \($0.name)=\($0.value)" as PrintableText }
            return Output.log("\(event.level): \(event.message)\(details.joined())\n") {
                "warning: \($0.lines) log lines could not be written: \($0.reason)\n"
            }
        }
        fields.removeAll { Self.own.contains($0.name) }
        fields += [
            (name: "level", value: event.level.rawValue), (name: "message", value: event.message.description),
            (name: "time", value: Self.second.text(time.now())),
        ]
        Output.log(LogLine.json(fields), notice: LogLine.json)
    }

    private static func text(_ value: Logger.MetadataValue) -> String {
        if case .string(let text) = value { text } else { value.description }
    }
}

/// A time to the second, in words that are made once for each.
private final class WholeSecond: Sendable {
    private let last = Mutex<(second: Int64, text: String)>((.min, ""))

    func text(_ time: Timestamp) -> String {
        let second = time.microseconds / 1_000_000
        return last.withLock { last in
            if last.second != second { last = (second, time.description.prefix(19) + "Z") }
            return last.text
        }
    }
}
