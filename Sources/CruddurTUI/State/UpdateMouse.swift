import ChatClient

/// Rows of a transcript, or of the help, for one notch of the wheel; and conversations of the list.
private let notch = (rows: 3, conversations: 1)

/// The mouse. With Shift or any other key held it is not meant for us.
func updateMouse(_ state: inout AppState, _ mouse: Mouse, on target: Canvas.Target?) -> [Effect] {
    guard mouse.modifiers.isEmpty else { return [] }
    switch mouse.action {
    case .wheelUp: return turnWheel(&state, at: mouse, by: -1)
    case .wheelDown: return turnWheel(&state, at: mouse, by: 1)
    case .press: return press(&state, mouse, on: target)
    case .drag where state.movesDivider:
        let layout = state.layout
        setDivider(&state, layout.place == .side ? mouse.x : mouse.y - layout.list.lowerBound)
        return readEffects(&state)
    case .release: state.movesDivider = false
    case .drag, .other: break
    }
    return []
}

/// It turns what is under it.
private func turnWheel(_ state: inout AppState, at mouse: Mouse, by step: Int) -> [Effect] {
    guard !state.asksToQuit else { return [] }
    let choice = step < 0 ? ChoiceCommand.up : .down
    if let text = state.longText {
        state.scrollText(to: text.scrolled(by: step * notch.rows))
        return []
    }
    switch state.overlay {
    case .findGroup(let finder): return updateFinder(&state, choice, finder)
    case .search(let search): return updateSearch(&state, choice, search)
    case .links(let links): return updateLinks(&state, choice, links)
    case .completion(let completion):
        return updateCompletion(&state, choice, completion)
    case .part(let part): return updatePart(&state, choice, part)
    case .calls(let calls):
        updateCalls(&state, choice, calls)
        return []
    case .row(let row):
        updateRow(&state, choice, row)
        return []
    case .stage(let selected): return updateStage(&state, choice, selected)
    case .newConversation(let prompt): return updatePrompt(&state, choice, prompt)
    case .signIn, .help, .details: return []
    case nil: break
    }
    let layout = state.layout
    guard layout.isList(x: mouse.x, y: mouse.y) else { return scroll(&state, by: step * notch.rows) }
    guard state.showsList else { return [] }
    let capacity = max(1, layout.list.count / AppState.rowsPerConversation)
    let last = max(0, state.snapshot.conversations.count - capacity)
    state.listTop = min(max(0, state.listedInView.startIndex + step * notch.conversations), last)
    return []
}

private func press(_ state: inout AppState, _ mouse: Mouse, on target: Canvas.Target?) -> [Effect] {
    state.movesDivider = false
    state.begun = nil
    switch target {
    case .key(let key): return updateTyped(&state, .key(key))
    case .choice(let index): return take(&state, index)
    case nil: break
    }
    guard state.overlay == nil, !state.asksToQuit else { return [] }
    state.notice = nil
    let layout = state.layout
    if layout.isDivider(x: mouse.x, y: mouse.y) {
        state.movesDivider = true
    } else if layout.groups.contains(mouse.x), layout.list.contains(mouse.y), state.showsList {
        return pick(&state, row: mouse.y - layout.list.lowerBound)
    } else if layout.conversation.contains(mouse.x), layout.compose.contains(mouse.y) {
        placeCursor(&state, mouse, layout)
    } else if layout.conversation.contains(mouse.x), layout.transcript.contains(mouse.y) {
        choose(&state, row: mouse.y - layout.transcript.lowerBound)
    }
    return []
}

/// One of those that were found.
private func take(_ state: inout AppState, _ index: Int) -> [Effect] {
    switch state.overlay {
    case .findGroup(var finder):
        finder.selected = index
        return updateFinder(&state, .take, finder)
    case .search(var search):
        search.selected = index
        return updateSearch(&state, .take, search)
    case .completion(var completion):
        completion.selected = index
        return updateCompletion(&state, .take, completion)
    case .links(var links):
        links.selected = index
        return updateLinks(&state, .take, links)
    case .calls:
        let calls = state.inspector.calls
        guard calls.indices.contains(index) else { return [] }
        updateCalls(&state, .take, .init(trace: calls[index].trace))
        return []
    case .row:
        updateRow(&state, .take, .init(place: index))
        return []
    case .stage: return updateStage(&state, .take, index)
    case .newConversation(var prompt):
        prompt.chosen = index
        return updatePrompt(&state, .take, prompt)
    case nil, .help, .details, .part, .signIn:
        return []
    }
}

/// The list stays as it stands under the mouse.
private func pick(_ state: inout AppState, row: Int) -> [Effect] {
    state.listOrder.hold(state.snapshot.conversations, now: state.now)
    let listed = state.listedInView
    let index = listed.startIndex + row / AppState.rowsPerConversation
    guard listed.indices.contains(index) else { return [] }
    state.pane = .conversation
    let effects = select(&state, listed[index].id)
    state.listTop = listed.startIndex
    return effects
}

/// The message that stands there.
private func choose(_ state: inout AppState, row: Int) {
    guard state.transcript != nil, !state.isForgotten else { return }
    let view = state.view
    // A short conversation stands at the bottom.
    let first = state.layout.transcript.count - view.rows.count
    guard let id = view.entry(inRow: row - first, of: state.rows) else { return }
    state.pane = .conversation
    state.reading.chosen = id
}

private func placeCursor(_ state: inout AppState, _ mouse: Mouse, _ layout: Layout) {
    let text = state.composeText(width: layout.composeWidth)
    let row = text.firstRow(height: layout.compose.count) + mouse.y - layout.compose.lowerBound
    let column = max(0, mouse.x - layout.conversation.lowerBound - Layout.gutter)
    state.draft.move(toOffset: text.offset(row: row, column: column))
}
