import ChatClient

/// Keys of the search over all conversations.
func updateSearch(_ state: inout AppState, _ command: ChoiceCommand, _ search: Overlay.Search) -> [Effect] {
    var search = search
    let last = max(0, search.hits.count - 1)
    switch command {
    case .take:
        // What is listed for other words is not what was looked for.
        guard search.answered == search.input.text, search.hits.indices.contains(search.selected) else { return [] }
        return jump(&state, to: search.hits[search.selected])
    case .up: search.selected = max(0, search.selected - 1)
    case .down: search.selected = min(last, search.selected + 1)
    case .pageDown: search.selected = min(last, search.selected + 10)
    case .pageUp: search.selected = max(0, search.selected - 10)
    case .close: break
    }
    search.isChoosing = true
    state.overlay = .search(search)
    return []
}

func editSearch(_ state: inout AppState, _ search: Overlay.Search, _ command: EditCommand) -> [Effect] {
    var search = search
    let before = search.input.text
    edit(&search.input, command, killed: &state.killed)
    search.isChoosing = false
    state.overlay = .search(search)
    return search.input.text == before ? [] : [.search(search.input.text)]
}

/// An answer to what is not typed any more is none.
func updateFound(_ state: inout AppState, _ typed: String, _ hits: [SearchHit]) {
    guard case .search(var search) = state.overlay, search.input.text == typed else { return }
    let marked = search.hits.indices.contains(search.selected) ? search.hits[search.selected] : nil
    search.hits = hits
    // What came meanwhile moves no choice: Enter is for the one that was marked.
    let place = hits.firstIndex { $0.conversation == marked?.conversation && $0.message.id == marked?.message.id }
    search.selected = search.answered == typed ? place ?? min(search.selected, max(0, hits.count - 1)) : 0
    search.answered = typed
    state.overlay = .search(search)
}

private func jump(_ state: inout AppState, to hit: SearchHit) -> [Effect] {
    state.overlay = nil
    state.pane = .conversation
    let effects = select(&state, hit.conversation, title: hit.title, at: .around(hit.message.at))
    state.reading.wanted = .message(hit.message.id)
    bringIntoView(&state)
    return effects
}
