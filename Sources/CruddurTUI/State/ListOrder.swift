import ChatClient
import Timestamps

/// The list's order, as it is for whoever moves through it: it stays still meanwhile, and a key is meant for the list that
/// was on the screen when it was pressed, not for one that has changed since.
struct ListOrder: Sendable {
    /// Seconds: nobody has seen what is newer, so no key is meant for it.
    static let glance = 0.25
    /// Seconds that it stays still behind the last move.
    static let calm = 1.0

    /// As it stands while somebody moves through it; `nil`: as it is.
    private var held: (rows: [ConversationSummary], until: Timestamp)?
    /// How it stood until others came in their places, within a glance.
    private var former: [(order: [ConversationID], until: Timestamp)] = []

    /// The rows in the order in which they are shown.
    func rows(_ all: [ConversationSummary], now: Timestamp) -> [ConversationSummary] { heldRows(now) ?? all }

    /// When it changes by itself; `nil`: it does not.
    func nextChange(_ all: [ConversationSummary], now: Timestamp) -> Timestamp? {
        guard let rows = heldRows(now), !rows.elementsEqual(all, by: { $0.id == $1.id }) else { return nil }
        return held?.until
    }

    /// A clock that was set back holds nothing.
    private func heldRows(_ now: Timestamp) -> [ConversationSummary]? {
        guard let held, now < held.until, held.until.seconds(since: now) <= Self.calm else { return nil }
        return held.rows
    }

    /// The list is another one now.
    mutating func change(from old: [ConversationSummary], to new: [ConversationSummary], now: Timestamp) {
        former.removeAll { !Self.isWithinGlance($0.until, now) }
        let before = held
        if let rows = heldRows(now), let until = held?.until {
            let arranged = Self.arranged(new, as: rows.map(\.id))
            if !rows.elementsEqual(arranged, by: { $0.id == $1.id }) { former.append((rows.map(\.id), now)) }
            held = (arranged, until)
            return
        }
        held = nil
        if let before, Self.isWithinGlance(before.until, now) { former.append((before.rows.map(\.id), before.until)) }
        if !old.isEmpty, !old.elementsEqual(new, by: { $0.id == $1.id }) { former.append((old.map(\.id), now)) }
    }

    /// Somebody moves: from now on it stays still for a moment, as they have seen it.
    mutating func hold(_ all: [ConversationSummary], now: Timestamp) {
        let shown = heldRows(now) ?? all
        // What stood still until a moment ago was seen so.
        let ended = held.flatMap { Self.isWithinGlance($0.until, now) ? $0.rows.map(\.id) : nil }
        let seen = former.first { Self.isWithinGlance($0.until, now) }?.order ?? ended
        held = (seen.map { Self.arranged(all, as: $0) } ?? shown, now.advanced(bySeconds: Self.calm))
        former = []
    }

    private static func isWithinGlance(_ time: Timestamp, _ now: Timestamp) -> Bool {
        (0..<glance).contains(now.seconds(since: time))
    }

    /// What has come since stands at the end: nothing moves under the eye.
    private static func arranged(_ rows: [ConversationSummary], as order: [ConversationID]) -> [ConversationSummary] {
        let places = Dictionary(zip(order, order.indices)) { first, _ in first }
        let known = rows.filter { places[$0.id] != nil }.sorted { (places[$0.id] ?? 0) < (places[$1.id] ?? 0) }
        return known + rows.filter { places[$0.id] == nil }
    }
}
