import ChatClient
import Timestamps

/// The next state, and what is to be done. Pure: no I/O, no clock.
func update(_ state: inout AppState, _ event: Event) -> [Effect] {
    let before = state.unsentTexts
    let effects = react(&state, event)
    let after = state.unsentTexts
    return after == before ? effects : effects + [.keepDrafts(after)]
}

private func react(_ state: inout AppState, _ event: Event) -> [Effect] {
    switch event {
    case .key(let key):
        state.notice = nil
        state.reading.marked = nil
        return noteActivity(&state) + updateKey(&state, key)
    case .paste(let text):
        return updatePaste(&state, text) + noteActivity(&state)
    case .resize(let size):
        state.size = size
        return readEffects(&state)
    case .focus(let isFocused):
        state.isFocused = isFocused
        return [.focus(isFocused)] + (isFocused ? noteActivity(&state) + readEffects(&state) : [])
    case .snapshot(let snapshot):
        return updateSnapshot(&state, snapshot)
    case .person(let handle, let result):
        return updatePerson(&state, handle, result)
    case .takenBack(let text):
        if !state.draft.isEmpty { state.draft.insert("\n") }
        state.draft.insert(text)
        return []
    case .drafts(let drafts):
        for (id, text) in drafts where state.drafts[id] == nil { state.drafts[id] = TextBuffer(text) }
        return []
    case .accepted(let text):
        arrived(&state, text)
        return []
    case .notAccepted(let text):
        arrived(&state, text)
        state.notice = .init(text: "That could not be taken; it is back in the compose line.", isProblem: true)
        state.draft = TextBuffer(state.draft.isEmpty ? text : text + "\n" + state.draft.text)
        return []
    case .found(let typed, let hits):
        updateFound(&state, typed, hits)
        return []
    case .demoEnded:
        state.hasDemoEnded = true
        return []
    }
}

/// It has left the compose line for good.
private func arrived(_ state: inout AppState, _ text: String) {
    guard let id = state.departing.first(where: { $0.value.first == text })?.key else { return }
    state.departing[id]?.removeFirst()
    if state.departing[id]?.isEmpty == true { state.departing[id] = nil }
}

/// Once in a while is enough: the session only wants to know whether to keep its pace.
private func noteActivity(_ state: inout AppState) -> [Effect] {
    if let noted = state.activityNoted, state.now.seconds(since: noted) < 5 { return [] }
    state.activityNoted = state.now
    return [.noteActivity]
}

private func updateKey(_ state: inout AppState, _ key: Key) -> [Effect] {
    if state.overlay != nil { return updateOverlay(&state, key) }
    switch key {
    case .control("q"):
        return requestQuit(&state)
    case Key(.function(1)):
        state.overlay = .help(scroll: 0)
    case .control("n"):
        if refuseWriting(&state) { return [] }
        state.overlay = .newConversation(.init())
    case .control("f"):
        state.overlay = .findGroup(.init())
    case .control("s"):
        state.overlay = .search(.init())
    case .control("c"):
        // Whoever is used to it must neither lose a draft nor be stuck.
        state.notice = .init(text: "Ctrl-Q quits, F1 helps.")
    case .control("l"):
        return [.redraw]
    case .control("z"):
        return [.suspend]
    case .control("r"):
        state.notice = .init(text: "Refreshing…")
        return [.refresh]
    case Key(.tab):
        return openNeighbour(&state, by: 1)
    case Key(.tab, .shift):
        return openNeighbour(&state, by: -1)
    case Key(.escape):
        state.pane = .groups
    case .alt("r"), .alt("e"), .alt("x"):
        return updateUnsent(&state, key)
    default:
        if state.layout.conversation.isEmpty { return updateGroupList(&state, key) }
        return updateReading(&state, key) ?? updateCompose(&state, key)
    }
    return []
}

/// In a narrow terminal the list has the keys to itself.
private func updateGroupList(_ state: inout AppState, _ key: Key) -> [Effect] {
    switch key.code {
    case .up: return openNeighbour(&state, by: -1, show: false)
    case .down: return openNeighbour(&state, by: 1, show: false)
    case .enter, .right:
        guard state.openID != nil else { return openNeighbour(&state, by: 1) }
        state.pane = .conversation
        return readEffects(&state)
    case .character where key.modifiers.isSubset(of: .shift) && state.openID != nil:
        // Somebody who types wants to write.
        state.pane = .conversation
        return updateCompose(&state, key) + readEffects(&state)
    default: return []
    }
}

private func openNeighbour(_ state: inout AppState, by step: Int, show: Bool = true) -> [Effect] {
    let groups = state.snapshot.conversations
    guard !groups.isEmpty else { return [] }
    if show { state.pane = .conversation }
    let next: Int
    if let current = groups.firstIndex(where: { $0.id == state.openID }) {
        next = ((current + step) % groups.count + groups.count) % groups.count
        guard next != current else { return readEffects(&state) }
    } else {
        next = step > 0 ? 0 : groups.count - 1
    }
    return [.open(groups[next].id)]
}

