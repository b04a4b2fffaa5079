import ChatClient

/// What the session tells. It never moves the person.
func updateSnapshot(_ state: inout AppState, _ snapshot: ChatSnapshot) -> [Effect] {
    let old = state.snapshot
    let (notice, connection) = (old.notice, old.connection.state)
    let reach = old.reach
    let marked = markedInFinder(state)
    state.snapshot = snapshot
    state.listOrder.change(from: old.conversations, to: snapshot.conversations, now: state.now)
    updateSignedOut(&state, was: connection)
    if let text = snapshot.notice, text != notice {
        state.notice = .init(text: tr(reason: text), isProblem: true)
    }
    if let outcome = state.refreshing?.outcome(snapshot.connection) {
        state.refreshing = nil
        // A key has taken the words away that it would answer.
        if state.notice?.text == tr("Refreshing…") { state.notice = .init(text: outcome) }
    }
    if state.summary != nil { state.selection?.wasListed = true }
    if case .findGroup(var finder) = state.overlay, finder.order.isEmpty {
        finder.order = state.findable.map(\.id)
        state.overlay = .findGroup(finder)
    }
    if let marked, case .findGroup(var finder) = state.overlay {
        finder.selected = state.found(finder).firstIndex { $0.id == marked } ?? finder.selected
        state.overlay = .findGroup(finder)
    }
    var effects = tellNews(&state, since: old) + selectFirst(&state)
    // What was read meanwhile may hold it.
    if case .search(let search) = state.overlay, snapshot.reach != reach, !search.input.isEmpty {
        effects.append(.search(search.input.text))
    }
    bringIntoView(&state)
    keepPlace(&state)
    effects += readEffects(&state) + trim(state)
    // What held up the quitting has been sent.
    if state.asksToQuit, state.unsaved == 0 { effects.append(.quit) }
    return effects
}

/// Enter is for this one, whoever comes or goes.
private func markedInFinder(_ state: AppState) -> ConversationID? {
    guard case .findGroup(let finder) = state.overlay else { return nil }
    let found = state.found(finder)
    return found.indices.contains(finder.selected) ? found[finder.selected].id : nil
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
    bringDayIntoView(&state)
    guard let transcript = state.transcript, let wanted = state.reading.wanted,
        transcript.entries.contains(where: { $0.id == wanted })
    else { return }
    state.reading.wanted = nil
    state.reading.marked = wanted
    let height = state.layout.transcript.count
    let view = TranscriptView(state.rows, entry: wanted, below: height / 3, height: height)
    settle(&state, view, transcript)
}

/// The first message of a day stands at the top.
private func bringDayIntoView(_ state: inout AppState) {
    guard let time = state.reading.wantedAt, let transcript = state.transcript,
        let first = transcript.entries.first(where: { $0.at >= time })
    else { return }
    // What is shown may not be what was asked for yet.
    let isThere = transcript.entries.first.map { $0.at <= time } ?? false
    if isThere { state.reading.wantedAt = nil }
    let view = TranscriptView(state.rows, position: .top(first.id, row: 0), height: state.layout.transcript.count)
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
