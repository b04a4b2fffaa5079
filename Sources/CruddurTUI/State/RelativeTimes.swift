import ChatClient
import TerminalText
import Timestamps

extension AppState {
    /// The rows of the list that are in view.
    var listedInView: ArraySlice<ConversationSummary> { listedInView(layout) }

    func listedInView(_ layout: Layout) -> ArraySlice<ConversationSummary> {
        let (all, selected) = (listed, selected)
        let capacity = max(1, layout.list.count / Self.rowsPerConversation)
        let index = all.firstIndex { $0.id == selected } ?? 0
        let first = max(0, min(listTop ?? index - capacity / 2, all.count - capacity))
        return all.dropFirst(first).prefix(capacity + 1)
    }

    static let rowsPerConversation = 2

    /// The next whole minute at which a time on screen reads differently; `nil`: none will. Until then there is
    /// nothing to wake up for.
    var nextTick: Timestamp? {
        let layout = layout
        let listed = layout.groups.isEmpty ? [] : listedInView(layout)
        var changes = [midnight, expiry]
        if !localTime.isAbsolute { for time in ages(listed) { changes.append(Self.nextChange(time, now)) } }
        let change = changes.compactMap { $0 }.filter { [now] in $0 > now }.min()
        let silence = snapshot.connection.answerDue.flatMap { [now] in $0 > now ? $0.advanced(bySeconds: 0.1) : nil }
        let glows = [
            table.nextChange(now), presentation?.nextChange(now), nextStaleChange(listed),
            listOrder.nextChange(snapshot.conversations, now: now),
        ]
        return ([change.map(Self.roundedUp), silence] + glows).compactMap { $0 }.min()
    }

    private func nextStaleChange(_ listed: ArraySlice<ConversationSummary>) -> Timestamp? {
        guard stage != nil else { return nil }
        return listed.compactMap(\.staleRow).compactMap { [now] row in
            StaleRowAge(seconds: now.seconds(since: row.since)).change.map { now.advanced(bySeconds: $0) }
        }.min()
    }

    private func ages(_ listed: ArraySlice<ConversationSummary>) -> [Timestamp] {
        let times = listed.compactMap(\.at)
        guard case .search(let search) = overlay else { return times }
        return times + search.hits.map(\.message.at)
    }

    /// `now`, `5m`, `3h`, then a date, which stays.
    private static func nextChange(_ time: Timestamp, _ now: Timestamp) -> Timestamp? {
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
