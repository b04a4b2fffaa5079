import ChatClient

/// What stands in front of everything: help, questions.
enum OverlayScreen {
    static func draw(_ state: AppState, on canvas: inout Canvas) {
        switch state.overlay {
        case nil: break
        case .help:
            if let text = state.longText { HelpScreen.draw(text, state.keys, on: &canvas) }
        case .newConversation(let prompt): PromptScreen.draw(prompt, state, on: &canvas)
        case .findGroup(let finder): FinderScreen.draw(finder, state, on: &canvas)
        case .search(let search): SearchScreen.draw(search, state, on: &canvas)
        case .signIn(let form): SignInScreen.draw(form, on: &canvas)
        case .links(let choice): LinksScreen.draw(choice, state.keys, on: &canvas)
        case .completion(let completion): CompletionScreen.draw(completion, on: &canvas)
        case .part(let choice): PartScreen.draw(choice, state.keys, on: &canvas)
        case .details:
            if let text = state.longText { DetailsScreen.draw(text, state.keys, on: &canvas) }
        case .calls(let choice): CallsScreen.draw(choice, state, on: &canvas)
        case .row(let choice): TableScreen.draw(choice, state, on: &canvas)
        case .stage(let selected): StageScreen.draw(selected, state, on: &canvas)
        }
        if state.asksToQuit { quit(state, on: &canvas) }
    }

    private static func quit(_ state: AppState, on canvas: inout Canvas) {
        func way(_ command: Command) -> String { state.keys.way(to: command, in: .quit) }
        let what =
            state.unsaved == 1
            ? tr("A text is not sent yet and would be lost.")
            : tr("\(state.unsaved) texts are not sent yet and would be lost.")
        let question = tr("\(what) \(way(.program(.quit))) again quits, \(way(.choice(.close))) goes back.")
        OverlayBox.draw(title: tr("Quit?"), rows: OverlayBox.rows(question, canvas), cursor: 0, on: &canvas)
    }
}
