import ChatClient
import Timestamps

/// The next state, and what is to be done. Pure: no I/O, no clock.
func update(_ state: inout AppState, _ event: Event) -> [Effect] {
    let (before, notice) = (state.isSearching, state.notice)
    var effects = react(&state, event) + (state.isSearching == before ? [] : [.readBack(state.isSearching)])
    if state.notice != notice { state.keepNotice(causedBy: event) }
    effects += lookAtSpelling(&state)
    return effects + state.drafts.takeChanged().map { .keepDraft(state.keptDraft(of: $0), of: $0) }
}

private func react(_ state: inout AppState, _ event: Event) -> [Effect] {
    switch event {
    case .key(let key):
        let (isSecret, now) = (state.context == .form, state.now)
        state.presentation?.press(key, isSecret: isSecret, now)
        return noteActivity(&state) + updateTyped(&state, .key(key))
    case .paste(let text):
        return updateTyped(&state, .paste(text)) + noteActivity(&state)
    case .mouse(let mouse, let target):
        return noteActivity(&state) + updateMouse(&state, mouse, on: target)
    case .resize(let size):
        state.terminal = size
        return readEffects(&state)
    case .focus(let isFocused):
        state.isFocused = isFocused
        state.telling.knowsFocus = true
        return [.focus(isFocused)] + (isFocused ? noteActivity(&state) + readEffects(&state) : [])
    case .snapshot(let snapshot):
        return updateSnapshot(&state, snapshot)
    case .person(let handle, let result):
        return updatePerson(&state, handle, result)
    case .suggested(let text, let people):
        takeSuggestions(&state, text, people)
    case .found(let typed, let hits):
        updateFound(&state, typed, hits)
    case .drafts(let drafts):
        state.drafts.restore(drafts)
    case .accepted(let submission, let id):
        state.drafts.settle(submission, in: id)
    case .notAccepted(let submission, let id):
        takeSubmissionBack(&state, submission, in: id)
    case .takenBack(let text, _, let id):
        takeMessageBack(&state, text, in: id)
    case .signing(let result):
        return updateSigning(&state, result)
    case .discarded(let text, let id):
        updateDiscarded(&state, text, in: id)
    case .themed(.success(let name)):
        state.notice = .init(text: tr("These are the colours of \(name). To keep them: \"theme\": \"\(name)\"."))
    case .themed(.failure(let fault)):
        state.notice = .init(text: tr(reason: fault.description), isProblem: true)
    case .edited(let result, let id):
        takeEdited(&state, result, in: id)
    case .spelled(let answer):
        takeSpelling(&state, answer)
    case .notTold(let reason):
        state.notice = .init(text: tr("Nothing can be told: \(tr(reason: reason))"), isProblem: true)
    case .notCopied(let reason):
        state.notice = .init(
            text: tr("It went to the terminal's clipboard alone: \(tr(reason: reason))"), isProblem: true)
    case .opened(let link, let reason):
        if let reason {
            let text = tr("Could not open \(link.prefix(200)): \(tr(reason: reason))")
            state.notice = .init(text: text, isProblem: true)
        }
    case .open(let handle):
        return perform(&state, .conversations(.new), .chat) + give(&state, handle)
    case .tour(let name):
        return toggleTour(&state, name)
    case .calls(let log):
        state.inspector.show(log)
        if let prices = log.prices { state.prices = prices }
    case .table(let rows):
        state.table.take(rows, state.now)
    case .demoEnded:
        state.hasDemoEnded = true
    }
    return []
}

extension AppState {
    fileprivate var isSearching: Bool {
        if case .search = overlay { true } else { false }
    }
}

/// Once in a while is enough: the session only wants to know whether to keep its pace.
private func noteActivity(_ state: inout AppState) -> [Effect] {
    state.telling.lastTouch = state.now
    if let noted = state.activityNoted, state.now.seconds(since: noted) < 5 { return [] }
    state.activityNoted = state.now
    return [.noteActivity]
}
