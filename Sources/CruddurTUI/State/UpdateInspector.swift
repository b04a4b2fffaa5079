/// F2, and `/calls` without a word behind it.
func toggleInspector(_ state: inout AppState) -> [Effect] {
    // A narrow terminal shows one pane: the one that is asked for.
    if !state.layout.showsBoth {
        let isBehind = state.inspector.isShown && state.pane == .conversation
        state.pane = state.inspector.isShown && !isBehind ? .conversation : .groups
        if isBehind { return [] }
    }
    let isShown = !state.inspector.isShown
    let leavesTable: [Effect] = state.table.isShown ? [.watchTable(false)] : []
    state.table.isShown = false
    // The tour watches both all the time.
    if state.tour == nil { state.inspector = Inspector() }
    state.inspector.isShown = isShown
    return state.tour == nil ? leavesTable + [.watchCalls(isShown)] : []
}

/// `/calls` with a word behind it; it shows the calls, if they are not shown yet.
func updateInspector(_ state: inout AppState, _ word: String) -> [Effect] {
    let effects = state.inspector.isShown ? [] : toggleInspector(&state)
    switch word.lowercased() {
    case "a", "b", "c", "d", "e":
        show(&state, only: word.uppercased(), tr("/calls all shows all."))
    case "all": show(&state, only: nil, "")
    case "pause": hold(&state, tr("/calls pause: they go on."))
    case "mark": setMark(&state)
    case "open": return effects + chooseCall(&state)
    case "aws":
        return effects
            + copyCall(&state, tr("There is not a read of the table among the calls that are shown."), CopiedCall.aws)
    case "curl":
        return effects + copyCall(&state, tr("There is not a GET among the calls that are shown."), CopiedCall.curl)
    default:
        state.notice = .init(text: tr("/calls a, b, c, d or e, all, pause, mark, aws, curl or open."), isProblem: true)
    }
    return effects
}

private func show(_ state: inout AppState, only letter: String?, _ back: String) {
    state.inspector.letter = letter
    state.notice = .init(text: letter.map { tr("Only calls of pattern \($0). \(back)") } ?? tr("All calls."))
}

private func hold(_ state: inout AppState, _ back: String) {
    state.inspector.hold()
    state.notice = .init(text: state.inspector.isHeld ? tr("They stand still. \(back)") : tr("They go on."))
}

private func setMark(_ state: inout AppState) {
    state.inspector.setMark(state.now)
    state.notice = .init(text: tr("Units and price count from now on."))
}

// MARK: One of them

/// F4, and `/calls open`; it shows the calls, if they are not shown yet.
func chooseCall(_ state: inout AppState) -> [Effect] {
    let effects = state.inspector.isShown ? [] : toggleInspector(&state)
    state.overlay = .calls(.init())
    return effects
}

/// Keys that choose a call.
func updateCalls(_ state: inout AppState, _ command: ChoiceCommand, _ choice: Overlay.CallChoice) {
    var choice = choice
    let step = Overlay.CallChoice.page(state.size.height)
    switch command {
    case .take: (choice.isOpen, choice.scroll) = (!choice.isOpen, 0)
    case .up, .down, .pageUp, .pageDown:
        let distance = [.pageUp, .pageDown].contains(command) ? step : 1
        let change = [.up, .pageUp].contains(command) ? -distance : distance
        move(&choice, by: change, among: state.inspector.calls.map(\.trace))
    case .close: break
    }
    // The one that is meant stays it, whatever comes meanwhile.
    if choice.isOpen, choice.trace == nil { choice.trace = state.inspector.calls.last?.trace }
    state.overlay = .calls(choice)
}

private func move(_ choice: inout Overlay.CallChoice, by change: Int, among traces: [String]) {
    guard !traces.isEmpty else { return }
    let place = traces.lastIndex { $0 == choice.trace } ?? traces.count - 1
    let next = min(max(0, place + change), traces.count - 1)
    // At the end one goes with what comes.
    choice.trace = next == traces.count - 1 && change > 0 ? nil : traces[next]
}

func updateCall(_ state: inout AppState, _ command: CallCommand) -> [Effect] {
    switch command {
    case .only(let letter): show(&state, only: letter, tr("* shows all."))
    case .hold: hold(&state, tr("p: they go on."))
    case .mark: setMark(&state)
    case .copyAWS: return copyChosen(&state, tr("It reads nothing of the table that could be copied."), CopiedCall.aws)
    case .copyCurl:
        return copyChosen(&state, tr("Only a GET can be copied: what it wrote is not kept."), CopiedCall.curl)
    }
    return []
}

private func copyChosen(
    _ state: inout AppState, _ refusal: String, _ command: (InspectedCall) -> String?
) -> [Effect] {
    guard case .calls(let choice) = state.overlay, let call = choice.call(in: state.inspector.calls) else {
        state.notice = .init(text: tr("There is no call yet."), isProblem: true)
        return []
    }
    guard let copied = command(call) else {
        state.notice = .init(text: refusal, isProblem: true)
        return []
    }
    state.notice = .init(text: tr("Copied: \(copied.excerpt)"))
    return [.copy(copied)]
}

extension Overlay.CallChoice {
    /// The one that is meant; the newest where it is kept no more.
    func call(in calls: [InspectedCall]) -> InspectedCall? { calls.last { $0.trace == trace } ?? calls.last }

    /// Rows of it on a terminal of so many.
    static func page(_ height: Int) -> Int { max(1, height - 4) }
}

/// The newest of those that are shown of which `command` makes something.
private func copyCall(
    _ state: inout AppState, _ refusal: String, _ command: (InspectedCall) -> String?
) -> [Effect] {
    let calls = state.inspector.calls(limit: state.size.height)
    guard let copied = calls.reversed().lazy.compactMap(command).first else {
        state.notice = .init(text: refusal, isProblem: true)
        return []
    }
    state.notice = .init(text: tr("Copied: \(copied.excerpt)"))
    return [.copy(copied)]
}
