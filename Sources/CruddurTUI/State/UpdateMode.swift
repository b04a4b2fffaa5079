/// Between writing and commanding by letters.
func updateMode(_ state: inout AppState, _ command: ModeCommand) -> [Effect] {
    switch command {
    case .normal:
        state.isNormal = true
        // As vi has it: one stands on the letter that was written last.
        state.draft.moveLeftInLine()
        return []
    case .insert: break
    case .append: state.draft.moveRightInLine()
    case .insertAtStart: state.draft.moveToLineStart()
    case .appendAtEnd: state.draft.moveToLineEnd()
    case .typed:
        if refuseWriting(&state) { return [] }
        guard state.draft.isEmpty else {
            state.notice = .init(text: tr("A command is typed into an empty line: this one waits for the other."))
            return []
        }
        state.draft.insert("/")
    }
    state.isNormal = false
    return []
}
