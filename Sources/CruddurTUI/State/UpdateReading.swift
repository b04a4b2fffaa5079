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
        guard let first = state.snapshot.open?.entries.first else { return [] }
        return settle(&state, at: .top(first.id, row: 0))
    case Key(.end, .control),
        Key(.end) where state.draft.isEmpty:
        return settle(&state, at: .newest)
    default:
        return nil
    }
}

/// In a draft of several rows, Up and Down move the cursor.
private func isOneRow(_ state: AppState) -> Bool { state.layout.compose.count <= 1 }

private func scroll(_ state: inout AppState, by rows: Int) -> [Effect] {
    let view = TranscriptView(
        TranscriptRows(state), position: state.reading.position, height: state.layout.transcript.count,
        scrolledBy: rows)
    return settle(&state, at: view.isAtNewest ? .newest : view.top)
}

private func settle(_ state: inout AppState, at wanted: AppState.Reading.Position) -> [Effect] {
    let wasAtNewest = state.reading.position == .newest
    let view = TranscriptView(
        TranscriptRows(state), position: wanted, height: state.layout.transcript.count)
    state.reading.position = view.isAtNewest ? .newest : wanted
    if state.reading.position == .newest {
        state.reading.leftAt = nil
    } else if wasAtNewest {
        state.reading.leftAt = state.snapshot.open?.entries.last?.at
    }
    return readEffects(&state) + olderEffects(state, view)
}

/// Who sees the first message that is known may want to see those before it.
private func olderEffects(_ state: AppState, _ view: TranscriptView) -> [Effect] {
    guard let open = state.snapshot.open, let first = open.entries.first, view.top == .top(first.id, row: 0) else {
        return []
    }
    return [.loadOlder(open.id)]
}
