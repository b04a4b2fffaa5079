import CruddurDemo

/// - Returns: whether the demo's backend is in this program; else it is said where it is.
private func hasStage(_ state: inout AppState) -> Bool {
    if state.stage == nil {
        state.notice = .init(
            text: tr("Only cruddur demo has a backend that can be changed, in its first terminal."), isProblem: true)
    }
    return state.stage != nil
}

func set(_ state: inout AppState, _ fault: SeedFault, _ isOn: Bool) -> [Effect] {
    if isOn { state.stage?.insert(fault) } else { state.stage?.remove(fault) }
    return [.stage(.set(fault, isOn))]
}

/// F7: the stream stands still, or goes on.
func pauseStream(_ state: inout AppState) -> [Effect] {
    guard hasStage(&state), let stage = state.stage else { return [] }
    let stops = !stage.contains(.streamOff)
    let key = state.way(to: .program(.stream))
    state.notice = .init(
        text: stops
            ? tr("The stream stands still: rows stay where they are. \(key): it goes on.") : tr("The stream goes on."))
    return set(&state, .streamOff, stops)
}

/// F8: what can go wrong.
func openStage(_ state: inout AppState) {
    if hasStage(&state) { state.overlay = .stage(selected: 0) }
}

func updateStage(_ state: inout AppState, _ command: ChoiceCommand, _ selected: Int) -> [Effect] {
    let last = SeedFault.allCases.count - 1
    switch command {
    case .up: state.overlay = .stage(selected: max(0, selected - 1))
    case .down: state.overlay = .stage(selected: min(last, selected + 1))
    case .pageUp: state.overlay = .stage(selected: 0)
    case .pageDown: state.overlay = .stage(selected: last)
    case .take:
        state.overlay = .stage(selected: selected)
        let fault = SeedFault.allCases[selected]
        return set(&state, fault, state.stage?.contains(fault) != true)
    case .close: break
    }
    return []
}
