import ChatClient
import TerminalText
import Timestamps

extension AppState {
    /// The rows of the list that are in view.
    var listedInView: ArraySlice<ConversationSummary> {
        let all = listed
        let capacity = max(1, layout.list.count / Self.rowsPerConversation)
        let index = all.firstIndex { $0.id == selected } ?? 0
        let first = max(0, min(listTop ?? index - capacity / 2, all.count - capacity))
        return all.dropFirst(first).prefix(capacity + 1)
    }

    static let rowsPerConversation = 2

    /// The next whole minute at which a time on screen reads differently; `nil`: none will. Until then there is
    /// nothing to wake up for.
    var nextTick: Timestamp? {
        let changes = (agesInView.compactMap(nextChange) + [midnight, expiry].compactMap { $0 }).filter { $0 > now }
        let silence = snapshot.connection.answerDue.flatMap { $0 > now ? $0.advanced(bySeconds: 0.1) : nil }
        let glows = [
            table.nextChange(now), presentation?.nextChange(now), nextStaleChange,
            listOrder.nextChange(snapshot.conversations, now: now),
        ]
        return ([changes.min().map(Self.roundedUp), silence] + glows).compactMap { $0 }.min()
    }

    private var nextStaleChange: Timestamp? {
        guard stage != nil, !layout.groups.isEmpty else { return nil }
        return listedInView.compactMap(\.staleRow).compactMap { row in
            StaleRowAge(seconds: now.seconds(since: row.since)).change.map { now.advanced(bySeconds: $0) }
        }.min()
    }

    private var agesInView: [Timestamp] {
        let listed = layout.groups.isEmpty ? [] : listedInView.compactMap(\.at)
        guard case .search(let search) = overlay else { return listed }
        return listed + search.hits.map(\.message.at)
    }

    /// `now`, `5m`, `3h`, then a date, which stays.
    private func nextChange(_ time: Timestamp) -> Timestamp? {
        guard !localTime.isAbsolute else { return nil }
        let age = now.seconds(since: time)
        switch age {
        case ..<(-3600): return time.advanced(bySeconds: -3600)
        case ..<60: return time.advanced(bySeconds: 60)
        case ..<3600: return time.advanced(bySeconds: ((age / 60).rounded(.down) + 1) * 60)
        case ..<86_400: return time.advanced(bySeconds: ((age / 3600).rounded(.down) + 1) * 3600)
        default: return nil
        }
    }

    /// Today becomes yesterday.
    private var midnight: Timestamp? {
        guard !snapshot.conversations.isEmpty || transcript != nil else { return nil }
        let local = now.microseconds / 1_000_000 + Int64(localTime.offset(now))
        let left = 86_400 - (local % 86_400 + 86_400) % 86_400
        return Timestamp(microseconds: (now.microseconds / 1_000_000 + left) * 1_000_000)
    }

    private var expiry: Timestamp? {
        if case .signedOut(let expired, _) = snapshot.connection.state { return expired }
        return nil
    }

    private static func roundedUp(_ time: Timestamp) -> Timestamp {
        let minute: Int64 = 60_000_000
        let rest = (time.microseconds % minute + minute) % minute
        return rest == 0 ? time : time.advanced(bySeconds: Double(minute - rest) / 1_000_000)
    }
}
