import ChatClient

extension AppState {
    /// Where a key is meant for.
    var context: KeyContext {
        if asksToQuit { return .quit }
        switch overlay {
        case .help: return .help
        case .newConversation: return .prompt
        case .findGroup: return .finder
        case .search: return .search
        case .signIn: return .form
        case .links: return .links
        case .completion: return .completion
        case .details: return .details
        case .part: return .part
        case .calls: return .calls
        case .row: return .row
        case .stage: return .stage
        case nil: return !Layout.hasConversation(self) ? .list : isNormal ? .normal : .chat
        }
    }
}

/// A key or a paste, now or as it was kept.
func updateTyped(_ state: inout AppState, _ typed: Typed) -> [Effect] {
    switch typed {
    case .key(let pressed):
        guard let key = completeSequence(&state, pressed) else { return [] }
        // What is drawn anew, or left for a moment, is what is there: also while an answer is waited for.
        if case .program(let command)? = state.keys.command(for: key, in: state.context),
            command == .redraw || command == .suspend
        {
            return updateProgram(&state, command)
        }
        if !state.leavesNotice(key) { state.notice = nil }
        state.reading.marked = nil
        return updateKey(&state, key)
    case .paste(let text):
        // Whoever pastes goes on.
        state.begun = nil
        state.asksToQuit = false
        return state.typeAhead.isWaiting ? keepForLater(&state, typed) : updatePaste(&state, text)
    }
}

/// - Returns: the key that is meant; `nil`: another one is to follow.
private func completeSequence(_ state: inout AppState, _ key: Key) -> Key? {
    let context = state.context
    if let begun = state.begun {
        state.begun = nil
        state.notice = nil
        guard begun.context == context, begun.selected == state.selected else { return completeSequence(&state, key) }
        let second = key.after(begun.first)
        if state.keys.command(for: second, in: context) != nil { return second }
        // Ctrl-Q and the like mean what they always mean; a letter becomes neither text nor another command.
        guard case .character = key.code, key.modifiers.isEmpty else { return key }
        state.notice = .init(text: tr("\(second.name) means nothing."))
        return nil
    }
    guard state.keys.isFirst(key, in: context) else { return key }
    state.begun = .init(first: key.stroke, context: context, selected: state.selected)
    state.notice = .init(text: "\(key.name) …")
    return nil
}

private func updateKey(_ state: inout AppState, _ key: Key) -> [Effect] {
    if state.typeAhead.isWaiting, !state.asksToQuit { return keepForLater(&state, .key(key)) }
    let context = state.context
    guard let command = state.keys.command(for: key, in: context) else {
        return updateUnknown(&state, key, context)
    }
    // What is asked for one line is not asked for the next.
    if command != .compose(.send) { state.askedAbout = nil }
    return perform(&state, command, context)
}

/// A command, by a key or as it was typed.
func perform(_ state: inout AppState, _ command: Command, _ context: KeyContext) -> [Effect] {
    switch command {
    case .program(let command): return updateProgram(&state, command)
    case .conversations(let command): return updateConversations(&state, command)
    case .reading(let command): return updateReading(&state, command)
    case .message(let command): return updateMessage(&state, command)
    case .unsent(let command): return updateUnsent(&state, command)
    case .compose(let command): return updateCompose(&state, command)
    case .edit(let command): return updateEdit(&state, command, context)
    case .choice(let command): return updateChoice(&state, command, context)
    case .call(let command): return updateCall(&state, command)
    case .tour(let command): return updateTour(&state, command)
    case .part(.begin):
        if case .part(var part) = state.overlay {
            part.begin()
            state.overlay = .part(part)
        }
        return []
    case .mode(let command): return updateMode(&state, command)
    }
}

/// What only stands in the way goes, and what is written goes where it would have gone.
private func updateUnknown(_ state: inout AppState, _ key: Key, _ context: KeyContext) -> [Effect] {
    switch context {
    case .quit: state.asksToQuit = false
    case .help, .details, .links, .completion: state.overlay = nil
    case .chat, .normal, .list, .prompt, .finder, .search, .form: return []
    case .calls, .row, .stage, .part:
        // Some letters mean something here: a text would not go where it was meant.
        state.notice = .init(text: tr("\(state.keys.way(to: .choice(.close), in: context)) goes back to the chat."))
        return []
    }
    // Where letters are commands it would be one, of what could not be seen.
    guard case .edit(.insert)? = state.keys.command(for: key, in: state.context) else { return [] }
    return updateKey(&state, key)
}

private func updateEdit(_ state: inout AppState, _ command: EditCommand, _ context: KeyContext) -> [Effect] {
    switch state.overlay {
    case .newConversation(var prompt):
        let before = prompt.input.text
        prompt.problem = nil
        edit(&prompt.input, command, killed: &state.killed)
        return suggest(&state, prompt, before: before)
    case .findGroup(let finder):
        editFinder(&state, finder, command)
    case .search(let search):
        return editSearch(&state, search, command)
    case .signIn(let form):
        editSignIn(&state, form, command)
    case .part(var part):
        part.move(command)
        state.overlay = .part(part)
    case nil, .help, .links, .completion, .details, .calls, .row, .stage:
        return editDraft(&state, command, context)
    }
    return []
}

private func updateChoice(_ state: inout AppState, _ command: ChoiceCommand, _ context: KeyContext) -> [Effect] {
    if context == .quit {
        state.asksToQuit = false
        return []
    }
    if command == .close {
        let wasSigningIn = context == .form
        closeOverlay(&state)
        return wasSigningIn ? [.signing(.giveUp)] : []
    }
    if let text = state.longText, let change = text.change(command) {
        state.scrollText(to: text.scrolled(by: change))
        return []
    }
    switch state.overlay {
    case .help, .details: state.overlay = nil
    case .newConversation(let prompt): return updatePrompt(&state, command, prompt)
    case .findGroup(let finder): return updateFinder(&state, command, finder)
    case .search(let search): return updateSearch(&state, command, search)
    case .signIn(let form): return updateSignIn(&state, command, form)
    case .links(let links): return updateLinks(&state, command, links)
    case .completion(let completion): return updateCompletion(&state, command, completion)
    case .part(let part): return updatePart(&state, command, part)
    case .calls(let choice): updateCalls(&state, command, choice)
    case .row(let choice): updateRow(&state, command, choice)
    case .stage(let selected): return updateStage(&state, command, selected)
    case nil: return updateList(&state, command)
    }
    return []
}

private func updatePaste(_ state: inout AppState, _ text: String) -> [Effect] {
    switch state.overlay {
    case .newConversation(var prompt):
        let before = prompt.input.text
        prompt.input.insert(LineBreaks.asSpaces(text))
        return suggest(&state, prompt, before: before)
    case .findGroup(var finder):
        finder.input.insert(LineBreaks.asSpaces(text))
        finder.selected = 0
        state.overlay = .findGroup(finder)
    case .search(var search):
        search.input.insert(LineBreaks.asSpaces(text))
        state.overlay = .search(search)
        return [.search(search.input.text)]
    case .signIn(let form):
        pasteIntoSignIn(&state, form, text)
    case nil, .help, .links, .completion, .details, .part, .calls, .row, .stage:
        state.overlay = nil
        return pasteIntoDraft(&state, LineBreaks.asLines(text))
    }
    return []
}
