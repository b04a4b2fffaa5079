import ChatClient

/// What is on screen, in front of somebody, counts as read; what is not gets a line above it.
func readEffects(_ state: inout AppState) -> [Effect] {
    guard let transcript = state.transcript, transcript.isLoaded else { return [] }
    let isSeen = isLookedAt(state, transcript)
    placeUnreadLine(&state, transcript, isSeen: isSeen)
    if transcript.isFresh { state.reading.isArriving = false }
    let hasUnread = transcript.entries.contains(where: \.isUnread) || state.summary?.unread ?? 0 > 0
    guard isSeen, hasUnread, !state.reading.isHeldUnread, state.reading.readUpTo != transcript.told else { return [] }
    state.reading.readUpTo = transcript.told
    return [.markRead(transcript.id, told: transcript.told)]
}

/// The line stays while it is on screen, and while what is below it is unread.
private func placeUnreadLine(_ state: inout AppState, _ transcript: Transcript, isSeen: Bool) {
    guard state.reading.isArriving || !isSeen,
        let first = transcript.entries.first(where: { $0.isUnread && !$0.isOwn })?.id
    else { return }
    if let line = state.reading.unreadLine {
        let isStillUnread = transcript.entries.contains { $0.id == line && $0.isUnread }
        if isStillUnread || state.view.rows.contains(where: { $0.kind == .unreadLine }) { return }
    }
    state.reading.unreadLine = first
}

private func isLookedAt(_ state: AppState, _ transcript: Transcript) -> Bool {
    state.isFocused && !state.layout.conversation.isEmpty && transcript.newer == 0 && showsNewest(state)
}

private func showsNewest(_ state: AppState) -> Bool {
    switch state.reading.position {
    case .newest: true
    case .top: false
    case .oldest: state.view.isAtNewest
    }
}
