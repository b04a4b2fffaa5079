import ChatClient

/// Where nothing can be sent, nothing is written.
///
/// - Returns: whether that is so.
func refuseWriting(_ state: inout AppState) -> Bool {
    if state.snapshot.isReadOnly { state.notice = .init(text: tr("These conversations are for reading only.")) }
    return state.snapshot.isReadOnly
}

/// Keys that mean something in the compose line only.
func updateCompose(_ state: inout AppState, _ command: ComposeCommand) -> [Effect] {
    switch command {
    case .up where isOneRow(state): return scroll(&state, by: -1)
    case .down where isOneRow(state): return scroll(&state, by: 1)
    case .home where state.draft.isEmpty: return showOldest(&state)
    case .end where state.draft.isEmpty: return showNewest(&state)
    default: break
    }
    if refuseWriting(&state) { return [] }
    switch command {
    case .send: return sendDraft(&state)
    case .newline: state.draft.insert("\n")
    case .spell: return suggestSpelling(&state)
    case .editor: return [.terminal(.edit(state.draft.text, in: state.selected))]
    case .up: if !recall(&state, by: 1) { moveVertically(&state, by: -1) }
    case .down: if !recall(&state, by: -1) { moveVertically(&state, by: 1) }
    case .home: state.draft.moveToLineStart()
    case .end: state.draft.moveToLineEnd()
    }
    return []
}

/// In a draft of several rows, Up and Down move the cursor; in an empty one they bring back
/// what was sent.
private func isOneRow(_ state: AppState) -> Bool {
    if state.snapshot.isReadOnly { return true }
    return state.layout.compose.count <= 1 && !state.draft.isEmpty && state.draft.text != state.recall?.text
}

func editDraft(_ state: inout AppState, _ command: EditCommand, _ context: KeyContext) -> [Effect] {
    if refuseWriting(&state) { return [] }
    state.reading.chosen = nil
    if command == .undo, bringBackDiscarded(&state) { return [] }
    edit(&state.drafts[state.selected], command, killed: &state.killed)
    guard context == .list else { return [] }
    // Somebody who types wants to write.
    state.pane = .conversation
    state.isNormal = false
    return readEffects(&state)
}

func pasteIntoDraft(_ state: inout AppState, _ text: String) -> [Effect] {
    if refuseWriting(&state) { return [] }
    // What was pasted must be seen.
    if state.layout.conversation.isEmpty, state.selected != nil { state.pane = .conversation }
    state.draft.insert(text)
    return []
}

/// What came back from an editor; where it did not, what was written stays.
func takeEdited(_ state: inout AppState, _ result: Result<String, Editor.Fault>, in id: ConversationID?) {
    switch result {
    case .success(let written):
        let text = LineBreaks.asLines(written)
        var draft = state.drafts[id]
        if text != draft.text { draft.replace(with: text) }
        state.drafts[id] = draft
    case .failure(let fault):
        state.notice = .init(text: tr("\(tr(reason: "\(fault)")): the text is as it was."), isProblem: true)
    }
}

/// The text leaves the compose line only when it can be sent.
private func sendDraft(_ state: inout AppState) -> [Effect] {
    if let effects = updateTypedLine(&state) { return effects }
    guard !state.draft.text.allSatisfy(\.isWhitespace) else { return [] }
    guard state.remainingScalars >= 0 else {
        state.notice = .init(
            text: tr(
                "Too long by \(-state.remainingScalars): a message has at most \(Message.maximumScalars) characters."),
            isProblem: true)
        return []
    }
    guard let id = state.selected else {
        state.notice = .init(
            text: tr("No conversation is open. \(state.way(to: .conversations(.new))) starts one."), isProblem: true)
        return []
    }
    state.recall = nil
    state.reading.chosen = nil
    state.reading.unreadLine = nil
    return [.send(state.drafts.submit(from: id), to: id)] + returnToNewest(&state, id)
}

/// Whoever writes wants to see what comes of it.
func returnToNewest(_ state: inout AppState, _ id: ConversationID) -> [Effect] {
    let isElsewhere = state.transcript.map { $0.newer > 0 } ?? (state.reading.position != .newest)
    state.reading.wantedAt = nil
    state.reading.returnToNewest()
    return isElsewhere ? [.show(id, at: .newest)] : []
}

/// Goes through what was sent here before, as long as nothing else is written.
///
/// - Returns: whether the key was meant for that.
private func recall(_ state: inout AppState, by step: Int) -> Bool {
    if let recall = state.recall, state.draft.text == recall.text {
        let position = recall.position + step
        if position < 0 {
            state.recall = nil
            state.draft = TextBuffer()
        } else if recall.texts.indices.contains(position) {
            state.recall?.position = position
            state.draft = TextBuffer(recall.texts[position])
        }
        return true
    }
    state.recall = nil
    guard step > 0, state.draft.isEmpty else { return false }
    var texts: [String] = []
    for entry in state.transcript?.entries.reversed() ?? [] where entry.isOwn && entry.text != texts.last {
        texts.append(entry.text)
    }
    guard let newest = texts.first else { return true }
    state.recall = .init(texts: texts)
    state.draft = TextBuffer(newest)
    return true
}

private func moveVertically(_ state: inout AppState, by step: Int) {
    let text = state.composeText(width: state.layout.composeWidth)
    let row = text.cursorRow + step
    guard row >= 0, row < text.rows.count else { return }
    state.draft.move(toOffset: text.offset(row: row, column: text.cursorColumn))
}
