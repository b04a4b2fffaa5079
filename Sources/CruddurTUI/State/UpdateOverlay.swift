import ChatClient

/// Keys while something stands in front of the chat.
func updateOverlay(_ state: inout AppState, _ key: Key) -> [Effect] {
    if key == Key(.escape) || key == .control("c") || key == .control("g") {
        state.overlay = nil
        return []
    }
    // The way out is the same from everywhere.
    if key == .control("q"), state.overlay != .quit { return requestQuit(&state) }
    switch state.overlay {
    case nil:
        return []
    case .help(let scroll):
        return updateHelp(&state, key, scroll)
    case .newConversation(let prompt):
        return updatePrompt(&state, key, prompt)
    case .findGroup(let finder):
        return updateFinder(&state, key, finder)
    case .search(let search):
        return updateSearch(&state, key, search)
    case .quit:
        state.overlay = nil
        return key == .control("q") ? [.quit] : []
    }
}

/// Quits, or asks first while something would be lost.
func requestQuit(_ state: inout AppState) -> [Effect] {
    guard state.unsaved > 0 else { return [.quit] }
    state.overlay = .quit
    return []
}

private func updateHelp(_ state: inout AppState, _ key: Key, _ scroll: Int) -> [Effect] {
    switch key.code {
    case .down: state.overlay = .help(scroll: scroll + 1)
    case .up: state.overlay = .help(scroll: max(0, scroll - 1))
    case .pageDown, .character(" "): state.overlay = .help(scroll: scroll + max(1, state.size.height - 4))
    case .pageUp: state.overlay = .help(scroll: max(0, scroll - max(1, state.size.height - 4)))
    default: state.overlay = nil
    }
    return []
}

private func updatePrompt(_ state: inout AppState, _ key: Key, _ prompt: AppState.Prompt) -> [Effect] {
    var prompt = prompt
    guard !prompt.isBusy else { return [] }
    if key == Key(.enter) {
        return lookUp(&state, prompt)
    }
    prompt.problem = nil
    edit(&prompt.input, key, killed: &state.killed)
    state.overlay = .newConversation(prompt)
    return []
}

private func lookUp(_ state: inout AppState, _ prompt: AppState.Prompt) -> [Effect] {
    var prompt = prompt
    let handle = prompt.handle
    guard !handle.isEmpty else { return [] }
    if handle == state.snapshot.me {
        prompt.problem = "That is you. Write to somebody else."
        state.overlay = .newConversation(prompt)
        return []
    }
    prompt.isBusy = true
    state.overlay = .newConversation(prompt)
    return [.lookUp(handle: handle)]
}

extension AppState.Prompt {
    /// What was typed, without the @ and spaces that people put around a handle.
    var handle: String {
        String(input.text.drop { $0 == "@" || $0.isWhitespace }.reversed().drop(while: \.isWhitespace).reversed())
    }
}

private func updateFinder(_ state: inout AppState, _ key: Key, _ finder: AppState.Finder) -> [Effect] {
    var finder = finder
    let found = state.found(finder)
    switch key {
    case Key(.enter):
        state.overlay = nil
        guard found.indices.contains(finder.selected) else { return [] }
        state.pane = .conversation
        return [.open(found[finder.selected].id)]
    case Key(.up), Key(.tab, .shift):
        finder.selected = max(0, finder.selected - 1)
    case Key(.down), Key(.tab):
        finder.selected = min(max(0, found.count - 1), finder.selected + 1)
    default:
        let before = finder.input.text
        edit(&finder.input, key, killed: &state.killed)
        if finder.input.text != before { finder.selected = 0 }
    }
    state.overlay = .findGroup(finder)
    return []
}
