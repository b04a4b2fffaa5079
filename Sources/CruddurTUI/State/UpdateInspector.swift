/// F2, and `/calls` without a word behind it.
func toggleInspector(_ state: inout AppState) -> [Effect] {
    // A narrow terminal shows one pane: the one that is asked for.
    if !state.layout.showsBoth {
        let isBehind = state.inspector.isShown && state.pane == .conversation
        state.pane = state.inspector.isShown && !isBehind ? .conversation : .groups
        if isBehind { return [] }
    }
    let isShown = !state.inspector.isShown
    state.inspector = Inspector()
    state.inspector.isShown = isShown
    return [.watchCalls(state.inspector.isShown)]
}

/// `/calls` with a word behind it; it shows the calls, if they are not shown yet.
func updateInspector(_ state: inout AppState, _ word: String) -> [Effect] {
    let effects = state.inspector.isShown ? [] : toggleInspector(&state)
    switch word.lowercased() {
    case "a", "b", "c", "d", "e":
        state.inspector.letter = word.uppercased()
        state.notice = .init(text: "Only calls of pattern \(word.uppercased()). /calls all shows all.")
    case "all":
        state.inspector.letter = nil
        state.notice = .init(text: "All calls.")
    case "pause":
        state.inspector.hold()
        let says = state.inspector.isHeld ? "They stand still. /calls pause: they go on." : "They go on."
        state.notice = .init(text: says)
    case "mark":
        state.inspector.setMark(state.now)
        state.notice = .init(text: "Units and price count from now on.")
    case "aws":
        return effects + copyCall(&state, "a read of the table", CopiedCall.aws)
    case "curl":
        return effects + copyCall(&state, "a GET", CopiedCall.curl)
    default:
        state.notice = .init(text: "/calls a, b, c, d or e, all, pause, mark, aws or curl.", isProblem: true)
    }
    return effects
}

/// The newest of those that are shown of which `command` makes something.
private func copyCall(
    _ state: inout AppState, _ what: String, _ command: (InspectedCall) -> String?
) -> [Effect] {
    let calls = state.inspector.calls(limit: state.size.height)
    guard let copied = calls.reversed().lazy.compactMap(command).first else {
        state.notice = .init(text: "There is not \(what) among the calls that are shown.", isProblem: true)
        return []
    }
    state.notice = .init(text: "Copied: \(copied.excerpt)")
    return [.copy(copied)]
}
