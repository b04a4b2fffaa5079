import ChatClient

/// Keys about one message: the selected one.
func updateMessage(_ state: inout AppState, _ command: MessageCommand) -> [Effect] {
    if case .links(let links) = state.overlay {
        state.overlay = nil
        return copy(&state, links.links[links.selected])
    }
    switch command {
    case .above: return choose(&state, by: -1)
    case .below: return choose(&state, by: 1)
    case .copy, .part, .open, .quote, .details: break
    }
    // Whoever has selected none means the newest.
    guard let entry = state.chosen ?? state.transcript?.entries.last else {
        state.notice = .init(text: tr("There is no message here."))
        return []
    }
    state.reading.chosen = entry.id
    switch command {
    case .copy: return copy(&state, entry.text)
    case .part: state.overlay = .part(PartChoice(entry.text))
    case .open: return open(&state, entry)
    case .quote: quote(&state, entry)
    case .details: state.overlay = .details(.init(entry: entry))
    case .above, .below: break
    }
    return []
}

extension AppState {
    /// The selected message.
    var chosen: TranscriptEntry? {
        guard let id = reading.chosen else { return nil }
        return transcript?.entries.last { $0.id == id }
    }

    /// What can be done to the selected message, each with its key; what only it needs comes first.
    var choices: [Keymap.Hint] {
        guard let entry = chosen else { return [] }
        var words: [(Command, String)] = []
        if UnsentChoice.isPossible(.resend, entry) { words.append((.unsent(.resend), tr("send again"))) }
        if UnsentChoice.isPossible(.edit, entry) { words.append((.unsent(.edit), tr("edit"))) }
        if UnsentChoice.isPossible(.discard, entry) { words.append((.unsent(.discard), tr("discard"))) }
        if !Links.all(in: entry.text).isEmpty { words.append((.message(.open), tr("open link"))) }
        words += [(.message(.copy), tr("copy")), (.message(.part), tr("copy a part"))]
        words += [
            (.message(.quote), tr("quote")), (.message(.details), tr("details")), (.program(.back), tr("let go")),
        ]
        let context: KeyContext = isNormal ? .normal : .chat
        return words.compactMap { command, word in
            keys.key(for: command, in: context).map { .init(text: "\($0.name) \(word)", key: $0) }
        }
    }
}

extension String {
    /// The first words of a text, by which one knows it again.
    var excerpt: String {
        let line = String(prefix(200)).split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return line.count > 30 || line.count < count ? "“\(line.prefix(30))…”" : "“\(line)”"
    }
}

/// The message `step` further down; negative: up. The first to be selected is the last in view.
private func choose(_ state: inout AppState, by step: Int) -> [Effect] {
    guard let transcript = state.transcript, !transcript.entries.isEmpty else { return [] }
    let entries = transcript.entries
    let current = state.reading.chosen.flatMap { id in entries.lastIndex { $0.id == id } }
    let view = state.view
    let index = current.map { min(max(0, $0 + step), entries.count - 1) } ?? max(0, view.firstBelow - 1)
    state.reading.chosen = entries[index].id
    return bring(&state, index, into: view, transcript)
}

private func bring(
    _ state: inout AppState, _ index: Int, into view: TranscriptView, _ transcript: Transcript
) -> [Effect] {
    let (rows, height) = (state.rows, state.layout.transcript.count)
    guard case .top(let id, let row) = view.top, let top = rows.entries.lastIndex(where: { $0.id == id }) else {
        return []
    }
    if index < top || index == top && row > 0 {
        let above = TranscriptView(rows, position: .top(rows.entries[index].id, row: 0), height: height)
        settle(&state, above, transcript)
    } else if !view.isAtNewest, index >= view.firstBelow - 1 {
        let count = (max(0, view.firstBelow - 1)...index).reduce(0) { $0 + rows.rows(at: $1).count }
        return scroll(&state, by: count)
    }
    return readEffects(&state) + windowEffects(state.view, transcript)
}

private func copy(_ state: inout AppState, _ text: String) -> [Effect] {
    state.notice = .init(text: tr("Copied: \(text.excerpt)"))
    return [.copy(text)]
}

private func open(_ state: inout AppState, _ entry: TranscriptEntry) -> [Effect] {
    let links = Links.all(in: entry.text)
    guard !links.isEmpty else {
        state.notice = .init(text: tr("No link is in \(entry.text.excerpt)."))
        return []
    }
    // Where it leads is seen before one goes there.
    state.overlay = .links(.init(links: links))
    return []
}

/// Each line with `> ` before it, and the cursor below.
private func quote(_ state: inout AppState, _ entry: TranscriptEntry) {
    if refuseWriting(&state) { return }
    let lines = entry.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let quoted = lines.map { "> \($0)\n" }.joined()
    state.draft.insert(state.draft.isEmpty || state.draft.text.hasSuffix("\n") ? quoted : "\n" + quoted)
    state.reading.chosen = nil
}

func updateLinks(_ state: inout AppState, _ command: ChoiceCommand, _ links: Overlay.LinkChoice) -> [Effect] {
    var links = links
    switch command {
    case .up, .pageUp: links.selected = max(0, links.selected - 1)
    case .down, .pageDown: links.selected = min(links.links.count - 1, links.selected + 1)
    case .take:
        state.overlay = nil
        let link = links.links[links.selected]
        state.notice = .init(text: tr("Opening \(link.prefix(200))"))
        return [.open(link)]
    case .close: break
    }
    state.overlay = .links(links)
    return []
}
