import Foundation
import Logging

/// Log lines on standard error: for people, or a JSON object each.
struct StandardErrorLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    var isJSON = false

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
        let line: String
        if isJSON {
            fields["level"] = event.level.rawValue
            fields["message"] = "\(event.message)"
            fields["time"] = Date().ISO8601Format()
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            line = (try? encoder.encode(fields)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        } else {
            let details = fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            line = (["\(event.level): \(event.message)"] + details).joined(separator: " ")
        }
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
