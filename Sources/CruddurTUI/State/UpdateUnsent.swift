import ChatClient

/// Retry, edit, discard: the selected message, else the only one that waits for it. Of several the first is selected, and
/// the key is to be pressed again.
func updateUnsent(_ state: inout AppState, _ command: UnsentCommand) -> [Effect] {
    guard let id = state.selected else { return nothingWaits(&state) }
    if let chosen = state.chosen {
        guard UnsentChoice.isPossible(command, chosen) else { return explain(&state, command, chosen) }
        return perform(&state, command, chosen, in: id)
    }
    let entries = state.transcript?.entries ?? []
    let possible = UnsentChoice.among(entries, command)
    guard let first = possible.first else {
        guard command == .resend, let waiting = entries.first(where: { $0.delivery == .queued }) else {
            return nothingWaits(&state)
        }
        return explain(&state, command, waiting)
    }
    guard possible.count == 1 else {
        state.reading.chosen = first.id
        state.notice = .init(
            text:
                tr(
                    """
                    \(possible.count) messages wait. \(first.text.excerpt) is marked: the same key again \(command.does) it; \
                    \(state.way(to: .message(.above))), \(state.way(to: .message(.below))) mark another.
                    """))
        return []
    }
    return perform(&state, command, first, in: id)
}

extension UnsentCommand {
    fileprivate var does: String {
        switch self {
        case .resend: tr("sends")
        case .edit: tr("edits")
        case .discard: tr("discards")
        }
    }
}

private func perform(
    _ state: inout AppState, _ command: UnsentCommand, _ entry: TranscriptEntry, in id: ConversationID
) -> [Effect] {
    guard case .outgoing(let message) = entry.id else { return [] }
    state.reading.chosen = nil
    switch command {
    case .resend:
        state.notice = .init(text: tr("Sending \(entry.text.excerpt) again."))
        return [.retry(message, in: id)]
    case .edit:
        return [.takeBack(message, in: id)]
    case .discard:
        guard case .sent = entry.delivery else { return [.discard(message, in: id)] }
        state.notice = .init(text: tr("The server has taken it: only its line here is gone."))
        return [.dropTaken(message, in: id)]
    }
}

/// Why this one cannot be meant.
private func explain(_ state: inout AppState, _ command: UnsentCommand, _ entry: TranscriptEntry) -> [Effect] {
    let what = entry.text.excerpt
    switch entry.delivery {
    case nil: state.notice = .init(text: tr("\(what) needs nothing: the conversation has it."))
    case .sent: state.notice = .init(text: tr("\(what) needs nothing: the server has taken it."))
    case .sending, .repeating: state.notice = .init(text: tr("\(what) is being sent."))
    case .unsure, .failed: state.notice = .init(text: tr("\(what) may have arrived: it cannot be edited any more."))
    case .queued:
        if let blocker = WaitingMessages(state.transcript?.entries ?? []).blocker {
            state.reading.chosen = blocker.id
            state.notice = .init(
                text: tr(
                    """
                    \(what) waits for \(blocker.text.excerpt), which is marked: \
                    \(state.way(to: .unsent(.resend))) sends that, \(state.way(to: .unsent(.discard))) discards it.
                    """)
            )
            return []
        }
        state.notice = .init(text: tr("Trying to send \(what) now."))
        return [.refresh]
    }
    return []
}

private func nothingWaits(_ state: inout AppState) -> [Effect] {
    state.notice = .init(text: tr("No message waits for that."))
    return []
}

/// The answer to `Effect.discard`.
func updateDiscarded(_ state: inout AppState, _ text: String?, in id: ConversationID) {
    guard let text else {
        state.notice = .init(text: tr("It is on its way already: nothing was discarded."), isProblem: true)
        return
    }
    state.discarded = .init(text: text, conversation: id, draft: state.drafts[id].text)
    state.notice = .init(
        text:
            tr("Discarded: \(text.excerpt). \(state.way(to: .edit(.undo))) brings it back to the compose line."))
}

/// Undo, while nothing has been written since something was discarded.
///
/// - Returns: whether it was that.
func bringBackDiscarded(_ state: inout AppState) -> Bool {
    guard let discarded = state.discarded, discarded.conversation == state.selected, state.draft.text == discarded.draft
    else { return false }
    state.discarded = nil
    takeMessageBack(&state, discarded.text, in: discarded.conversation)
    state.notice = .init(text: tr("It is back in the compose line; \(state.way(to: .compose(.send))) sends it."))
    return true
}

/// It comes back to the conversation it was for, before what was written since.
func takeSubmissionBack(_ state: inout AppState, _ submission: Submission.ID, in id: ConversationID) {
    guard let text = state.drafts.settle(submission, in: id)?.text else { return }
    let since = state.drafts[id].text
    state.drafts[id] = TextBuffer(since.isEmpty ? text : text + "\n" + since)
    state.notice = .init(
        text: tr("That could not be taken; it is back in \(place(of: id, state))."), isProblem: true)
}

/// For editing: at the cursor of the conversation it was for.
func takeMessageBack(_ state: inout AppState, _ text: String, in id: ConversationID) {
    var draft = state.drafts[id]
    if !draft.isEmpty { draft.insert("\n") }
    draft.insert(text)
    state.drafts[id] = draft
    if id != state.selected { state.notice = .init(text: tr("It is back in \(place(of: id, state)).")) }
}

private func place(of id: ConversationID, _ state: AppState) -> String {
    let other = id == state.selected ? nil : state.snapshot.conversations.first { $0.id == id }
    return other.map { tr("the draft for \($0.title.displayName)") } ?? tr("the compose line")
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
