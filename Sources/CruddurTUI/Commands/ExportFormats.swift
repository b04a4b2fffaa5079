import ChatClient
import Foundation
import TerminalText
import Timestamps

/// What the text formats have in common: days, and what is said of an entry.
private struct ExportDays {
    private let time = LocalTime.system
    private var day = ""

    /// The day's name, if `entry` is the first of a day.
    mutating func begins(_ entry: TranscriptEntry) -> String? {
        let now = time.day(entry.at).description
        guard now != day else { return nil }
        day = now
        return now
    }

    func clock(_ entry: TranscriptEntry) -> String { time.clock(entry.at) }

    /// Remote text, made safe to look at; the lines stay.
    static func safe(_ text: String) -> [String] {
        Lines.split(text).map { $0.map(\.text).joined() }
    }

    static func remark(_ entry: TranscriptEntry) -> String? {
        switch entry.delivery {
        case nil: entry.isBeforeGap ? "messages after this one may be missing" : nil
        case .queued, .sending: "not sent yet"
        case .sent: "sent, not listed by the server yet"
        case .unsure: "may not have arrived"
        case .failed: "not sent"
        }
    }
}

struct MarkdownExport: ExportFormat {
    let title: UserShort
    private var days = ExportDays()

    init(title: UserShort) { self.title = title }

    func begin() -> String { "# \(escaped(title.displayName)) (@\(escaped(title.handle)))\n" }

    mutating func entry(_ entry: TranscriptEntry) -> String {
        var text = ""
        if let day = days.begins(entry) { text += "\n## \(day)\n" }
        text += "\n**\(escaped(entry.displayName))** @\(escaped(entry.handle)) \(days.clock(entry))\n\n"
        text += ExportDays.safe(entry.text).map { "> \(escaped($0))\n" }.joined(separator: ">\n")
        if let remark = ExportDays.remark(entry) { text += "\n*(\(remark))*\n" }
        return text
    }

    func end() -> String { "" }

    /// So that no text is taken for markup.
    private func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if "\\`*_{}[]()<>#+-.!|~&@:/=^$\"'".contains(character) { result.append("\\") }
            result.append(character)
        }
    }
}

struct HTMLExport: ExportFormat {
    let title: UserShort
    private var days = ExportDays()

    init(title: UserShort) { self.title = title }

    func begin() -> String {
        let name = "\(escaped(title.displayName)) (@\(escaped(title.handle)))"
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

    mutating func entry(_ entry: TranscriptEntry) -> String {
        var text = ""
        if let day = days.begins(entry) { text += "<h2>\(day)</h2>\n" }
        let lines = ExportDays.safe(entry.text).map(escaped).joined(separator: "\n")
        text += """
            <article\(entry.isOwn ? " class=\"own\"" : "")>
            <header><b dir="auto">\(escaped(entry.displayName))</b> @\(escaped(entry.handle)) \
            <time datetime="\(entry.at)">\(days.clock(entry))</time></header>
            <p dir="auto">\(lines)</p>

            """
        if let remark = ExportDays.remark(entry) { text += "<footer>\(remark)</footer>\n" }
        return text + "</article>\n"
    }

    func end() -> String { "</body>\n</html>\n" }

    private func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}

/// Texts exactly as they are.
struct JSONExport: ExportFormat {
    let title: UserShort
    private var isFirst = true

    init(title: UserShort) { self.title = title }

    func begin() -> String {
        "{\n\"with\": {\"handle\": \(Output.quoted(title.handle)), \"display_name\": \(Output.quoted(title.displayName))},\n\"messages\": ["
    }

    mutating func entry(_ entry: TranscriptEntry) -> String {
        defer { isFirst = false }
        var fields = [
            ("handle", Output.quoted(entry.handle)), ("display_name", Output.quoted(entry.displayName)),
            ("message", Output.quoted(entry.text)), ("created_at", Output.quoted(entry.at.description)),
            ("own", "\(entry.isOwn)"), ("is_before_gap", "\(entry.isBeforeGap)"),
        ]
        if case .message(let id) = entry.id { fields.insert(("uuid", Output.quoted(id.uuid)), at: 0) }
        if let remark = entry.delivery.flatMap({ _ in ExportDays.remark(entry) }) {
            fields.append(("delivery", Output.quoted(remark)))
        }
        let row = fields.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ")
        return (isFirst ? "\n" : ",\n") + "{\(row)}"
    }

    func end() -> String { "\n]\n}\n" }
}
