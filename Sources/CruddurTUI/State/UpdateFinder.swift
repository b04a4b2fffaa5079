import ChatClient

/// Keys of the search for a conversation.
func updateFinder(_ state: inout AppState, _ command: ChoiceCommand, _ finder: Overlay.Finder) -> [Effect] {
    var finder = finder
    let found = state.found(finder)
    switch command {
    case .take:
        // Nobody is meant: what is typed next must not go to whoever is selected.
        guard found.indices.contains(finder.selected) else { return [] }
        // Scattered letters are a guess: it is seen before it is taken, also by whoever types ahead.
        if !finder.isChoosing, FuzzyMatch(finder.input.text, found[finder.selected].title) == .scattered {
            finder.isChoosing = true
            state.overlay = .findGroup(finder)
            let way = state.keys.way(to: .choice(.take), in: .finder)
            state.notice = .init(text: tr("\(way) again goes to @\(found[finder.selected].title.handle)."))
            return []
        }
        state.overlay = nil
        state.pane = .conversation
        return select(&state, found[finder.selected].id, title: found[finder.selected].title)
    case .up: finder.selected = max(0, finder.selected - 1)
    case .down: finder.selected = min(max(0, found.count - 1), finder.selected + 1)
    case .pageUp: finder.selected = max(0, finder.selected - 10)
    case .pageDown: finder.selected = min(max(0, found.count - 1), finder.selected + 10)
    case .close: break
    }
    finder.isChoosing = true
    state.overlay = .findGroup(finder)
    return []
}

func editFinder(_ state: inout AppState, _ finder: Overlay.Finder, _ command: EditCommand) {
    var finder = finder
    let before = finder.input.text
    edit(&finder.input, command, killed: &state.killed)
    finder.isChoosing = false
    if finder.input.text != before { finder.selected = 0 }
    state.overlay = .findGroup(finder)
}
