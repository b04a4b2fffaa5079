import ChatClient
import TerminalText
import Timestamps

/// What is told to somebody who does not look.
struct Told: Equatable, Sendable {
    let title: String
    let body: String
}

/// Who is told what, and whether they look.
struct Telling: Sendable {
    var settings = NotificationSettings()
    /// The terminal has said once whether it has the person's attention; most never do.
    var knowsFocus = false
    /// When the person last did something.
    var lastTouch: Timestamp?
    /// When they were told that the connection is lost.
    var lossTold: Timestamp?
    /// They do not know yet that it is there again.
    var owesReturn = false

    /// Seconds: who has done nothing for so long may look elsewhere.
    static let attention = 60.0
    /// Seconds between two losses that are worth telling.
    static let lossesApart = 600.0
    /// Code points of a text that is told.
    static let textLimit = 200
    static let handleLimit = 60
}

extension AppState {
    /// As far as that can be known.
    var isLookedAt: Bool {
        if telling.knowsFocus { return isFocused }
        return telling.lastTouch.map { now.seconds(since: $0) < Telling.attention } ?? true
    }

    /// Whether something is to be told at all now.
    fileprivate var mayTell: Bool {
        guard telling.settings.means != .none, !isLookedAt else { return false }
        let minute = localTime.minuteOfDay(now)
        return telling.settings.quietHours.map { !$0.contains(minute: minute) } ?? true
    }

    /// Unread messages of conversations of which something is told.
    static func toldUnread(_ snapshot: ChatSnapshot) -> Int {
        snapshot.conversations.reduce(0) { $0 + ($1.keeping.contains(.muted) ? 0 : $1.unread) }
    }

    /// The terminal's title; `nil`: it is the terminal's own.
    var windowTitle: String? {
        guard telling.settings.setsTitle else { return nil }
        return unread > 0 ? "(\(unread)) Cruddur" : "Cruddur"
    }
}

/// What has come since `old`, for somebody who does not look: once, and in one sentence.
func tellNews(_ state: inout AppState, since old: ChatSnapshot) -> [Effect] {
    var told = tellConnection(&state, was: old.connection.state)
    // What was there already is no news.
    if old.isRestored, old.hasGroups, state.mayTell {
        let known = Dictionary(old.conversations.map { ($0.id, $0.unread) }) { $1 }
        let news = state.snapshot.conversations.filter {
            !$0.keeping.contains(.muted) && $0.unread > known[$0.id] ?? 0
        }
        let count = news.reduce(0) { $0 + $1.unread - (known[$1.id] ?? 0) }
        if count > 0 { told.append(Told(title: "Cruddur", body: words(news, count, state.telling.settings))) }
    }
    return told.map { tell($0, state.telling.settings.means) }
}

private func words(_ news: [ConversationSummary], _ count: Int, _ settings: NotificationSettings) -> String {
    let writers = news.prefix(3).map { "@\($0.title.handle.prefix(Telling.handleLimit))" }.joined(separator: ", ")
    // What is ours is not what came.
    if settings.tellsText, news.count == 1, !news[0].isPreviewOwn, news[0].previewState == nil {
        let text = String(String.UnicodeScalarView(news[0].preview.unicodeScalars.prefix(Telling.textLimit)))
        return "\(writers): \(text)"
    }
    let all = news.count > 3 ? tr("\(writers) and \(news.count - 3) others") : writers
    return count == 1 ? tr("A message from \(all)") : tr("\(count) messages from \(all)")
}

/// That it is lost is told once, and that it is there again.
private func tellConnection(_ state: inout AppState, was old: Connection.State) -> [Told] {
    switch (old, state.snapshot.connection.state) {
    case (.online, .offline(let reason, _, _)):
        let isRecent = state.telling.lossTold.map { state.now.seconds(since: $0) < Telling.lossesApart } ?? false
        guard state.mayTell, !isRecent else { return [] }
        (state.telling.lossTold, state.telling.owesReturn) = (state.now, true)
        return [Told(title: tr("Cruddur is offline"), body: tr(reason: reason))]
    case (.offline, .online):
        guard state.telling.owesReturn else { return [] }
        state.telling.owesReturn = false
        return state.mayTell ? [Told(title: "Cruddur", body: tr("Connected again."))] : []
    default: return []
    }
}

private func tell(_ told: Told, _ means: NotificationSettings.Means) -> Effect {
    switch means {
    case .none, .bell: .terminal(.bell)
    case .terminal: .terminal(.tell(told))
    case .desktop, .command: .asking(.tell(told))
    }
}
