import ChatClient

/// Keys of the search over all conversations.
func updateSearch(_ state: inout AppState, _ key: Key, _ search: AppState.Search) -> [Effect] {
    var search = search
    var effects: [Effect] = []
    switch key {
    case Key(.enter):
        guard search.hits.indices.contains(search.selected) else { return [] }
        return jump(&state, to: search.hits[search.selected])
    case Key(.up), Key(.tab, .shift):
        search.selected = max(0, search.selected - 1)
    case Key(.down), Key(.tab):
        search.selected = min(max(0, search.hits.count - 1), search.selected + 1)
    case Key(.pageDown):
        search.selected = min(max(0, search.hits.count - 1), search.selected + 10)
    case Key(.pageUp):
        search.selected = max(0, search.selected - 10)
    default:
        let before = search.input.text
        edit(&search.input, key, killed: &state.killed)
        if search.input.text != before { effects.append(.search(search.input.text)) }
    }
    state.overlay = .search(search)
    return effects
}

/// An answer to what is not typed any more is none.
func updateFound(_ state: inout AppState, _ typed: String, _ hits: [SearchHit]) {
    guard case .search(var search) = state.overlay, search.input.text == typed else { return }
    if search.answered != typed { search.selected = 0 }
    search.hits = hits
    search.answered = typed
    state.overlay = .search(search)
}

private func jump(_ state: inout AppState, to hit: SearchHit) -> [Effect] {
    state.overlay = nil
    state.pane = .conversation
    state.reading.wanted = .message(hit.message.id)
    return [.openAt(hit.conversation, hit.message.at)]
}
