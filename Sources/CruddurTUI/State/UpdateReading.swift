import ChatClient

/// Keys that move the reader through the transcript; `nil` for all others.
func updateReading(_ state: inout AppState, _ key: Key) -> [Effect]? {
    let page = max(1, state.layout.transcript.count - 2)
    switch key {
    case Key(.pageUp):
        return scroll(&state, by: -page)
    case Key(.pageDown):
        return scroll(&state, by: page)
    case Key(.up) where isOneRow(state), Key(.up, .alt), Key(.up, .shift):
        return scroll(&state, by: -1)
    case Key(.down) where isOneRow(state), Key(.down, .alt), Key(.down, .shift):
        return scroll(&state, by: 1)
    case Key(.home, .control),
        Key(.home) where state.draft.isEmpty:
        return showOldest(&state)
    case Key(.end, .control),
        Key(.end) where state.draft.isEmpty:
        return showNewest(&state)
    default:
        return nil
    }
}

/// In a draft of several rows, Up and Down move the cursor; in an empty one they bring back
/// what was sent.
private func isOneRow(_ state: AppState) -> Bool {
    if state.snapshot.isReadOnly { return true }
    return state.layout.compose.count <= 1 && !state.draft.isEmpty && state.draft.text != state.recall?.text
}

private func showOldest(_ state: inout AppState) -> [Effect] {
    guard let last = state.snapshot.open?.entries.last else { return [] }
    if state.reading.position == .newest { state.reading.leftAt = last.at }
    state.reading.position = .oldest
    return [.show(.oldest)]
}

private func showNewest(_ state: inout AppState) -> [Effect] {
    guard let open = state.snapshot.open else { return [] }
    state.reading.position = .newest
    state.reading.leftAt = nil
    return open.newer > 0 ? [.show(.newest)] : readEffects(&state)
}

private func scroll(_ state: inout AppState, by rows: Int) -> [Effect] {
    let view = TranscriptView(
        TranscriptRows(state), position: state.reading.position, height: state.layout.transcript.count,
        scrolledBy: rows)
    return settle(&state, at: view.isAtNewest ? .newest : view.top, view: view)
}

private func settle(
    _ state: inout AppState, at wanted: AppState.Reading.Position, view: TranscriptView? = nil
) -> [Effect] {
    let wasAtNewest = state.reading.position == .newest
    let view =
        view
        ?? TranscriptView(TranscriptRows(state), position: wanted, height: state.layout.transcript.count)
    let reachesEnd = view.isAtNewest && state.snapshot.open?.newer == 0
    state.reading.position = reachesEnd ? .newest : view.isAtNewest ? view.top : wanted
    if state.reading.position == .newest {
        state.reading.leftAt = nil
    } else if wasAtNewest {
        state.reading.leftAt = state.snapshot.open?.entries.last?.at
    }
    return readEffects(&state) + windowEffects(state, view)
}

/// Entries from the window's end at which more are asked for: before they are needed.
private let margin = 40

private func windowEffects(_ state: AppState, _ view: TranscriptView) -> [Effect] {
    guard let open = state.snapshot.open, case .top(let id, _) = view.top,
        let top = open.entries.firstIndex(where: { $0.id == id })
    else { return [] }
    var effects: [Effect] = []
    if top < margin { effects.append(.loadOlder(open.id)) }
    if open.newer > 0, view.firstBelow > open.entries.count - margin { effects.append(.loadNewer(open.id)) }
    return effects
}
