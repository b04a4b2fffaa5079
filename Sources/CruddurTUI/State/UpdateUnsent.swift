import ChatClient

/// Retry, edit, discard: the oldest message that waits for such a decision.
func updateUnsent(_ state: inout AppState, _ command: UnsentCommand) -> [Effect] {
    guard let id = state.selected else { return nothingWaits(&state) }
    let entries = state.transcript?.entries ?? []
    for entry in entries {
        guard case .outgoing(let message) = entry.id else { continue }
        switch (command, entry.delivery) {
        case (.resend, .failed), (.resend, .unsure): return [.retry(message, in: id)]
        case (.discard, .failed), (.discard, .unsure), (.discard, .queued), (.discard, .repeating):
            return [.discard(message, in: id)]
        case (.edit, .failed), (.edit, .queued): return [.takeBack(message, in: id)]
        default: continue
        }
    }
    if command == .discard, let effect = discardTaken(&state, entries, in: id) { return [effect] }
    return nothingWaits(&state)
}

private func nothingWaits(_ state: inout AppState) -> [Effect] {
    state.notice = .init(text: "No message waits for that.")
    return []
}

/// What a server has taken and perhaps never lists.
private func discardTaken(_ state: inout AppState, _ entries: [TranscriptEntry], in id: ConversationID) -> Effect? {
    for entry in entries {
        guard case .outgoing(let message) = entry.id, case .sent = entry.delivery else { continue }
        state.notice = .init(text: "The server has taken it: only its line here is gone.")
        return .dropTaken(message, in: id)
    }
    return nil
}

/// It comes back to the conversation it was for, before what was written since.
func takeSubmissionBack(_ state: inout AppState, _ submission: Submission.ID, in id: ConversationID) {
    guard let text = state.drafts.settle(submission, in: id)?.text else { return }
    let since = state.drafts[id].text
    state.drafts[id] = TextBuffer(since.isEmpty ? text : text + "\n" + since)
    state.notice = .init(
        text: "That could not be taken; it is back in \(place(of: id, state)).", isProblem: true)
}

/// For editing: at the cursor of the conversation it was for.
func takeMessageBack(_ state: inout AppState, _ text: String, in id: ConversationID) {
    var draft = state.drafts[id]
    if !draft.isEmpty { draft.insert("\n") }
    draft.insert(text)
    state.drafts[id] = draft
    if id != state.selected { state.notice = .init(text: "It is back in \(place(of: id, state)).") }
}

private func place(of id: ConversationID, _ state: AppState) -> String {
    let other = id == state.selected ? nil : state.snapshot.conversations.first { $0.id == id }
    return other.map { "the draft for \($0.title.displayName)" } ?? "the compose line"
}

extension AppState {
    /// The drafts that are others once these have been answered; of other events nothing is wanted any more.
    func drafts(after events: [Event]) -> [ConversationID: String?] {
        var state = self
        return events.reduce(into: [:]) { drafts, event in
            switch event {
            case .accepted, .notAccepted, .takenBack: break
            default: return
            }
            for case .writing(.keepDraft(let text, let id)) in update(&state, event) { drafts[id] = .some(text) }
        }
    }
}
