import Foundation
import MessageTable
import TerminalText
import Timestamps
import Users

/// Everything that is kept of one user, for them.
struct UserExport: Encodable {
    struct Profile: Encodable {
        let uuid: String
        let handle: String?
        let displayName: String?
        let email: String?
        let cognitoUserId: String?
    }

    struct Conversation: Encodable {
        let messageGroupUuid: String
        let with: String
        let messages: [Message]
    }

    struct Message: Encodable {
        let createdAt: String
        let from: String
        let message: String
    }

    struct Records: Encodable {
        let table: String
        let rows: [[String: String?]]
    }

    let exportedAt: String
    let profile: Profile
    let conversations: [Conversation]
    /// Whole, as the table has them: rows, keys, pairs, and all that they wrote.
    let items: [RawItem]
    let records: [Records]

    /// - Throws: `TableError`; what the directory throws.
    init(
        of subject: Subject, _ engine: any TableEngine, _ registry: any UserRegistry, at time: Timestamp
    ) async throws {
        exportedAt = time.description
        profile = Profile(
            uuid: subject.uuid, handle: subject.user?.handle, displayName: subject.user?.displayName,
            email: subject.user?.email, cognitoUserId: subject.user?.cognitoUserID)
        var found: [Item] = []
        try await engine.each { if subject.concern($0) != nil { found.append($0) } }
        items = found.map(RawItem.init)
        // Also those of which only their messages are left.
        var partners: [String: String] = [:]
        for item in found {
            if let row = try? GroupItem(item), row.owner == subject.uuid { partners[row.group] = row.other.handle }
            if let message = try? MessageItem(item), partners[message.group] == nil { partners[message.group] = "" }
        }
        var conversations: [Conversation] = []
        for (group, partner) in partners.sorted(by: { $0.key < $1.key }) {
            let messages = try await engine.all(Query(partition: MessageItem.partition(group: group)))
            conversations.append(
                Conversation(
                    messageGroupUuid: group, with: partner,
                    messages: messages.map {
                        Message(
                            createdAt: $0.key.sort, from: $0.text("user_handle") ?? "",
                            message: $0.text("message") ?? "")
                    }))
        }
        self.conversations = conversations
        records = try await registry.records(of: subject.uuid).map { Records(table: $0.table, rows: $0.rows) }
    }

    // MARK: A page to read

    /// - Returns: a document without scripts and without anything from elsewhere.
    var page: PrintableText {
        let rows = [
            ("uuid", profile.uuid), ("handle", profile.handle), ("name", profile.displayName), ("email", profile.email),
            ("Cognito id", profile.cognitoUserId),
        ].compactMap { name, value in value.map { Self.row(name, $0) } }
        let head: PrintableText = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>What Cruddur keeps of you</title>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <style>body{font:16px/1.5 sans-serif;max-width:50em;margin:2em auto;padding:0 1em}td{padding:.1em 1em .1em 0;vertical-align:top}time{color:#666}</style>
            </head><body><h1>What Cruddur keeps of you</h1>

            """
        return head + "<p>As of <time>\(Self.escaped(exportedAt))</time></p>\n<table>\(rows.joined())</table>\n"
            + conversations.map(Self.section).joined() + records.map(Self.section).joined() + itemsSection
            + "</body></html>\n"
    }

    private static func section(_ conversation: Conversation) -> PrintableText {
        let lines = conversation.messages.map { message -> PrintableText in
            "<p><time>\(escaped(message.createdAt))</time> <b>\(escaped(message.from))</b><br>\(escaped(message.message))</p>\n"
        }
        let title = conversation.with.isEmpty ? conversation.messageGroupUuid : "@" + conversation.with
        return "<h2>Conversation with \(escaped(title))</h2>\n\(lines.joined())"
    }

    private static func section(_ records: Records) -> PrintableText {
        let rows = records.rows.map { row -> PrintableText in
            "<table>\(row.sorted { $0.key < $1.key }.map { Self.row($0.key, $0.value ?? "") }.joined())</table>\n"
        }
        return "<h2>\(escaped(records.table))</h2>\n\(rows.joined())"
    }

    private var itemsSection: PrintableText {
        let lines = items.map { "<p><code>\(Self.markup($0.item.jsonLine))</code></p>\n" as PrintableText }
        return "<h2>In the table</h2>\n\(lines.joined())"
    }

    private static func row(_ name: String, _ value: String) -> PrintableText {
        "<tr><td>\(escaped(name))</td><td>\(escaped(value))</td></tr>"
    }

    private static func escaped(_ remote: String) -> PrintableText { markup(PrintableText(lines: remote)) }

    private static func markup(_ text: PrintableText) -> PrintableText {
        text.escaping { scalar in
            switch scalar {
            case "<": "&lt;"
            case ">": "&gt;"
            case "&": "&amp;"
            case "\"": "&quot;"
            case "'": "&#39;"
            default: nil
            }
        }
    }
}
