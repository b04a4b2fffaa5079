import ChatClient

/// What the session tells. It never moves the person.
func updateSnapshot(_ state: inout AppState, _ snapshot: ChatSnapshot) -> [Effect] {
    let (notice, connection) = (state.snapshot.notice, state.snapshot.connection.state)
    state.snapshot = snapshot
    updateSignedOut(&state, was: connection)
    if let text = snapshot.notice, text != notice { state.notice = .init(text: text, isProblem: true) }
    if state.summary != nil { state.selection?.wasListed = true }
    if case .findGroup(var finder) = state.overlay, finder.order.isEmpty {
        finder.order = snapshot.conversations.map(\.id)
        state.overlay = .findGroup(finder)
    }
    var effects = selectFirst(&state)
    bringIntoView(&state)
    keepPlace(&state)
    effects += readEffects(&state) + trim(state)
    // What held up the quitting has been sent.
    if state.asksToQuit, state.unsaved == 0 { effects.append(.quit) }
    return effects
}

/// Entries that are worth holding below a reader at the bottom.
private let longestWindow = 600

/// Who reads the newest does not need the old ones that came to lie above.
private func trim(_ state: AppState) -> [Effect] {
    guard let transcript = state.transcript, state.reading.position == .newest,
        transcript.entries.count > longestWindow
    else { return [] }
    return [.show(transcript.id, at: .newest)]
}

/// A message that was searched for stands a third down the pane.
func bringIntoView(_ state: inout AppState) {
    guard let transcript = state.transcript, let wanted = state.reading.wanted,
        transcript.entries.contains(where: { $0.id == wanted })
    else { return }
    state.reading.wanted = nil
    state.reading.marked = wanted
    let height = state.layout.transcript.count
    let view = TranscriptView(state.rows, position: .top(wanted, row: 0), height: height, scrolledBy: -height / 3)
    settle(&state, view, transcript)
}

/// The entry at the top may have another name, once it has arrived: its time is still the same place.
private func keepPlace(_ state: inout AppState) {
    guard case .top(let id, _) = state.reading.position, let topAt = state.reading.topAt,
        let entries = state.transcript?.entries, let first = entries.first, first.at <= topAt,
        !entries.contains(where: { $0.id == id }), let heir = entries.first(where: { $0.at >= topAt })
    else { return }
    state.reading.position = .top(heir.id, row: 0)
}
