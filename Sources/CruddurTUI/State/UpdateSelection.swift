import ChatClient

/// From now on, what is typed is for this one.
///
/// - Parameter place: where to read; `nil`: where one was.
func select(
    _ state: inout AppState, _ id: ConversationID, title: UserShort? = nil, at place: TranscriptPlace? = nil
) -> [Effect] {
    state.listTop = nil
    var effects: [Effect] = []
    if id != state.selected {
        if let place = state.newPlace { effects.append(.writing(.keepPlace(place.at, of: place.of))) }
        leave(&state)
        let row = state.findable.first { $0.id == id }
        let isListed = state.snapshot.conversations.contains { $0.id == id }
        state.selection = .init(id: id, title: title ?? row?.title, wasListed: isListed)
        state.drafts.adoptLoose(in: id)
        if place == nil, !state.hasRead(id), let kept = row?.place {
            // Where one was the last time.
            state.reading.wantedAt = kept
            return effects + [.show(id, at: .around(kept))] + readEffects(&state)
        }
    }
    return effects + [.show(id, at: place ?? state.reading.place)] + readEffects(&state)
}

/// The place is kept; what was new has been seen.
private func leave(_ state: inout AppState) {
    state.recall = nil
    state.discarded = nil
    // Who was only on the way to a place has not been anywhere.
    guard state.reading.wantedAt == nil else { return state.forgetReading() }
    state.reading.unreadLine = nil
    state.reading.wanted = nil
    state.reading.marked = nil
    state.reading.chosen = nil
    state.reading.wantedAt = nil
    state.reading.isHeldUnread = false
    // Whoever comes back reads it.
    state.reading.readUpTo = nil
    state.reading.isArriving = true
}

/// The newest conversation, or as many further as keys have asked for meanwhile.
func selectFirst(_ state: inout AppState) -> [Effect] {
    let conversations = state.snapshot.conversations
    // Who is looked for is the first to be seen, and nobody else is read meanwhile.
    guard state.selected == nil, !conversations.isEmpty, !state.typeAhead.isWaiting else { return [] }
    if state.earlySteps != 0 { state.pane = .conversation }
    return select(&state, conversations[wrapped(state.earlySteps, conversations.count)].id)
}

func updateConversations(_ state: inout AppState, _ command: ConversationsCommand) -> [Effect] {
    switch command {
    case .next:
        if completeTypedLine(&state) || completeWord(&state) { return [] }
        return selectNeighbour(&state, by: 1)
    case .previous:
        return selectNeighbour(&state, by: -1)
    case .unread: return selectUnread(&state)
    case .allRead:
        let unread = state.snapshot.conversations.filter { $0.unread > 0 }
        state.notice = .init(text: unread.isEmpty ? tr("Nothing is unread.") : tr("All is read."))
        return unread.map { .markRead($0.id, told: .max) }
    case .new:
        if !refuseWriting(&state) { state.overlay = .newConversation(.init()) }
    case .find:
        state.overlay = .findGroup(.init(order: state.findable.map(\.id)))
    case .search:
        state.overlay = .search(.init())
    case .pin: return keep(&state, .pinned)
    case .archive: return archive(&state)
    case .mute: return keep(&state, .muted)
    }
    return []
}

/// What is wanted of the selected conversation is not wanted any more, or the other way round.
private func keep(_ state: inout AppState, _ keeping: ConversationKeeping) -> [Effect] {
    guard let summary = state.summary else { return nothingToKeep(&state) }
    let isOn = !summary.keeping.contains(keeping)
    let who = "@\(summary.title.handle)"
    let text =
        switch (keeping, isOn) {
        case (.pinned, true): tr("\(who) stays at the top of the list.")
        case (.pinned, false): tr("\(who) is in its order again.")
        case (_, true): tr("Nothing is told of \(who) any more.")
        case (_, false): tr("What \(who) writes is told again.")
        }
    state.notice = .init(text: text)
    // The next key may come before the history has told it.
    if let place = state.snapshot.conversations.firstIndex(where: { $0.id == summary.id }) {
        let old = state.snapshot.conversations
        state.snapshot.conversations[place].keeping.formSymmetricDifference(keeping)
        state.listOrder.change(from: old, to: state.snapshot.conversations, now: state.now)
    }
    return [.keep(keeping, isOn, of: summary.id)]
}

/// Whoever puts one away goes on to the next.
private func archive(_ state: inout AppState) -> [Effect] {
    guard let summary = state.summary else { return nothingToKeep(&state) }
    let who = "@\(summary.title.handle)"
    if summary.keeping.contains(.archived) {
        state.notice = .init(text: tr("\(who) is in the list again."))
        return [.keep(.archived, false, of: summary.id)]
    }
    guard state.draft.isEmpty, summary.unsent == 0 else {
        state.notice = .init(text: tr("\(who) stays: something is written here and not sent."), isProblem: true)
        return []
    }
    let effects = move(&state, by: 1)
    state.notice = .init(
        text: state.selected == summary.id
            ? tr("\(who) is away as soon as another is open, until somebody writes.")
            : tr("\(who) is away until somebody writes. \(state.way(to: .conversations(.find))) finds it."))
    return [.markRead(summary.id, told: .max), .keep(.archived, true, of: summary.id)] + effects
}

private func nothingToKeep(_ state: inout AppState) -> [Effect] {
    state.notice = .init(text: tr("There is no conversation here yet."))
    return []
}

/// The next in the list with something unread, from here on and around.
private func selectUnread(_ state: inout AppState) -> [Effect] {
    state.listOrder.hold(state.snapshot.conversations, now: state.now)
    let conversations = state.listed
    let here = conversations.firstIndex { $0.id == state.selected } ?? conversations.count - 1
    let order = conversations.indices.map { wrapped(here + 1 + $0, conversations.count) }
    guard let next = order.first(where: { conversations[$0].unread > 0 && $0 != here }) else {
        state.notice = .init(text: tr("No other conversation has unread messages."))
        return []
    }
    state.pane = .conversation
    return select(&state, conversations[next].id)
}

private func selectNeighbour(_ state: inout AppState, by step: Int) -> [Effect] {
    if !state.snapshot.conversations.isEmpty { state.pane = .conversation }
    return move(&state, by: step)
}

private func move(_ state: inout AppState, by step: Int) -> [Effect] {
    state.listOrder.hold(state.snapshot.conversations, now: state.now)
    let conversations = state.listed
    guard !conversations.isEmpty else {
        if state.selected == nil { state.earlySteps += step }
        return []
    }
    guard let current = conversations.firstIndex(where: { $0.id == state.selected }) else {
        return select(&state, conversations[step > 0 ? 0 : conversations.count - 1].id)
    }
    let next = wrapped(current + step, conversations.count)
    guard next != current else { return readEffects(&state) }
    return select(&state, conversations[next].id)
}

private func wrapped(_ index: Int, _ count: Int) -> Int {
    (index % count + count) % count
}

/// In a narrow terminal the list has the keys to itself.
func updateList(_ state: inout AppState, _ command: ChoiceCommand) -> [Effect] {
    switch command {
    case .up: return move(&state, by: -1)
    case .down: return move(&state, by: 1)
    case .take:
        state.pane = .conversation
        return readEffects(&state)
    case .pageUp, .pageDown, .close: return []
    }
}
