import ChatClient
import TerminalText
import Timestamps

/// The chat without a screen, in lines: whoever hears them needs to know who says what, and nothing else.
enum PlainWording {
    static var start: PrintableText {
        printed("Cruddur, line by line. A line is sent to whom you talk to; /help tells the rest.")
    }
    static var nobody: PrintableText { printed("You talk to nobody yet. /to HANDLE begins.") }
    static var sent: PrintableText { printed("Sent.") }
    static var nothingWaits: PrintableText { printed("Nothing here waits for that.") }
    static var refreshing: PrintableText { printed("Asking the server.") }

    static var help: [PrintableText] { PlainCommand.allCases.map { "\($0.usage): \($0.does)" } }

    static func unknown(_ name: String) -> PrintableText {
        printed(
            "There is no command /\(name): nothing was sent. //\(name) sends it as a text; /help tells the commands.")
    }

    static func list(_ snapshot: ChatSnapshot) -> [PrintableText] {
        let away = snapshot.archived.count
        let rest: [PrintableText] = away > 0 ? [printed("\(away) put away until somebody writes.")] : []
        guard !snapshot.conversations.isEmpty else {
            return away > 0 ? rest : [printed("No conversations yet. /to HANDLE begins one.")]
        }
        return rest.reversed()
            + snapshot.conversations.map { conversation in
                var line: PrintableText = "@\(conversation.title.handle), \(conversation.title.displayName)"
                if conversation.unread > 0 {
                    let count = conversation.unread
                    let unread =
                        conversation.hasMoreUnread ? printed("\(count) or more unread") : printed("\(count) unread")
                    line = line + ": \(unread)"
                }
                if conversation.unsent > 0 { line = line + ", \(printed("\(conversation.unsent) not sent"))" }
                return line
            }
    }

    static func talking(to title: UserShort) -> PrintableText {
        printed("You talk to \(title.displayName), @\(title.handle).")
    }

    /// `14:03 mei: see you`
    static func message(_ entry: TranscriptEntry, _ time: LocalTime) -> PrintableText {
        let state: PrintableText = entry.delivery.map { " (\(tr(reason: $0.words)))" } ?? ""
        return "\(time.clock(entry.at)) \(entry.isOwn ? tr("you") : entry.handle): \(entry.text)\(state)"
    }

    /// One that has just come.
    ///
    /// - Parameter isHere: it is of the conversation that one is in.
    static func news(_ message: MessageOutput, isHere: Bool) -> PrintableText {
        if message.own { return printed("You wrote elsewhere, to @\(message.with): \(message.message)") }
        return isHere
            ? "\(message.handle): \(message.message)" : printed("@\(message.with) writes: \(message.message)")
    }

    static func found(_ hit: SearchHit, _ time: LocalTime) -> PrintableText {
        let at = "\(time.day(hit.message.at)) \(time.clock(hit.message.at))"
        return printed("\(at), with @\(hit.title.handle), \(hit.message.handle): \(hit.message.text)")
    }

    static func failed(_ state: Outgoing.State) -> PrintableText {
        let words = tr(reason: state.words)
        let sentence = "\(words.prefix(1).uppercased())\(words.dropFirst())"
        return printed("\(sentence). /retry sends it again, /discard forgets it.")
    }

    static func unsent(_ entry: OutboxEntry) -> PrintableText {
        printed("to @\(entry.title.handle), \(tr(reason: entry.outgoing.state.words)): \(entry.outgoing.text)")
    }

    static func connection(_ state: Connection.State) -> PrintableText {
        switch state {
        case .connecting: printed("Connecting.")
        case .online: printed("Connected.")
        case .offline(let reason, _, _): printed("Offline: \(tr(reason: reason)). What you write waits.")
        case .signedOut(_, let reason?):
            printed("Your sign-in has ended: \(tr(reason: reason)). cruddur login signs in. What you write waits.")
        case .signedOut: printed("Your sign-in has ended. cruddur login signs in. What you write waits.")
        }
    }
}
