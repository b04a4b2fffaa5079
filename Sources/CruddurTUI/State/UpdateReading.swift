import ChatClient
import TerminalText
import Timestamps

/// Keys that move the reader through the transcript.
func updateReading(_ state: inout AppState, _ command: ReadingCommand) -> [Effect] {
    let page = max(1, state.layout.transcript.count - 2)
    switch command {
    case .pageUp: return scroll(&state, by: -page)
    case .pageDown: return scroll(&state, by: page)
    case .lineUp: return scroll(&state, by: -1)
    case .lineDown: return scroll(&state, by: 1)
    case .oldest: return showOldest(&state)
    case .newest: return showNewest(&state)
    case .markUnread: return markUnread(&state)
    case .day:
        if state.draft.isEmpty {
            state.draft = TextBuffer("/day ")
        } else {
            state.notice = .init(text: tr("In an empty line, this key goes to a day."))
        }
        return []
    }
}

/// From the selected message on; without one, the last of the other. It stays so until one leaves.
private func markUnread(_ state: inout AppState) -> [Effect] {
    let entries = state.transcript?.entries ?? []
    let first = state.chosen ?? entries.last { !$0.isOwn }
    guard let first, let id = state.selected, entries.contains(where: { !$0.isOwn && $0.at >= first.at }) else {
        state.notice = .init(text: tr("Nothing of the other's is there to be unread."))
        return []
    }
    state.reading.chosen = nil
    state.reading.isHeldUnread = true
    state.reading.unreadLine = first.id
    state.notice = .init(text: tr("Unread from \(first.text.excerpt) on, once you go elsewhere."))
    return [.markUnread(id, from: first.at)]
}

/// The first message of a day, or of the next on which there is one.
func goToDay(_ state: inout AppState, _ day: String) -> [Effect] {
    guard let id = state.selected else { return [] }
    guard day.count == 10, let midnight = Timestamp(day + "T00:00:00Z") else {
        state.notice = .init(
            text: tr("No day is called \(day.prefix(20)). A day is written as 2026-11-24."), isProblem: true)
        return []
    }
    let time = midnight.advanced(bySeconds: -Double(state.localTime.offset(midnight)))
    state.reading.wantedAt = time
    return [.show(id, at: .around(time))]
}

func showOldest(_ state: inout AppState) -> [Effect] {
    guard let transcript = state.transcript, !transcript.entries.isEmpty else { return [] }
    if state.reading.position == .newest { state.reading.lastSeen = lastMessage(transcript) }
    state.reading.wantedAt = nil
    state.reading.position = .oldest
    return [.show(transcript.id, at: .oldest)]
}

func showNewest(_ state: inout AppState) -> [Effect] {
    guard let id = state.selected else { return [] }
    state.reading.wantedAt = nil
    state.reading.returnToNewest()
    guard let transcript = state.transcript, transcript.newer == 0 else { return [.show(id, at: .newest)] }
    return readEffects(&state)
}

func scroll(_ state: inout AppState, by rows: Int) -> [Effect] {
    guard let transcript = state.transcript, !transcript.entries.isEmpty else { return [] }
    state.reading.wantedAt = nil
    let view = TranscriptView(
        state.rows, position: state.reading.position, height: state.layout.transcript.count, scrolledBy: rows)
    settle(&state, view, transcript)
    return readEffects(&state) + windowEffects(view, transcript)
}

/// From now on the reader is where this view is.
func settle(_ state: inout AppState, _ view: TranscriptView, _ transcript: Transcript) {
    guard !view.isAtNewest || transcript.newer > 0 else { return state.reading.returnToNewest() }
    if state.reading.position == .newest { state.reading.lastSeen = lastMessage(transcript) }
    state.reading.position = view.top
    if case .top(let id, _) = view.top {
        state.reading.topAt = transcript.entries.last { $0.id == id }?.at
    }
}

/// What is on its way changes its name once it is there.
private func lastMessage(_ transcript: Transcript) -> TranscriptEntry.ID? {
    transcript.entries.last { $0.delivery == nil }?.id
}

/// Entries from the window's end at which more are asked for: before they are needed.
private let margin = 40

func windowEffects(_ view: TranscriptView, _ transcript: Transcript) -> [Effect] {
    guard case .top(let id, _) = view.top, let top = transcript.entries.firstIndex(where: { $0.id == id })
    else { return [] }
    var effects: [Effect] = []
    if top < margin { effects.append(.loadOlder(transcript.id)) }
    if transcript.newer > 0, view.firstBelow > transcript.entries.count - margin {
        effects.append(.loadNewer(transcript.id))
    }
    return effects
}
