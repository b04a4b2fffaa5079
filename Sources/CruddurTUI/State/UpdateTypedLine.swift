/// What stands in the compose line when Enter is pressed, if it is no message yet: a command is done, and what only looks
/// like one is asked about. It may be meant for the other, or not.
///
/// - Returns: what is to be done; `nil`: it is a message, as the line has it now.
func updateTypedLine(_ state: inout AppState) -> [Effect]? {
    let text = state.draft.text
    switch TypedLine(text) {
    case .message(let message):
        if message != text { state.draft = TextBuffer(message) }
        return nil
    case .command(let name, let argument):
        guard let typed = TypedCommand.all.first(where: { $0.name == name }) else { return nil }
        state.draft = TextBuffer()
        if typed.command == .reading(.day) { return goToDay(&state, argument) }
        if typed.command == .program(.calls), !argument.isEmpty { return updateInspector(&state, argument) }
        if typed.command == .program(.theme) { return chooseTheme(&state, argument) }
        if typed.command == .tour(.forward) { return toggleTour(&state, argument) }
        return perform(&state, typed.command, .chat) + give(&state, argument)
    case .unknown(let name):
        // Enter again: it is meant as it stands there.
        guard state.askedAbout != text else { return nil }
        state.askedAbout = text
        state.notice = .init(
            text:
                tr(
                    """
                    There is no command /\(name.prefix(30)): nothing was sent. \(state.way(to: .compose(.send))) again sends the text as it is; \
                    /help tells the commands.
                    """), isProblem: true)
        return []
    }
}

/// What stands behind a command is typed where the command leads.
func give(_ state: inout AppState, _ argument: String) -> [Effect] {
    guard !argument.isEmpty else { return [] }
    switch state.overlay {
    case .newConversation(var prompt):
        prompt.input.insert(argument)
        return lookUp(&state, prompt)
    case .findGroup(var finder):
        finder.input.insert(argument)
        state.overlay = .findGroup(finder)
        return []
    case .search(var search):
        search.input.insert(argument)
        state.overlay = .search(search)
        return [.search(argument)]
    case .help, .details, .part, .links, .completion, .calls, .row, .stage, .signIn, nil:
        return []
    }
}

/// Tab within a command that is being typed completes it.
///
/// - Returns: whether it did: else Tab is for the conversations.
func completeTypedLine(_ state: inout AppState) -> Bool {
    guard let completed = TypedCommand.completion(of: state.draft.text) else { return false }
    if completed != state.draft.text {
        state.draft = TextBuffer(completed)
    } else {
        let names = TypedCommand.all.map(\.usage).filter { $0.hasPrefix(completed) }
        state.notice = .init(text: names.joined(separator: "  "))
    }
    return true
}
