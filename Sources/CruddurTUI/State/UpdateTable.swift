import ChatClient
import CruddurDemo

/// F3: the table in place of the list, and the list again.
func toggleTable(_ state: inout AppState) -> [Effect] {
    guard let file = state.table.file else {
        state.notice = .init(
            text: tr(
                """
                This program does not have the table: cruddur demo has, in its first terminal; \
                cruddur-ops browse opens another.
                """), isProblem: true)
        return []
    }
    // A narrow terminal shows one pane: the one that is asked for.
    if !state.layout.showsBoth {
        let isBehind = state.table.isShown && state.pane == .conversation
        state.pane = state.table.isShown && !isBehind ? .conversation : .groups
        if isBehind { return [] }
    }
    // The tour watches both all the time.
    if state.tour == nil { state.inspector = Inspector() }
    state.inspector.isShown = false
    state.table.isShown.toggle()
    if state.table.isShown {
        let scan = CopiedCall.line(["cruddur-ops", "scan", "--embedded", file]) ?? "cruddur-ops scan"
        state.notice = .init(text: tr("From outside: \(scan)"))
    }
    // Which pattern reads what is known from the calls.
    return state.tour == nil ? [.watchTable(state.table.isShown), .watchCalls(state.table.isShown)] : []
}

extension AppState {
    /// Nothing stands in place of the list of conversations.
    var showsList: Bool { !inspector.isShown && !table.isShown }
}

/// F4: one of what stands in place of the list.
func chooseShown(_ state: inout AppState) -> [Effect] {
    guard state.table.isShown else { return chooseCall(&state) }
    let rows = state.table.rows
    let group = state.summary?.group
    // Where one is: the newest message of the conversation.
    let place = rows.lastIndex { $0.row.group == group && $0.row.partition.hasPrefix("MSG#") }
    state.overlay = .row(.init(place: place ?? 0))
    return []
}

/// Keys that choose a row of the table.
func updateRow(_ state: inout AppState, _ command: ChoiceCommand, _ choice: Overlay.RowChoice) {
    var choice = choice
    let rows = state.table.rows
    let page = Overlay.CallChoice.page(state.size.height)
    switch command {
    case .take: (choice.opened, choice.scroll) = (choice.opened == nil ? choice.row(in: rows) : nil, 0)
    case .up, .down, .pageUp, .pageDown:
        let distance = [.pageUp, .pageDown].contains(command) ? page : 1
        let change = [.up, .pageUp].contains(command) ? -distance : distance
        choice.place = min(max(0, choice.place + change), max(0, rows.count - 1))
    case .close: break
    }
    state.overlay = .row(choice)
}