/// Retry, edit, discard: the oldest message that waits for such a decision.
private func updateUnsent(_ state: inout AppState, _ key: Key) -> [Effect] {
    guard let open = state.snapshot.open else { return [] }
    for entry in open.entries {
        guard case .outgoing(let id) = entry.id else { continue }
        switch (key, entry.delivery) {
        case (.alt("r"), .failed), (.alt("r"), .unsure): return [.retry(id, in: open.id)]
        case (.alt("x"), .failed), (.alt("x"), .unsure), (.alt("x"), .queued): return [.discard(id, in: open.id)]
        case (.alt("e"), .failed), (.alt("e"), .queued): return [.takeBack(id, in: open.id)]
        default: continue
        }
    }
    state.notice = .init(text: "No message waits for that.")
    return []
}

// MARK: - What the session tells

private func updateSnapshot(_ state: inout AppState, _ snapshot: ChatSnapshot) -> [Effect] {
    let previous = state.openID
    let notice = state.snapshot.notice
    let wasFresh = state.snapshot.open?.isFresh ?? true
    // The history shows what there is before any server has answered.
    let isFirstList = state.snapshot.conversations.isEmpty && !snapshot.conversations.isEmpty
    state.snapshot = snapshot
    if let text = snapshot.notice, text != notice { state.notice = .init(text: text, isProblem: true) }
    if let open = snapshot.open, open.id != previous {
        if let former = open.formerID, former == previous {
            // The same conversation under its new name.
            state.drafts[open.id] = state.drafts.removeValue(forKey: former)
            state.departing[open.id] = state.departing.removeValue(forKey: former)
        } else {
            arrive(&state, in: open)
        }
    }
    // What came while nobody was here is new, also if it is told a moment after the start.
    if let open = snapshot.open, open.id == previous, open.isFresh, !wasFresh {
        state.reading.unreadAfter = unreadAfter(state, open)
    }
    bringIntoView(&state)
    var effects = readEffects(&state)
    // Who reads the newest does not need the old ones that came to lie above.
    if let open = snapshot.open, state.reading.position == .newest, open.entries.count > longestWindow {
        effects.append(.show(.newest))
    }
    // What held up the quitting has been sent.
    if state.overlay == .quit, state.unsaved == 0 { return effects + [.quit] }
    if isFirstList, snapshot.open == nil, let newest = snapshot.conversations.first {
        effects.append(.open(newest.id))
    }
    return effects
}

/// Entries that are worth holding below a reader at the bottom.
private let longestWindow = 600

/// A message that was searched for stands a third down the pane.
private func bringIntoView(_ state: inout AppState) {
    guard let wanted = state.reading.wanted, state.snapshot.open?.entries.contains(where: { $0.id == wanted }) == true
    else { return }
    state.reading.wanted = nil
    state.reading.marked = wanted
    let height = state.layout.transcript.count
    let view = TranscriptView(
        TranscriptRows(state), position: .top(wanted, row: 0), height: height, scrolledBy: -height / 3)
    state.reading.position = view.isAtNewest && state.snapshot.open?.newer == 0 ? .newest : view.top
}

/// Where the unread line belongs.
private func unreadAfter(_ state: AppState, _ open: OpenConversation) -> Timestamp? {
    let unread = state.snapshot.conversations.first { $0.id == open.id }?.unread ?? 0
    return unread > 0 ? open.readUntil : nil
}

private func arrive(_ state: inout AppState, in open: OpenConversation) {
    state.reading = .init(unreadAfter: unreadAfter(state, open), wanted: state.reading.wanted)
    state.recall = nil
    guard !state.looseDraft.isEmpty, state.drafts[open.id] == nil else { return }
    state.drafts[open.id] = state.looseDraft
    state.looseDraft = TextBuffer()
}

/// What is on screen, in front of somebody, counts as read.
func readEffects(_ state: inout AppState) -> [Effect] {
    guard let open = state.snapshot.open, !state.layout.conversation.isEmpty, open.newer == 0,
        let newest = open.entries.last(where: { $0.delivery == nil }), newest.at > open.readUntil
    else { return [] }
    guard state.isFocused, showsNewest(state) else {
        // From here on nobody has looked.
        if state.reading.unreadAfter == nil, !newest.isOwn { state.reading.unreadAfter = open.readUntil }
        return []
    }
    return [.markRead(open.id, until: newest.at)]
}

private func showsNewest(_ state: AppState) -> Bool {
    switch state.reading.position {
    case .newest: true
    case .top: false
    case .oldest:
        TranscriptView(TranscriptRows(state), position: .oldest, height: state.layout.transcript.count).isAtNewest
    }
}

private func updatePerson(
    _ state: inout AppState, _ handle: String, _ result: Result<UserShort?, APIError>
) -> [Effect] {
    guard case .newConversation(var prompt) = state.overlay, prompt.isBusy, prompt.handle == handle else { return [] }
    prompt.isBusy = false
    switch result {
    case .success(let person?):
        state.overlay = nil
        state.pane = .conversation
        return [.openWith(person)]
    case .success(nil):
        prompt.problem = "Nobody here has the handle @\(handle)."
    case .failure(let error):
        prompt.problem = "Could not look up @\(handle): \(error). Enter tries again."
    }
    state.overlay = .newConversation(prompt)
    return []
}
