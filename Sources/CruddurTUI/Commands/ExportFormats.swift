import ChatClient
import TerminalText
import Timestamps

/// What the text formats have in common: days, and what is said of an entry.
struct ExportDays {
    private let time = LocalTime.system
    private var day = ""

    /// The day's name, if `entry` is the first of a day.
    mutating func begins(_ entry: TranscriptEntry) -> PrintableText? {
        let now = time.day(entry.at).description
        guard now != day else { return nil }
        day = now
        return "\(now)"
    }

    func clock(_ entry: TranscriptEntry) -> PrintableText { "\(time.clock(entry.at))" }

    static func remark(_ entry: TranscriptEntry) -> PrintableText? {
        switch entry.delivery {
        case nil: entry.isBeforeGap ? "messages after this one may be missing" : nil
        case .queued, .sending: "not sent yet"
        case .sent: "sent, not listed by the server yet"
        case .unsure(let reason), .repeating(let reason): "may not have arrived: \(reason)"
        case .failed(let reason): "not sent: \(reason)"
        }
    }
}

struct MarkdownExport: ExportFormat {
    let title: UserShort
    private var days = ExportDays()

    init(title: UserShort) { self.title = title }

    func begin() -> PrintableText { "# \(escaped(title.displayName)) (@\(escaped(title.handle)))\n" }

    mutating func entry(_ entry: TranscriptEntry) -> PrintableText {
        let day = days.begins(entry).map { "\n## \($0)\n" as PrintableText } ?? ""
        let handle = entry.handle.isEmpty ? "" : "@\(escaped(entry.handle)) " as PrintableText
        let lines = PrintableText.lines(of: entry.text).map { "> \(escaped($0))\n" as PrintableText }
        let remark = ExportDays.remark(entry).map { "\n*(\(escaped($0)))*\n" as PrintableText } ?? ""
        return """
            \(day)
            **\(escaped(entry.displayName))** \(handle)\(days.clock(entry))

            \(lines.joined(separator: ">\n"))\(remark)
            """
    }

    func end() -> PrintableText { "" }

    private func escaped(_ remote: String) -> PrintableText { escaped(PrintableText(line: remote)) }

    /// So that no text is taken for markup.
    private func escaped(_ text: PrintableText) -> PrintableText {
        text.escaping { scalar in
            guard "\\`*_{}[]()<>#+-.!|~&@:/=^$\"'".unicodeScalars.contains(scalar) else { return nil }
            return "\\\(scalar)"
        }
    }
}

struct HTMLExport: ExportFormat {
    let title: UserShort
    private var days = ExportDays()

    init(title: UserShort) { self.title = title }

    func begin() -> PrintableText {
        let name: PrintableText = "\(escaped(title.displayName)) (@\(escaped(title.handle)))"
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(name)</title>
            <style>
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; }
            h2 { font-size: 1rem; border-bottom: 1px solid #8888; }
            article { margin: 1rem 0; } article.own { margin-left: 3rem; }
            header, footer { opacity: .7; } p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
            </style>
            </head>
            <body>
            <h1>\(name)</h1>

            """
    }

    mutating func entry(_ entry: TranscriptEntry) -> PrintableText {
        let day = days.begins(entry).map { "<h2>\($0)</h2>\n" as PrintableText } ?? ""
        let own: PrintableText = entry.isOwn ? " class=\"own\"" : ""
        let handle = entry.handle.isEmpty ? "" : "@\(escaped(entry.handle)) " as PrintableText
        let lines = PrintableText.lines(of: entry.text).map(escaped)
        let remark = ExportDays.remark(entry).map { "<footer>\(escaped($0))</footer>\n" as PrintableText } ?? ""
        return """
            \(day)<article\(own)>
            <header><b dir="auto">\(escaped(entry.displayName))</b> \(handle)\
            <time datetime="\(entry.at)">\(days.clock(entry))</time></header>
            <p dir="auto">\(lines.joined(separator: "\n"))</p>
            \(remark)</article>

            """
    }

    func end() -> PrintableText { "</body>\n</html>\n" }

    private func escaped(_ remote: String) -> PrintableText { escaped(PrintableText(line: remote)) }

    private func escaped(_ text: PrintableText) -> PrintableText {
        text.escaping { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "'": "&#39;"
            default: nil
            }
        }
    }
}

/// Texts exactly as they are.
struct JSONExport: ExportFormat {
    let title: UserShort
    private var isFirst = true

    init(title: UserShort) { self.title = title }

    func begin() -> PrintableText {
        """
        {
        "with": {"handle": \(quoted(title.handle)), "display_name": \(quoted(title.displayName))},
        "messages": [
        """
    }

    mutating func entry(_ entry: TranscriptEntry) -> PrintableText {
        defer { isFirst = false }
        var fields: [PrintableText] = []
        if case .message(let id) = entry.id { fields.append("\"uuid\": \(quoted(id.uuid))") }
        // Who writes here may not have a handle that is known.
        fields.append("\"handle\": \(entry.handle.isEmpty ? "null" : quoted(entry.handle))")
        fields += [
            "\"display_name\": \(quoted(entry.displayName))", "\"message\": \(quoted(entry.text))",
            "\"created_at\": \(quoted(entry.at.description))", "\"own\": \(entry.isOwn)",
            "\"is_before_gap\": \(entry.isBeforeGap)",
        ]
        if entry.delivery != nil, let remark = ExportDays.remark(entry) {
            fields.append("\"delivery\": \(quoted(remark.text))")
        }
        return "\(isFirst ? "" : "," as PrintableText)\n{\(fields.joined(separator: ", "))}"
    }

    func end() -> PrintableText { "\n]\n}\n" }

    private func quoted(_ exact: String) -> PrintableText { PrintableText(quoting: exact) }
}
