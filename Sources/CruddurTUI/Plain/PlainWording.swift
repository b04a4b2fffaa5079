import ChatClient
import TerminalText
import Timestamps

/// The chat without a screen, in lines: whoever hears them needs to know who says what, and nothing else.
enum PlainWording {
    static let start: PrintableText = "Cruddur, line by line. A line is sent to whom you talk to; /help tells the rest."
    static let nobody: PrintableText = "You talk to nobody yet. /to HANDLE begins."
    static let sent: PrintableText = "Sent."
    static let nothingWaits: PrintableText = "Nothing here waits for that."
    static let refreshing: PrintableText = "Asking the server."

    static var help: [PrintableText] { PlainCommand.allCases.map { "\($0.usage): \($0.does)" } }

    static func unknown(_ name: String) -> PrintableText {
        "There is no command /\(name): nothing was sent. //\(name) sends it as a text; /help tells the commands."
    }

    static func list(_ snapshot: ChatSnapshot) -> [PrintableText] {
        let away = snapshot.archived.count
        let rest: [PrintableText] = away > 0 ? ["\(away) put away until somebody writes."] : []
        guard !snapshot.conversations.isEmpty else {
            return away > 0 ? rest : ["No conversations yet. /to HANDLE begins one."]
        }
        return rest.reversed()
            + snapshot.conversations.map { conversation in
                var line: PrintableText = "@\(conversation.title.handle), \(conversation.title.displayName)"
                if conversation.unread > 0 {
                    line = line + ": \(conversation.unread)\(conversation.hasMoreUnread ? " or more" : "") unread"
                }
                if conversation.unsent > 0 { line = line + ", \(conversation.unsent) not sent" }
                return line
            }
    }

    static func talking(to title: UserShort) -> PrintableText { "You talk to \(title.displayName), @\(title.handle)." }

    /// `14:03 mei: see you`
    static func message(_ entry: TranscriptEntry, _ time: LocalTime) -> PrintableText {
        let state: PrintableText = entry.delivery.map { " (\($0.words))" } ?? ""
        return "\(time.clock(entry.at)) \(entry.isOwn ? "you" : entry.handle): \(entry.text)\(state)"
    }

    /// One that has just come.
    ///
    /// - Parameter isHere: it is of the conversation that one is in.
    static func news(_ message: MessageOutput, isHere: Bool) -> PrintableText {
        if message.own { return "You wrote elsewhere, to @\(message.with): \(message.message)" }
        return isHere ? "\(message.handle): \(message.message)" : "@\(message.with) writes: \(message.message)"
    }

    static func found(_ hit: SearchHit, _ time: LocalTime) -> PrintableText {
        "\(time.day(hit.message.at)) \(time.clock(hit.message.at)), with @\(hit.title.handle), \(hit.message.handle): \(hit.message.text)"
    }

    static func failed(_ state: Outgoing.State) -> PrintableText {
        "\(state.words.prefix(1).uppercased())\(state.words.dropFirst()). /retry sends it again, /discard forgets it."
    }

    static func unsent(_ entry: OutboxEntry) -> PrintableText {
        "to @\(entry.title.handle), \(entry.outgoing.state.words): \(entry.outgoing.text)"
    }

    static func connection(_ state: Connection.State) -> PrintableText {
        switch state {
        case .connecting: "Connecting."
        case .online: "Connected."
        case .offline(let reason, _, _): "Offline: \(reason). What you write waits."
        case .signedOut(_, let reason):
            "Your sign-in has ended\(reason.map { ": \($0)" } ?? ""). cruddur login signs in. What you write waits."
        }
    }
}
