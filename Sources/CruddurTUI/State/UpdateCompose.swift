import ChatClient

/// Where nothing can be sent, nothing is written.
///
/// - Returns: whether that is so.
func refuseWriting(_ state: inout AppState) -> Bool {
    if state.snapshot.isReadOnly { state.notice = .init(text: "These conversations are for reading only.") }
    return state.snapshot.isReadOnly
}

/// Keys of the compose line.
func updateCompose(_ state: inout AppState, _ key: Key) -> [Effect] {
    if refuseWriting(&state) { return [] }
    switch key {
    case Key(.enter):
        return sendDraft(&state)
    case Key(.enter, .alt), Key(.enter, .shift), .control("j"):
        state.draft.insert("\n")
    case Key(.up):
        if !recall(&state, by: 1) { moveVertically(&state, by: -1) }
    case Key(.down):
        if !recall(&state, by: -1) { moveVertically(&state, by: 1) }
    default:
        var draft = state.draft
        edit(&draft, key, killed: &state.killed)
        state.draft = draft
    }
    return []
}

/// The text leaves the compose line only when it can be sent.
private func sendDraft(_ state: inout AppState) -> [Effect] {
    let text = state.draft.text
    guard !text.allSatisfy(\.isWhitespace) else { return [] }
    guard state.remainingScalars >= 0 else {
        state.notice = .init(
            text: "Too long by \(-state.remainingScalars): a message has at most \(Message.maximumScalars) characters.",
            isProblem: true)
        return []
    }
    guard let openID = state.openID else {
        state.notice = .init(text: "No conversation is open. Ctrl-N starts one.", isProblem: true)
        return []
    }
    state.draft = TextBuffer()
    state.departing[openID, default: []].append(text)
    state.recall = nil
    state.reading = .init()
    return [.send(text, to: openID)]
}

/// Goes through what was sent here before, as long as nothing else is written.
///
/// - Returns: whether the key was meant for that.
func recall(_ state: inout AppState, by step: Int) -> Bool {
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
    for entry in state.snapshot.open?.entries.reversed() ?? [] where entry.isOwn && entry.text != texts.last {
        texts.append(entry.text)
    }
    guard let newest = texts.first else { return true }
    state.recall = .init(texts: texts)
    state.draft = TextBuffer(newest)
    return true
}

private func moveVertically(_ state: inout AppState, by step: Int) {
    let text = ComposeText(state.draft, width: state.layout.composeWidth)
    let row = text.cursorRow + step
    guard row >= 0, row < text.rows.count else { return }
    state.draft.move(toOffset: text.offset(row: row, column: text.cursorColumn))
}

func updatePaste(_ state: inout AppState, _ text: String) -> [Effect] {
    let lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    let line = lines.replacing("\n", with: " ")
    switch state.overlay {
    case .newConversation(var prompt) where !prompt.isBusy:
        prompt.input.insert(line)
        state.overlay = .newConversation(prompt)
    case .findGroup(var finder):
        finder.input.insert(line)
        finder.selected = 0
        state.overlay = .findGroup(finder)
    case .search(var search):
        search.input.insert(line)
        state.overlay = .search(search)
        return [.search(search.input.text)]
    case nil, .help, .quit, .newConversation:
        state.overlay = nil
        if refuseWriting(&state) { return [] }
        // What was pasted must be seen.
        if state.layout.conversation.isEmpty, state.openID != nil { state.pane = .conversation }
        state.draft.insert(lines)
    }
    return []
}

/// What readline does, on any line of text.
func edit(_ buffer: inout TextBuffer, _ key: Key, killed: inout String) {
    func keep(_ text: String) { if !text.isEmpty { killed = text } }
    switch key {
    case Key(.left), .control("b"): buffer.moveLeft()
    case Key(.right): buffer.moveRight()
    case Key(.left, .control), Key(.left, .alt), .alt("b"): buffer.moveWordLeft()
    case Key(.right, .control), Key(.right, .alt), .alt("f"): buffer.moveWordRight()
    case Key(.home), .control("a"): buffer.moveToLineStart()
    case Key(.end), .control("e"): buffer.moveToLineEnd()
    case .alt("<"): buffer.moveToStart()
    case .alt(">"): buffer.moveToEnd()
    case Key(.backspace), .control("h"): buffer.deleteBackward()
    case Key(.delete), .control("d"): buffer.deleteForward()
    case .control("u"): keep(buffer.killToLineStart())
    case .control("k"): keep(buffer.killToLineEnd())
    case .control("w"): keep(buffer.killWordBackward())
    case Key(.backspace, .alt): keep(buffer.killLettersBackward())
    case .alt("d"): keep(buffer.killWordForward())
    case .control("y"): buffer.insert(killed)
    case .control("t"): buffer.transpose()
    case .control("_"): buffer.undo()
    default:
        if case .character(let character) = key.code, key.modifiers.isSubset(of: .shift) {
            buffer.insert(String(character))
        }
    }
}
