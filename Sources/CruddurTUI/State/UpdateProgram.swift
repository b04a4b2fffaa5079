import ChatClient

/// Keys of the program itself.
func updateProgram(_ state: inout AppState, _ command: ProgramCommand) -> [Effect] {
    switch command {
    case .quit: return requestQuit(&state)
    case .help: state.overlay = .help(scroll: 0)
    case .interrupt:
        state.notice = .init(
            text: tr("\(state.way(to: .program(.quit))) quits, \(state.way(to: .program(.help))) helps."))
    case .back:
        guard state.reading.chosen == nil else {
            state.reading.chosen = nil
            return []
        }
        state.pane = .groups
        // In the list, letters are written.
        if state.context == .list { state.isNormal = false }
    case .density:
        state.density = state.density == .airy ? .compact : .airy
    case .presentation:
        state.presentation = state.presentation == nil ? Presentation() : nil
        return readEffects(&state)
    case .theme: return chooseTheme(&state, "")
    case .wider: moveDivider(&state, by: Layout.step)
    case .narrower: moveDivider(&state, by: -Layout.step)
    case .listPlace:
        moveList(&state)
        return readEffects(&state)
    case .calls: return toggleInspector(&state)
    case .table: return toggleTable(&state)
    case .choose: return chooseShown(&state)
    case .stream: return pauseStream(&state)
    case .stage: openStage(&state)
    case .redraw: return [.redraw]
    case .suspend: return [.suspend]
    case .signIn:
        openSignIn(&state)
    case .refresh:
        state.notice = .init(text: tr("Refreshing…"))
        state.refreshing = .init(connection: state.snapshot.connection)
        return [.refresh]
    }
    return []
}

/// No further than there is room for both.
private func moveDivider(_ state: inout AppState, by columns: Int) {
    guard state.layout.showsBoth else {
        state.notice = .init(text: tr("There is room for one pane only."))
        return
    }
    if columns > 0, Layout.showsAll(state) {
        state.notice = .init(text: tr("All conversations are in view."))
    } else if state.layout.place == .top {
        let rows = columns.signum() * Layout.rowStep
        setDivider(&state, Layout.listHeight(state.layout.list.count + rows, in: state.size.height))
    } else {
        setDivider(&state, Layout.listWidth(state.layout.groups.count + columns, in: state.size.width))
    }
}

/// - Parameter size: of the list, or of what stands in its place, in columns or rows.
func setDivider(_ state: inout AppState, _ size: Int) {
    switch (state.layout.place, state.showsList) {
    case (.side, true): state.listWidth = size
    case (.side, false): state.watchWidth = size
    case (.top, true): state.listHeight = size
    case (.top, false): state.watchHeight = size
    }
}

/// Where there is no room above, it stays at the side for now.
private func moveList(_ state: inout AppState) {
    state.listPlace = state.listPlace == .side ? .top : .side
    guard state.listPlace == .top, state.layout.place == .side else { return }
    state.notice = .init(text: tr("The list is above as soon as the terminal has more rows."))
}

/// The terminal takes another theme; without a name it is said which there are.
func chooseTheme(_ state: inout AppState, _ name: String) -> [Effect] {
    guard name.isEmpty else { return [.terminal(.theme(name))] }
    let names = ColorTheme.builtIn.map(\.name).joined(separator: ", ")
    state.notice = .init(text: tr("/theme NAME: there are \(names), and files in cruddur/themes."))
    return []
}

/// Quits, or asks first while something would be lost.
func requestQuit(_ state: inout AppState) -> [Effect] {
    guard state.unsaved > 0, !state.asksToQuit else { return [.quit] }
    state.asksToQuit = true
    return []
}

/// What was written for somebody who was not found is not lost with the question.
func closeOverlay(_ state: inout AppState) {
    state.overlay = nil
    let text = state.typeAhead.text
    state.typeAhead = TypeAhead()
    guard !text.isEmpty else { return }
    state.drafts.append(text, to: state.selected)
    state.notice = .init(text: tr("Nothing was sent. What you wrote is in the compose line."), isProblem: true)
}
