import ChatClient
import ExactText

/// The question for a handle is asked.
func lookUp(_ state: inout AppState, _ prompt: Overlay.Prompt) -> [Effect] {
    var prompt = prompt
    let handle = prompt.handle
    guard !handle.isEmpty else { return [] }
    let isOwn = handle.isExactly(state.snapshot.me)
    prompt.problem = isOwn ? tr("That is you. Write to somebody else.") : nil
    state.overlay = .newConversation(prompt)
    guard !isOwn else { return [] }
    state.typeAhead.wait(for: handle, state.keys)
    return [handle.isExactly(prompt.unchecked) ? .begin(handle: handle) : .lookUp(handle: handle)]
}

/// While one waits for the answer, only quitting and going back are not for the one who is looked for.
func keepForLater(_ state: inout AppState, _ typed: Typed) -> [Effect] {
    if case .key(let key) = typed {
        switch state.keys.command(for: key, in: .prompt) ?? state.keys.command(for: key, in: .chat) {
        case .program(.quit): return requestQuit(&state)
        case .choice(.close):
            closeOverlay(&state)
            return []
        // What the tour sends is not for the one who is looked for.
        case .tour: return []
        default: break
        }
    }
    let before = state.typeAhead.text
    state.typeAhead.keep(typed)
    if state.typeAhead.text != before, let selected = state.selected { state.drafts.touch(selected) }
    return []
}

/// The answer to the question for a handle. One that is not waited for any more is none.
func updatePerson(
    _ state: inout AppState, _ handle: String, _ result: Result<FoundConversation?, APIError>
) -> [Effect] {
    if let effects = greet(&state, handle, result) { return effects }
    guard handle.isExactly(state.typeAhead.handle), case .newConversation(let prompt) = state.overlay else { return [] }
    switch result {
    case .success(let found?):
        return goOn(&state, with: found)
    case .success(nil):
        askAgain(&state, prompt, tr("Nobody here has the handle @\(handle)."))
    case .failure(.cannotLookUp):
        var prompt = prompt
        prompt.unchecked = handle
        askAgain(
            &state, prompt,
            tr(
                """
                This backend cannot look people up. Write to @\(handle) all the same? \
                \(state.keys.way(to: .choice(.take), in: .prompt)) does, \
                \(state.keys.way(to: .choice(.close), in: .prompt)) goes back.
                """))
    case .failure(let error):
        askAgain(
            &state, prompt,
            tr(
                """
                Could not look up @\(handle): \(tr(reason: "\(error)")). \
                \(state.keys.way(to: .choice(.take), in: .prompt)) tries again.
                """))
    }
    return []
}

private func askAgain(_ state: inout AppState, _ prompt: Overlay.Prompt, _ problem: String) {
    var prompt = prompt
    prompt.problem = problem
    state.typeAhead.giveUp()
    state.overlay = .newConversation(prompt)
}

/// What was typed meanwhile is done now, as if it had been typed here.
private func goOn(_ state: inout AppState, with found: FoundConversation) -> [Effect] {
    let ahead = state.typeAhead
    let before = state.selected
    let asksToQuit = state.asksToQuit
    state.typeAhead = TypeAhead()
    state.overlay = nil
    state.asksToQuit = false
    state.pane = .conversation
    // Whoever asked for somebody wants to write.
    state.isNormal = false
    var effects = select(&state, found.id, title: found.title)
    // What belonged to an answer that named nobody: here it is, but nobody has said yet that it is to go.
    state.drafts.append(ahead.unplaced, to: found.id)
    // A first key that was pressed meanwhile came after all of these.
    state.begun = nil
    for typed in ahead.typed { effects += updateTyped(&state, typed) }
    // It was kept as a part of this one's draft.
    if let before, !ahead.text.isEmpty { state.drafts.touch(before) }
    state.asksToQuit = asksToQuit && state.unsaved > 0
    return effects
}
