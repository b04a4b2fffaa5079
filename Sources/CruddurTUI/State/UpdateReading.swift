import ChatClient

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
    }
}

func showOldest(_ state: inout AppState) -> [Effect] {
    guard let transcript = state.transcript, !transcript.entries.isEmpty else { return [] }
    if state.reading.position == .newest { state.reading.lastSeen = lastMessage(transcript) }
    state.reading.position = .oldest
    return [.show(transcript.id, at: .oldest)]
}

func showNewest(_ state: inout AppState) -> [Effect] {
    guard let id = state.selected else { return [] }
    state.reading.returnToNewest()
    guard let transcript = state.transcript, transcript.newer == 0 else { return [.show(id, at: .newest)] }
    return readEffects(&state)
}

func scroll(_ state: inout AppState, by rows: Int) -> [Effect] {
    guard let transcript = state.transcript, !transcript.entries.isEmpty else { return [] }
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

private func windowEffects(_ view: TranscriptView, _ transcript: Transcript) -> [Effect] {
    guard case .top(let id, _) = view.top, let top = transcript.entries.firstIndex(where: { $0.id == id })
    else { return [] }
    var effects: [Effect] = []
    if top < margin { effects.append(.loadOlder(transcript.id)) }
    if transcript.newer > 0, view.firstBelow > transcript.entries.count - margin {
        effects.append(.loadNewer(transcript.id))
    }
    return effects
}
